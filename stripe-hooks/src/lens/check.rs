//! The questions about a lens that the compiler answers: whether each path leads somewhere, and whether each type can hold what is there.
//!
//! A question is a function that the derive calls in a constant, spanned at the user's own token. A wrong answer is a panic there, which
//! the compiler shows as an error with our words. The two questions about one field never complain of the same mistake: where the
//! path leads nowhere, nothing is said of the type.

use crate::{
    decode::Step,
    lens::{field::Holds, message::Message},
    schema::{
        Field, Kind, Presence, Shape, Shapes, Target, find,
        nearest::{Names, nearest},
        same,
    },
};

/// One field of a lens, as its mistakes are told.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// The name of the lens.
    pub lens: &'static str,
    /// The path, as the user wrote it.
    pub path: &'static str,
    /// The path in steps.
    pub steps: &'static [Step],
    /// The objects that the lens fits.
    pub shapes: Shapes,
}

/// Asks whether a path leads somewhere in every object that the lens fits.
///
/// # Panics
/// While the compiler evaluates: the panic is the compile error.
#[track_caller]
pub const fn leads(asked: Asked) {
    let mut at = 0;
    while let Some(shape) = nth(asked.shapes, at) {
        if let Err(lost) = arrive(Place::of(shape), asked.steps) {
            panic!("{}", lost.message(shape, asked).as_str());
        }
        at += 1;
    }
}

/// Asks whether a type can hold what stands at the end of a path, in every object that the lens fits.
///
/// # Panics
/// While the compiler evaluates: the panic is the compile error.
#[track_caller]
pub const fn fits(asked: Asked, written: &'static str, holds: Holds) {
    let mut at = 0;
    while let Some(shape) = nth(asked.shapes, at) {
        if let Some(misfit) = misfit(Place::of(shape), asked.steps, holds) {
            panic!("{}", misfit.message(asked, written).as_str());
        }
        at += 1;
    }
}

/// Finds a part of an object that no event carries by itself, by its name or by the path to it, such as `invoice.status_transitions`.
///
/// # Panics
/// While the compiler evaluates: the panic is the compile error.
#[must_use]
#[track_caller]
pub const fn shape(name: &'static str, steps: &'static [Step]) -> &'static Shape {
    let mut end = name.len();
    while end > 0 {
        let (start, rest) = name.split_at(end);
        if let Some(shape) = find(start)
            && (rest.is_empty() || matches!(rest.as_bytes()[0], b'.' | b'['))
        {
            let (_, steps) = steps.split_at(keys(start));
            match arrive(Place::of(shape), steps) {
                Ok(Place { kind: Kind::Record(shape), .. }) => return shape,
                Ok(place) => {
                    let message = sent(Message::new().code(name).add(" is "), place.kind);
                    panic!("{}", message.add(", and a lens is of an object\nhelp: name an object").as_str());
                }
                Err(lost) => {
                    let asked = Asked { lens: "a lens", path: name, steps, shapes: &[] };
                    panic!("{}", lost.message(shape, asked).as_str());
                }
            }
        }
        end -= 1;
    }
    let message = Message::new().add("Stripe has no object ").code(name).add("\nhelp: ");
    let message = match nearest(name, Names::Tags) {
        Some(near) => message.add("did you mean `\"").add(near).add("\"`?"),
        None => message.add("write the name that the object has in Stripe's API, such as `\"invoice\"`"),
    };
    panic!("{}", message.as_str());
}

/// How many keys a name has.
const fn keys(name: &str) -> usize {
    let (mut keys, mut at) = (1, 0);
    while at < name.len() {
        if name.as_bytes()[at] == b'.' {
            keys += 1;
        }
        at += 1;
    }
    keys
}

/// The n-th of the kinds of object.
const fn nth(shapes: Shapes, n: usize) -> Option<&'static Shape> {
    let (mut group, mut before) = (0, 0);
    while group < shapes.len() {
        if n - before < shapes[group].len() {
            return Some(shapes[group][n - before]);
        }
        before += shapes[group].len();
        group += 1;
    }
    None
}

/// A place in an object.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) kind: Kind,
    /// Why it may not be there, if it may not.
    pub(crate) unless: Option<Presence>,
    /// Whether the path has led through an array.
    many: bool,
    /// Whose own id it is, if it is one.
    id_of: Option<&'static str>,
}

/// Why a path leads nowhere.
#[derive(Clone, Copy)]
pub(crate) struct Lost {
    /// How many steps were taken before it went wrong.
    taken: usize,
    why: Nowhere,
}

#[derive(Clone, Copy)]
enum Nowhere {
    NoField(&'static Shape),
    Reference(&'static Target),
    Nothing(Kind),
    ArrayWithoutBrackets,
    BracketsWithoutArray(Kind),
}

impl Place {
    pub(crate) const fn of(shape: &'static Shape) -> Self {
        Self { kind: Kind::Record(shape), unless: None, many: false, id_of: None }
    }

    const fn now(self, kind: Kind) -> Self {
        Self { kind, id_of: None, ..self }
    }

    /// Into a field, which its presence may keep from being there; a list or a map that is not is empty.
    const fn into_field(self, shape: &'static Shape, field: &'static Field) -> Self {
        let unless = match (field.kind, field.presence) {
            (Kind::List(_) | Kind::Array(_) | Kind::Map(_) | Kind::Metadata, _) | (_, Presence::Always) => {
                self.unless
            }
            (_, presence) => Some(presence),
        };
        let id_of = if shape.tag.is_some() && same(field.name, "id") { Some(shape.rust) } else { None };
        Self { kind: field.kind, unless, id_of, ..self }
    }

    /// One step further. A union is left to [`arrive`], because it is several places.
    const fn step(self, step: Step) -> Result<Self, Nowhere> {
        match (self.kind, step) {
            (Kind::Record(shape), Step::Key(key)) => match shape.field(key) {
                Some(field) => Ok(self.into_field(shape, field)),
                None => Err(Nowhere::NoField(shape)),
            },
            (Kind::List(items), Step::Key(key)) => match key.as_bytes() {
                b"data" => Ok(self.now(Kind::Array(items))),
                b"has_more" => Ok(Self { unless: Some(Presence::Absent), ..self.now(Kind::Flag) }),
                b"total_count" => Ok(Self { unless: Some(Presence::Absent), ..self.now(Kind::Integer) }),
                b"url" => Ok(Self { unless: Some(Presence::Absent), ..self.now(Kind::Text) }),
                _ => Err(Nowhere::ArrayWithoutBrackets),
            },
            (Kind::Array(items), Step::Each) => Ok(Self { unless: None, many: true, ..self.now(*items) }),
            (Kind::Map(entries), Step::Key(_)) => {
                Ok(Self { unless: Some(Presence::Absent), ..self.now(*entries) })
            }
            (Kind::Metadata, Step::Key(_)) => {
                Ok(Self { unless: Some(Presence::Absent), ..self.now(Kind::Text) })
            }
            (Kind::Id(target), Step::Key(_)) => Err(Nowhere::Reference(target)),
            (Kind::Array(_), Step::Key(_)) => Err(Nowhere::ArrayWithoutBrackets),
            (kind, Step::Each) => Err(Nowhere::BracketsWithoutArray(kind)),
            (kind, Step::Key(_)) => Err(Nowhere::Nothing(kind)),
        }
    }
}

/// Follows a path to its end; through a union, in each of its kinds, of which the last is told.
pub(crate) const fn arrive(from: Place, steps: &'static [Step]) -> Result<Place, Lost> {
    let (mut place, mut taken) = (from, 0);
    while taken < steps.len() {
        if let (Kind::Union(union), Step::Key(_)) = (place.kind, steps[taken]) {
            let (_, rest) = steps.split_at(taken);
            let mut last = place;
            let mut at = 0;
            while at < union.variants.len() {
                match arrive(Place { kind: Kind::Record(union.variants[at]), ..place }, rest) {
                    Ok(end) => last = end,
                    Err(lost) => return Err(Lost { taken: taken + lost.taken, ..lost }),
                }
                at += 1;
            }
            return Ok(last);
        }
        match place.step(steps[taken]) {
            Ok(next) => place = next,
            Err(why) => return Err(Lost { taken, why }),
        }
        taken += 1;
    }
    Ok(place)
}

/// Why a type cannot hold what is there.
#[derive(Clone, Copy)]
enum Misfit {
    Kind(Place),
    MayBeAbsent(Presence),
    OneOfMany(Place),
}

/// The first place at the end of the path, through whatever kinds of a union, that the type does not fit.
const fn misfit(from: Place, steps: &'static [Step], holds: Holds) -> Option<Misfit> {
    let (mut place, mut taken) = (from, 0);
    while taken < steps.len() {
        if let (Kind::Union(union), Step::Key(_)) = (place.kind, steps[taken]) {
            let (_, rest) = steps.split_at(taken);
            let mut at = 0;
            while at < union.variants.len() {
                let variant = Place { kind: Kind::Record(union.variants[at]), ..place };
                if let Some(misfit) = misfit(variant, rest, holds) {
                    return Some(misfit);
                }
                at += 1;
            }
            return None;
        }
        match place.step(steps[taken]) {
            Ok(next) => place = next,
            Err(_) => return None,
        }
        taken += 1;
    }
    match (place.many, holds, place.unless) {
        (true, Holds::Array(items), _) if holds_kind(*items, place) => None,
        (true, Holds::Array(_), _) => Some(Misfit::Kind(place)),
        (true, ..) => Some(Misfit::OneOfMany(place)),
        (false, Holds::Maybe(holds), _) if holds_kind(*holds, place) => None,
        (false, holds, _) if !holds_kind(holds, place) => Some(Misfit::Kind(place)),
        (false, _, Some(presence)) => Some(Misfit::MayBeAbsent(presence)),
        (false, _, None) => None,
    }
}

/// Whether a type can hold this kind of thing when it is there.
const fn holds_kind(holds: Holds, place: Place) -> bool {
    match (holds, place.kind) {
        (Holds::Anything, _)
        | (
            Holds::Text,
            Kind::Text
            | Kind::Tag(_)
            | Kind::Enum(_)
            | Kind::Id(_)
            | Kind::Currency
            | Kind::Decimal
            | Kind::Rfc3339,
        )
        | (
            Holds::BorrowedText,
            Kind::Tag(_) | Kind::Enum(_) | Kind::Id(_) | Kind::Currency | Kind::Decimal | Kind::Rfc3339,
        )
        | (Holds::Integer, Kind::Integer | Kind::Time)
        | (Holds::Number, Kind::Number)
        | (Holds::Flag, Kind::Flag)
        | (Holds::Time, Kind::Time)
        | (Holds::Rfc3339, Kind::Rfc3339)
        | (Holds::Decimal, Kind::Decimal)
        | (Holds::Currency, Kind::Currency)
        | (Holds::Metadata, Kind::Metadata) => true,
        (Holds::BorrowedText, Kind::Text) => place.id_of.is_some(),
        (Holds::Enum(name), Kind::Enum(values)) => match values.rust {
            Some(rust) => same(rust, name),
            None => false,
        },
        (Holds::Id(name), Kind::Id(target)) => same(target.rust, name),
        (Holds::Id(name), Kind::Text) => match place.id_of {
            Some(rust) => same(rust, name),
            None => false,
        },
        (Holds::Record(name), Kind::Record(shape)) => same(shape.rust, name),
        (Holds::Record(name), Kind::Union(union)) => same(union.rust, name),
        (Holds::Lens(shapes), Kind::Record(shape)) => includes(shapes, shape),
        (Holds::Lens(shapes), Kind::Union(union)) => {
            let mut at = 0;
            while at < union.variants.len() {
                if !includes(shapes, union.variants[at]) {
                    return false;
                }
                at += 1;
            }
            true
        }
        (Holds::Map(_), Kind::Metadata) => holds_items(holds, place.now(Kind::Text)),
        (Holds::List(_), Kind::List(items))
        | (Holds::Array(_), Kind::Array(items))
        | (Holds::Map(_), Kind::Map(items)) => holds_items(holds, place.now(*items)),
        // Items and entries that may be null, which the catalogue does not tell of.
        (Holds::Maybe(holds), _) => holds_kind(*holds, place),
        _ => false,
    }
}

const fn holds_items(holds: Holds, items: Place) -> bool {
    match holds {
        Holds::List(of) | Holds::Array(of) | Holds::Map(of) => holds_kind(*of, items),
        _ => false,
    }
}

const fn includes(shapes: Shapes, shape: &Shape) -> bool {
    let mut at = 0;
    while let Some(other) = nth(shapes, at) {
        if same(other.name, shape.name) {
            return true;
        }
        at += 1;
    }
    false
}

impl Lost {
    /// What to say of a path that leads nowhere from an object.
    const fn message(self, root: &'static Shape, asked: Asked) -> Message {
        let message = Message::new().code(asked.lens).add(" cannot read ").code(asked.path).add(": ");
        match self.why {
            Nowhere::NoField(shape) => {
                let written = match asked.steps[self.taken] {
                    Step::Key(key) => key,
                    Step::Each => "[]",
                };
                let message = message.code(shape.name).add(" has no field ").code(written).add("\nhelp: ");
                match nearest(written, Names::Fields(shape.fields)) {
                    Some(near) => message.add("did you mean ").code(near).add("?"),
                    None => message
                        .add("its fields are those of ")
                        .code(shape.rust)
                        .add(" in `stripe_hooks::objects`"),
                }
            }
            Nowhere::Reference(target) => reached(message, root, asked, self.taken)
                .add(" is the id of ")
                .add(article(target.rust))
                .code(target.rust)
                .add(", and an event does not hold what ids lead to\nhelp: read the id, as `Id<")
                .add(target.rust)
                .add(">`"),
            Nowhere::Nothing(kind) => {
                let message = reached(message, root, asked, self.taken).add(" is ");
                sent(message, kind).add(", with nothing in it to read\nhelp: end the path there")
            }
            Nowhere::ArrayWithoutBrackets => reached(message, root, asked, self.taken)
                .add(" holds several things\nhelp: say that each of them is meant: ")
                .add(match self.is_in_list(root, asked) {
                    true => "`….data[]`",
                    false => "`…[]`",
                }),
            Nowhere::BracketsWithoutArray(Kind::List(_)) => reached(message, root, asked, self.taken)
                .add(" is a list object\nhelp: its items are in `data`: write `….data[]`"),
            Nowhere::BracketsWithoutArray(kind) => {
                let message = reached(message, root, asked, self.taken).add(" is ");
                sent(message, kind).add("\nhelp: remove `[]`")
            }
        }
    }

    /// Whether the path went wrong in a list object, not in an array.
    const fn is_in_list(self, root: &'static Shape, asked: Asked) -> bool {
        let (before, _) = asked.steps.split_at(self.taken);
        match arrive(Place::of(root), before) {
            Ok(place) => matches!(place.kind, Kind::List(_)),
            Err(_) => false,
        }
    }
}

impl Misfit {
    const fn message(self, asked: Asked, written: &'static str) -> Message {
        let message = Message::new().code(asked.path).add(" cannot be a plain ").code(written).add(": ");
        match self {
            Self::MayBeAbsent(presence) => message
                .add(match presence {
                    Presence::Null => "Stripe may send null",
                    Presence::Absent => "Stripe may leave it out",
                    Presence::Either => "Stripe may send null, or leave it out",
                    Presence::Now | Presence::Always => "older versions of the API leave it out",
                })
                .add("\nhelp: write `Option<")
                .add(written)
                .add(">`"),
            Self::OneOfMany(place) => {
                let message =
                    Message::new().code(asked.path).add(" cannot be ").add(article(written)).code(written);
                let message =
                    message.add(": the path leads through an array, and may find several\nhelp: write `Vec<");
                closed(rust_type(message, place), ">`")
            }
            Self::Kind(place) => {
                let message =
                    Message::new().code(asked.path).add(" cannot be ").add(article(written)).code(written);
                let message = sent(message.add(": Stripe sends "), place.kind).add("\nhelp: ");
                suggested(message, place)
            }
        }
    }
}

/// What has been reached after some steps, in marks.
const fn reached(message: Message, root: &Shape, asked: Asked, taken: usize) -> Message {
    let mut message = message.add("`");
    let mut at = 0;
    while at < taken {
        message = match asked.steps[at] {
            Step::Key(key) if at == 0 => message.add(key),
            Step::Key(key) => message.add(".").add(key),
            Step::Each => message.add("[]"),
        };
        at += 1;
    }
    if taken == 0 {
        message = message.add(root.name);
    }
    message.add("`")
}

/// What Stripe sends, in words.
const fn sent(message: Message, kind: Kind) -> Message {
    match kind {
        Kind::Text => message.add("text"),
        Kind::Tag(_) => message.add("the name of a kind of object"),
        Kind::Integer => message.add("a whole number"),
        Kind::Number => message.add("a number"),
        Kind::Decimal => message.add("a decimal number, as text"),
        Kind::Flag => message.add("true or false"),
        Kind::Time => message.add("a time, in Unix seconds"),
        Kind::Rfc3339 => message.add("a time, as text"),
        Kind::Currency => message.add("a currency, as text"),
        Kind::Any => message.add("JSON of any kind"),
        Kind::Metadata => message.add("metadata"),
        Kind::Enum(_) => message.add("one of a set of values"),
        Kind::Id(target) => message.add("the id of ").add(article(target.rust)).code(target.rust),
        Kind::Record(shape) => message.add("an object, ").code(shape.name),
        Kind::Union(union) => message.add("an object of one of several kinds, ").code(union.name),
        Kind::List(_) => message.add("a list object"),
        Kind::Array(_) => message.add("an array"),
        Kind::Map(_) => message.add("an object that is used as a map"),
    }
}

/// What to write instead of a type that does not fit.
const fn suggested(message: Message, place: Place) -> Message {
    let optional = place.unless.is_some() && !place.many;
    match place.kind {
        Kind::Record(shape) => message
            .add("write a struct of your own with `#[derive(Lens)]` and `#[lens(\"")
            .add(shape.name)
            .add("\")]`, or ")
            .add(if optional { "`Option<" } else { "`" })
            .add(shape.rust)
            .add(if optional { ">`" } else { "`" }),
        _ => {
            let open = match (place.many, optional) {
                (true, _) => "write `Vec<",
                (false, true) => "write `Option<",
                (false, false) => "write `",
            };
            closed(rust_type(message.add(open), place), if place.many || optional { ">`" } else { "`" })
        }
    }
}

const fn closed(message: Message, end: &str) -> Message {
    message.add(end)
}

/// The type that holds this kind of thing.
const fn rust_type(message: Message, place: Place) -> Message {
    match place.kind {
        Kind::Text | Kind::Tag(_) => match place.id_of {
            Some(rust) => message.add("Id<").add(rust).add(">"),
            None => message.add("String"),
        },
        Kind::Integer => message.add("i64"),
        Kind::Number => message.add("f64"),
        Kind::Decimal => message.add("Decimal"),
        Kind::Flag => message.add("bool"),
        Kind::Time => message.add("Timestamp"),
        Kind::Rfc3339 => message.add("Rfc3339"),
        Kind::Currency => message.add("Currency"),
        Kind::Any => message.add("Raw"),
        Kind::Metadata => message.add("Metadata"),
        Kind::Enum(values) => match values.rust {
            Some(rust) => message.add(rust),
            None => message.add("String"),
        },
        Kind::Id(target) => message.add("Id<").add(target.rust).add(">"),
        Kind::Record(shape) => message.add(shape.rust),
        Kind::Union(union) => message.add(union.rust),
        Kind::List(items) => closed(rust_type(message.add("List<"), place.now(*items)), ">"),
        Kind::Array(items) => closed(rust_type(message.add("Vec<"), place.now(*items)), ">"),
        Kind::Map(items) => closed(rust_type(message.add("BTreeMap<String, "), place.now(*items)), ">"),
    }
}

/// `a ` or `an `, before a name of Rust's.
const fn article(name: &str) -> &'static str {
    match name.as_bytes() {
        [b'a' | b'e' | b'i' | b'o' | b'A' | b'E' | b'I' | b'O' | b'U', ..] => "an ",
        _ => "a ",
    }
}
