//! The compile-time check of each value of a transition: the attribute must be able to have it.

use super::Expected;
use crate::schema::{
    Kind,
    message::Message,
    nearest::{Names, nearest},
    path::{Asked, Place},
    same,
};

/// Checks that the value at the end of a path can be this value, in every object that the path
/// reads. A path that leads nowhere is skipped here, because another check reports it.
///
/// # Panics
/// Panics while the compiler evaluates the check. The panic is the compile error.
#[track_caller]
pub const fn compares(asked: Asked, expected: Expected) {
    let mut ends = asked.ends();
    while let Some(end) = ends.next() {
        if let Ok(place) = end.place
            && !can_be(place, expected)
        {
            message(asked, place, expected).refuse();
        }
    }
}

const fn can_be(place: Place, expected: Expected) -> bool {
    match (place.kind, expected) {
        (_, Expected::Null) => place.unless.is_some() && !place.many,
        (Kind::Enum(values), Expected::Text(text)) => is_among(values.known, text),
        (Kind::Text | Kind::Id(_) | Kind::Currency | Kind::Decimal | Kind::Rfc3339, Expected::Text(_))
        | (Kind::Integer | Kind::Time, Expected::Integer(_))
        | (Kind::Flag, Expected::Flag(_)) => true,
        // There are no wildcards, so that a new kind must be decided here.
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
            | Kind::Metadata
            | Kind::Enum(_)
            | Kind::Id(_)
            | Kind::Record(_)
            | Kind::Union(_)
            | Kind::List(_)
            | Kind::Array(_)
            | Kind::Map(_),
            Expected::Text(_) | Expected::Integer(_) | Expected::Flag(_),
        ) => false,
    }
}

const fn is_among(values: &[&str], text: &str) -> bool {
    let mut at = 0;
    while at < values.len() {
        if same(values[at], text) {
            return true;
        }
        at += 1;
    }
    false
}

const fn message(asked: Asked, place: Place, expected: Expected) -> Message {
    let message = Message::new().code(asked.reader).add(" would never run: ").code(asked.path);
    let message = match (place.kind, expected) {
        (_, Expected::Null) if place.many => {
            return message
                .add(" is found in an array, in which null is skipped\nhelp: write a value, or `changed(")
                .add(asked.path)
                .add(")`");
        }
        (Kind::Enum(values), Expected::Text(text)) => {
            let message = message.add(" is never `\"").add(text).add("\"`\nhelp: ");
            return match nearest(text, Names::Values(values.known)) {
                Some(near) => message.add("did you mean `\"").add(near).add("\"`?"),
                None => listed(message.add("it is "), values.known),
            };
        }
        (_, Expected::Null) => message.add(" is never null"),
        (kind, _) => match comparable(kind) {
            Comparable::As(_) => message.add(" is ").sent(kind),
            Comparable::Never | Comparable::InParts => {
                message.add(" is ").sent(kind).add(", which is not compared with a value")
            }
        },
    };
    let message = message.add("\nhelp: write ");
    match (comparable(place.kind), place.kind) {
        (Comparable::As(_), Kind::Enum(values)) => listed(message, values.known),
        (Comparable::As(example), _) => message.add(example),
        (Comparable::Never, _) => message.add("`changed(").add(asked.path).add(")`"),
        (Comparable::InParts, _) => {
            message.add("`changed(").add(asked.path).add(")`, or the path of something in it")
        }
    }
}

/// The way to compare a kind of value in a transition.
#[derive(Clone, Copy)]
enum Comparable {
    /// With a value that is written like this example.
    As(&'static str),
    /// With no value, and the field has no parts.
    Never,
    /// With no value, but its parts may be comparable.
    InParts,
}

const fn comparable(kind: Kind) -> Comparable {
    match kind {
        Kind::Enum(_) => Comparable::As("one of its values"),
        Kind::Text | Kind::Id(_) | Kind::Currency | Kind::Decimal | Kind::Rfc3339 => {
            Comparable::As("a text in quotes")
        }
        Kind::Integer | Kind::Time => Comparable::As("a whole number"),
        Kind::Flag => Comparable::As("`true` or `false`"),
        Kind::Tag(_) | Kind::Number => Comparable::Never,
        Kind::Any
        | Kind::Metadata
        | Kind::Record(_)
        | Kind::Union(_)
        | Kind::List(_)
        | Kind::Array(_)
        | Kind::Map(_) => Comparable::InParts,
    }
}

/// Adds all values, up to the number that a message has space for.
const fn listed(message: Message, values: &[&str]) -> Message {
    let mut message = message;
    let mut at = 0;
    while at < values.len() && at < 12 {
        message = message.add(if at == 0 { "`\"" } else { ", `\"" }).add(values[at]).add("\"`");
        at += 1;
    }
    if at < values.len() { message.add(", …") } else { message }
}
