//! Paths into objects: where they lead, and what to say of one that leads nowhere.
//!
//! The macros ask about them with functions that they call in a constant, at the user's own token. Where the answer is no, the function
//! panics, and the compiler shows an error with its words.

use super::{
    find::is_standing,
    list::ListMember,
    message::Message,
    nearest::{Names, nearest},
    shape::{Field, Kind, Presence, Shape, Shapes, Target, same},
    words::article,
};

/// One step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Into the value of a key.
    Key(&'static str),
    /// Into each item of an array.
    Each,
}

/// A question about a path, as its mistakes are told.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// The lens or the handler that reads; empty where the path names the object of a lens.
    pub reader: &'static str,
    /// The path, as the user wrote it.
    pub path: &'static str,
    /// The path in steps.
    pub steps: &'static [Step],
    /// The objects that it reads.
    pub shapes: Shapes,
}

/// Asks of a path, in the order of the fields of [`Asked`].
#[must_use]
pub const fn asked(
    reader: &'static str,
    path: &'static str,
    steps: &'static [Step],
    shapes: Shapes,
) -> Asked {
    Asked { reader, path, steps, shapes }
}

/// Where a path leads from one object.
#[derive(Clone, Copy)]
pub(crate) struct End {
    root: &'static Shape,
    pub(crate) place: Result<Place, Lost>,
}

/// The ends of a path, each found once, because the compiler evaluates this for every field of every lens.
pub(crate) struct Ends {
    asked: Asked,
    object: usize,
    way: usize,
    ways: usize,
}

impl Asked {
    /// The ends of the path: there is one for each object, and for each kind of a union on the way.
    pub(crate) const fn ends(self) -> Ends {
        Ends { asked: self, object: 0, way: 0, ways: 1 }
    }
}

impl Ends {
    pub(crate) const fn next(&mut self) -> Option<End> {
        let Some(root) = nth(self.asked.shapes, self.object) else { return None };
        let place = arrive(root, self.asked.steps, self.way);
        if self.way == 0 {
            self.ways = match place {
                Ok(place) => place.ways,
                Err(_) => 1,
            };
        }
        self.way += 1;
        if self.way == self.ways {
            self.object += 1;
            self.way = 0;
        }
        Some(End { root, place })
    }
}

/// Asks whether a path leads somewhere in every object that is read. Gives the path back, for further questions.
///
/// # Panics
/// While the compiler evaluates: the panic is the compile error.
#[must_use]
#[track_caller]
pub const fn leads(asked: Asked) -> Asked {
    let mut ends = asked.ends();
    while let Some(end) = ends.next() {
        if let Err(lost) = end.place {
            lost.message(end.root, asked).refuse();
        }
    }
    asked
}

/// A place in an object.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) kind: Kind,
    /// Why it may not be there, if it may not.
    pub(crate) unless: Option<Presence>,
    /// Whether the path has led through an array.
    pub(crate) many: bool,
    /// Whose own id it is, if it is one.
    pub(crate) id_of: Option<&'static str>,
    /// Through how many kinds of object the path may have led.
    ways: usize,
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
    const fn of(shape: &'static Shape) -> Self {
        Self { kind: Kind::Record(shape), unless: None, many: false, id_of: None, ways: 1 }
    }

    pub(crate) const fn now(self, kind: Kind) -> Self {
        Self { kind, id_of: None, ..self }
    }

    /// Into a field, which its presence may keep from being there.
    const fn into_field(self, shape: &'static Shape, field: &'static Field) -> Self {
        let unless = match field.presence {
            Presence::Always => self.unless,
            presence => Some(presence),
        };
        // An object that only stands within others has no type that an `Id<…>` could be of.
        let id_of = if shape.tag.is_some() && same(field.name, "id") && is_standing(shape.rust) {
            Some(shape.rust)
        } else {
            None
        };
        Self { kind: field.kind, unless, id_of, ..self }
    }

    /// One step further. A union is left to [`arrive`], because it is several places.
    const fn step(self, step: Step) -> Result<Self, Nowhere> {
        match (self.kind, step) {
            (Kind::Record(shape), Step::Key(key)) => match shape.field(key) {
                Some(field) => Ok(self.into_field(shape, field)),
                None => Err(Nowhere::NoField(shape)),
            },
            (Kind::List(items), Step::Key(key)) => match ListMember::from_key(key) {
                Some(ListMember::Data) => Ok(self.now(ListMember::Data.kind(items))),
                Some(member) => Ok(Self { unless: Some(Presence::Absent), ..self.now(member.kind(items)) }),
                None => Err(Nowhere::ArrayWithoutBrackets),
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
            (Kind::Id(_) | Kind::Record(_) | Kind::List(_) | Kind::Map(_) | Kind::Metadata, Step::Each) => {
                Err(Nowhere::BracketsWithoutArray(self.kind))
            }
            // No wildcards: a new kind has to be decided here.
            (
                Kind::Text
                | Kind::Tag(_)
                | Kind::Integer
                | Kind::Number
                | Kind::Decimal
                | Kind::Flag
                | Kind::Time
                | Kind::Rfc3339
                | Kind::Currency
                | Kind::Any
                | Kind::Enum(_)
                | Kind::Union(_),
                step,
            ) => Err(match step {
                Step::Each => Nowhere::BracketsWithoutArray(self.kind),
                Step::Key(_) => Nowhere::Nothing(self.kind),
            }),
        }
    }
}

/// Follows a path to its end; through unions, in the kinds of this number.
pub(super) const fn arrive(root: &'static Shape, steps: &[Step], way: usize) -> Result<Place, Lost> {
    let (mut place, mut taken, mut way) = (Place::of(root), 0, way);
    while taken < steps.len() {
        if let (Kind::Union(union), Step::Key(_)) = (place.kind, steps[taken]) {
            let kinds = union.variants.len();
            place =
                Place { kind: Kind::Record(union.variants[way % kinds]), ways: place.ways * kinds, ..place };
            way /= kinds;
        }
        match place.step(steps[taken]) {
            Ok(next) => place = next,
            Err(why) => return Err(Lost { taken, why }),
        }
        taken += 1;
    }
    Ok(place)
}

impl Lost {
    /// What to say of a path that leads nowhere from an object.
    pub(super) const fn message(self, root: &'static Shape, asked: Asked) -> Message {
        let message = if asked.reader.is_empty() {
            Message::new().code(asked.path).add(" is no object: ")
        } else {
            Message::new().code(asked.reader).add(" cannot read ").code(asked.path).add(": ")
        };
        match self.why {
            Nowhere::NoField(shape) => {
                let written = match asked.steps[self.taken] {
                    Step::Key(key) => key,
                    Step::Each => "[]",
                };
                let message = message.code(shape.name).add(" has no field ").code(written).add("\nhelp: ");
                if self.taken == 0 && asked.steps.len() > 1 && is_around(written, shape) {
                    return message
                        .add("a path begins in the object: leave out what leads to its first field");
                }
                match nearest(written, Names::Fields(shape.fields)) {
                    Some(near) => message.add("did you mean ").code(near).add("?"),
                    None => message
                        .add("its fields are those of ")
                        .code(shape.rust)
                        .add(" in `stripe_hooks::objects`"),
                }
            }
            Nowhere::Reference(target) => {
                let message = reached(message, root, asked, self.taken).add(" is the id of ");
                let message = message.add(article(target.rust)).code(target.rust);
                let message = message.add(", and an event does not hold what ids lead to\nhelp: ");
                let message = self.shorter(message, root, asked).add(", which is an `Id<");
                message.add(target.rust).add(">`")
            }
            Nowhere::Nothing(kind) => {
                let message = reached(message, root, asked, self.taken).add(" is ");
                let message = message.sent(kind).add(", with nothing in it to read\nhelp: ");
                self.shorter(message, root, asked)
            }
            Nowhere::ArrayWithoutBrackets => {
                let message =
                    reached(message, root, asked, self.taken).add(" holds several things\nhelp: write ");
                let data = if self.is_in_list(root, asked) { ".data" } else { "" };
                walked(message.add("`"), root, asked, self.taken).add(data).add("[]` for each of them")
            }
            Nowhere::BracketsWithoutArray(Kind::List(_)) => {
                let message =
                    reached(message, root, asked, self.taken).add(" is a list object\nhelp: write ");
                walked(message.add("`"), root, asked, self.taken).add(".data[]` for each of its items")
            }
            Nowhere::BracketsWithoutArray(kind) => {
                let message = reached(message, root, asked, self.taken).add(" is ");
                message.sent(kind).add(", and no array\nhelp: remove `[]`")
            }
        }
    }

    /// Advises to read what stands where the path went wrong.
    const fn shorter(self, message: Message, root: &'static Shape, asked: Asked) -> Message {
        let message = match asked.reader.is_empty() {
            true => message.add("in a lens of `\"").add(root.name).add("\"` read "),
            false => message.add("end the path at "),
        };
        reached(message, root, asked, self.taken)
    }

    /// Whether the path went wrong in a list object, not in an array.
    const fn is_in_list(self, root: &'static Shape, asked: Asked) -> bool {
        let (before, _) = asked.steps.split_at(self.taken);
        match arrive(root, before, 0) {
            Ok(place) => matches!(place.kind, Kind::List(_)),
            Err(_) => false,
        }
    }
}

/// Whether a key is what stands around an object in an event, or its own name.
const fn is_around(key: &str, shape: &Shape) -> bool {
    same(key, "data") || same(key, "object") || same(key, "previous_attributes") || same(key, shape.name)
}

/// What has been reached after some steps, in marks.
const fn reached(message: Message, root: &Shape, asked: Asked, taken: usize) -> Message {
    walked(message.add("`"), root, asked, taken).add("`")
}

/// The first steps of a path, as they are written; before the first, the object itself.
const fn walked(message: Message, root: &Shape, asked: Asked, taken: usize) -> Message {
    let mut message = message;
    let mut at = 0;
    while at < taken {
        message = match asked.steps[at] {
            Step::Key(key) if at == 0 => message.add(key),
            Step::Key(key) => message.add(".").add(key),
            Step::Each => message.add("[]"),
        };
        at += 1;
    }
    if taken == 0 { message.add(root.name) } else { message }
}

/// The n-th of the kinds of object.
pub(crate) const fn nth(shapes: Shapes, n: usize) -> Option<&'static Shape> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema;

    fn ends(shapes: Shapes, steps: &'static [Step]) -> Vec<String> {
        let asked = Asked { reader: "", path: "", steps, shapes };
        let tell = |end: End| match end.place {
            Ok(Place { kind, unless, many, .. }) => {
                format!("{} {unless:?} {many}", Message::new().sent(kind).as_str())
            }
            Err(Lost { taken, .. }) => format!("lost after {taken}"),
        };
        let mut ends = asked.ends();
        std::iter::from_fn(|| ends.next()).map(tell).collect()
    }

    #[test]
    fn a_path_has_an_end_in_each_object_and_in_each_kind_of_a_union() {
        use Step::{Each, Key};

        const ACCOUNT: &[&Shape] = &[&schema::Account];
        const MONEY: &[&Shape] = &[&schema::Charge, &schema::Refund];
        assert_eq!(ends(&[MONEY], &[Key("amount")]), ["a whole number None false"; 2]);
        assert_eq!(
            ends(&[MONEY, ACCOUNT], &[Key("captured")]),
            ["true or false None false", "lost after 0", "lost after 0"]
        );
        let accounts = &[Key("external_accounts"), Key("data"), Each, Key("last4")];
        assert_eq!(
            ends(&[ACCOUNT], accounts),
            ["text None true", "text None true", "lost after 3"],
            "a bank account, a card, and a source, which has none"
        );
        assert!(ends(&[], &[Key("amount")]).is_empty());
    }

    #[test]
    fn what_may_be_absent_on_the_way_may_be_absent_at_the_end() {
        use Step::Key;

        const INVOICE: &[&Shape] = &[&schema::Invoice];
        assert_eq!(ends(&[INVOICE], &[Key("customer_address"), Key("city")]), ["text Some(Null) false"]);
        assert_eq!(ends(&[INVOICE], &[Key("metadata"), Key("order")]), ["text Some(Absent) false"]);
        assert_eq!(ends(&[INVOICE], &[Key("lines"), Key("data")]), ["an array None false"]);
        assert_eq!(ends(&[INVOICE], &[Key("custom_fields")]), ["an array Some(Null) false"]);
    }
}
