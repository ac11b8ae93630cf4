//! The compile-time check of each field of a lens: its type must be able to hold the value at the
//! end of its path.
//!
//! A path that leads nowhere is skipped here, because another check reports it
//! ([`leads`](crate::schema::path::leads)).

use crate::{
    lens::Holds,
    schema::{
        Kind, Presence, Shape, Shapes,
        message::Message,
        path::{Asked, Place, nth},
        same,
        words::article,
    },
};

/// Checks that a type can hold the value at the end of a path, in every object that the lens fits.
///
/// # Panics
/// Panics while the compiler evaluates the check. The panic is the compile error.
#[track_caller]
pub const fn fits(asked: Asked, written: &'static str, holds: Holds) {
    let mut ends = asked.ends();
    while let Some(end) = ends.next() {
        if let Ok(place) = end.place
            && let Some(misfit) = misfit(place, holds)
        {
            misfit.message(asked, written).refuse();
        }
    }
}

/// The reason why a type cannot hold a value.
#[derive(Clone, Copy)]
enum Misfit {
    Kind(Place),
    MayHoldEscapes(Place),
    MayBeAbsent(Presence),
    OneOfMany(Place),
}

/// Returns the reason why the type does not fit, or `None` if it fits.
const fn misfit(place: Place, holds: Holds) -> Option<Misfit> {
    match (place.many, holds, place.unless) {
        (true, Holds::Array(items), _) if holds_kind(*items, place) => None,
        (true, Holds::Array(_), _) => Some(Misfit::Kind(place)),
        (true, ..) => Some(Misfit::OneOfMany(place)),
        (false, Holds::Maybe(holds), _) if holds_kind(*holds, place) => None,
        (false, Holds::BorrowedText | Holds::Maybe(Holds::BorrowedText), _)
            if matches!(place.kind, Kind::Text) && place.id_of.is_none() =>
        {
            Some(Misfit::MayHoldEscapes(place))
        }
        (false, holds, _) if !holds_kind(holds, place) => Some(Misfit::Kind(place)),
        // These types are empty if Stripe sends nothing.
        (false, Holds::List(_) | Holds::Array(_) | Holds::Map(_) | Holds::Metadata, _) => None,
        (false, _, Some(presence)) => Some(Misfit::MayBeAbsent(presence)),
        (false, _, None) => None,
    }
}

/// Returns `true` if a type can hold this kind of value when the value is present.
const fn holds_kind(holds: Holds, place: Place) -> bool {
    match holds {
        Holds::Anything => return true,
        // The catalogue does not say whether items and entries may be null.
        Holds::Maybe(holds) => return holds_kind(*holds, place),
        _ => {}
    }
    match place.kind {
        Kind::Text => match (holds, place.id_of) {
            (Holds::Text, _) | (Holds::BorrowedText, Some(_)) => true,
            (Holds::Id(name), Some(rust)) => same(rust, name),
            _ => false,
        },
        Kind::Tag(_) => is_text(holds),
        Kind::Integer => matches!(holds, Holds::Integer),
        Kind::Number => matches!(holds, Holds::Number),
        Kind::Decimal => is_text(holds) || matches!(holds, Holds::Decimal),
        Kind::Flag => matches!(holds, Holds::Flag),
        Kind::Time => matches!(holds, Holds::Time | Holds::Integer),
        Kind::Rfc3339 => is_text(holds) || matches!(holds, Holds::Rfc3339),
        Kind::Currency => is_text(holds) || matches!(holds, Holds::Currency),
        Kind::Any => false,
        Kind::Metadata => match holds {
            Holds::Metadata => true,
            Holds::Map(each) => holds_kind(*each, place.now(Kind::Text)),
            _ => false,
        },
        Kind::Enum(values) => match (holds, values.rust) {
            (Holds::Enum(name), Some(rust)) => same(rust, name),
            _ => is_text(holds),
        },
        Kind::Id(target) => match holds {
            Holds::Id(name) => same(target.rust, name),
            _ => is_text(holds),
        },
        Kind::Record(shape) => match holds {
            Holds::Record(name) => same(shape.rust, name),
            Holds::Lens(shapes) => includes(shapes, shape),
            _ => false,
        },
        Kind::Union(union) => match holds {
            Holds::Record(name) => same(union.rust, name),
            Holds::Lens(shapes) => includes_each(shapes, union.variants),
            _ => false,
        },
        Kind::List(of) => match holds {
            Holds::List(each) => holds_kind(*each, place.now(*of)),
            _ => false,
        },
        Kind::Array(of) => match holds {
            Holds::Array(each) => holds_kind(*each, place.now(*of)),
            _ => false,
        },
        Kind::Map(of) => match holds {
            Holds::Map(each) => holds_kind(*each, place.now(*of)),
            _ => false,
        },
    }
}

const fn is_text(holds: Holds) -> bool {
    matches!(holds, Holds::Text | Holds::BorrowedText)
}

const fn includes_each(shapes: Shapes, variants: &[&Shape]) -> bool {
    let mut at = 0;
    while at < variants.len() {
        if !includes(shapes, variants[at]) {
            return false;
        }
        at += 1;
    }
    true
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
                rust_type(message, place).add(">`")
            }
            Self::MayHoldEscapes(place) => Message::new()
                .code(asked.path)
                .add(" cannot be ")
                .add(article(written))
                .code(written)
                .add(": what people write may hold escapes, and is then not borrowed\nhelp: write `")
                .add(if place.unless.is_some() {
                    "Option<Cow<'a, str>>`, or `Option<String>`"
                } else {
                    "Cow<'a, str>`, or `String`"
                }),
            Self::Kind(place) => {
                let message =
                    Message::new().code(asked.path).add(" cannot be ").add(article(written)).code(written);
                let message = message.add(": Stripe sends ").sent(place.kind).add("\nhelp: ");
                suggested(message, place)
            }
        }
    }
}

/// Adds the type to write instead of a type that does not fit.
const fn suggested(message: Message, place: Place) -> Message {
    let optional = place.unless.is_some() && !place.many && !place.kind.is_empty_when_absent();
    if let Kind::Record(shape) = place.kind {
        return message
            .add("write a struct of your own with `#[derive(Lens)]` and `#[lens(\"")
            .add(shape.name)
            .add("\")]`, or ")
            .add(if optional { "`Option<" } else { "`" })
            .add(shape.rust)
            .add(if optional { ">`" } else { "`" });
    }
    let open = match (place.many, optional) {
        (true, _) => "write `Vec<",
        (false, true) => "write `Option<",
        (false, false) => "write `",
    };
    rust_type(message.add(open), place).add(if place.many || optional { ">`" } else { "`" })
}

/// Adds the type that holds this kind of value.
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
        Kind::List(items) => rust_type(message.add("List<"), place.now(*items)).add(">"),
        Kind::Array(items) => rust_type(message.add("Vec<"), place.now(*items)).add(">"),
        Kind::Map(items) => rust_type(message.add("BTreeMap<String, "), place.now(*items)).add(">"),
    }
}
