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
    match (Comparable::from_kind(place.kind), expected) {
        (_, Expected::Null) => place.unless.is_some() && !place.many,
        (Comparable::OneOf(values), Expected::Text(text)) => is_among(values, text),
        (Comparable::Text, Expected::Text(_))
        | (Comparable::Integer, Expected::Integer(_))
        | (Comparable::Flag, Expected::Flag(_)) => true,
        _ => false,
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
    let comparable = Comparable::from_kind(place.kind);
    let message = Message::new().code(asked.reader).add(" would never run: ").code(asked.path);
    let message = match (comparable, expected) {
        (_, Expected::Null) if place.many => {
            return message
                .add(" is found in an array, in which null is skipped\nhelp: write a value, or `changed(")
                .add(asked.path)
                .add(")`");
        }
        (_, Expected::Null) => message.add(" is never null"),
        (Comparable::OneOf(values), Expected::Text(text)) => {
            let message = message.add(" is never `\"").add(text).add("\"`\nhelp: ");
            return match nearest(text, Names::Values(values)) {
                Some(near) => message.add("did you mean `\"").add(near).add("\"`?"),
                None => listed(message.add("it is "), values),
            };
        }
        (Comparable::Never | Comparable::InParts, _) => {
            message.add(" is ").sent(place.kind).add(", which is not compared with a value")
        }
        _ => message.add(" is ").sent(place.kind),
    };
    let message = message.add("\nhelp: write ");
    match comparable {
        Comparable::OneOf(values) => listed(message, values),
        Comparable::Text => message.add("a text in quotes"),
        Comparable::Integer => message.add("a whole number"),
        Comparable::Flag => message.add("`true` or `false`"),
        Comparable::Never => message.add("`changed(").add(asked.path).add(")`"),
        Comparable::InParts => {
            message.add("`changed(").add(asked.path).add(")`, or the path of something in it")
        }
    }
}

/// The values with which a transition can compare an attribute.
#[derive(Clone, Copy)]
enum Comparable {
    /// One of these texts.
    OneOf(&'static [&'static str]),
    Text,
    Integer,
    Flag,
    /// No value, and the attribute has no parts.
    Never,
    /// No value, but its parts may be comparable.
    InParts,
}

impl Comparable {
    const fn from_kind(kind: Kind) -> Self {
        match kind {
            Kind::Enum(values) => Self::OneOf(values.known),
            Kind::Text | Kind::Id(_) | Kind::Currency | Kind::Decimal | Kind::Rfc3339 => Self::Text,
            Kind::Integer | Kind::Time => Self::Integer,
            Kind::Flag => Self::Flag,
            Kind::Tag(_) | Kind::Number => Self::Never,
            Kind::Any
            | Kind::Metadata
            | Kind::Record(_)
            | Kind::Union(_)
            | Kind::List(_)
            | Kind::Array(_)
            | Kind::Map(_) => Self::InParts,
        }
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
