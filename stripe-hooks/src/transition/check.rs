//! The question about each value of a transition: whether the attribute can have it.

use super::Expected;
use crate::schema::{
    Kind,
    message::Message,
    nearest::{Names, nearest},
    path::{Asked, Place},
    same,
};

/// Asks whether what stands at the end of a path can have this value, in every object that is read. Where the path leads nowhere nothing
/// is said, because that is a mistake of its own.
///
/// # Panics
/// While the compiler evaluates: the panic is the compile error.
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
        (kind, _) if form(kind).is_none() => {
            message.add(" is ").sent(kind).add(", which is not compared with a value")
        }
        (kind, _) => message.add(" is ").sent(kind),
    };
    let message = message.add("\nhelp: write ");
    match (place.kind, form(place.kind)) {
        (Kind::Enum(values), _) => listed(message, values.known),
        (_, Some(form)) => message.add(form),
        (Kind::Tag(_) | Kind::Number, None) => message.add("`changed(").add(asked.path).add(")`"),
        (_, None) => message.add("`changed(").add(asked.path).add(")`, or the path of something in it"),
    }
}

/// What to write of a value of this kind; `None` where there is none to compare with.
const fn form(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Enum(_) => Some("one of its values"),
        Kind::Text | Kind::Id(_) | Kind::Currency | Kind::Decimal | Kind::Rfc3339 => Some("a text in quotes"),
        Kind::Integer | Kind::Time => Some("a whole number"),
        Kind::Flag => Some("`true` or `false`"),
        _ => None,
    }
}

/// All values, as far as a message has room.
const fn listed(message: Message, values: &[&str]) -> Message {
    let mut message = message;
    let mut at = 0;
    while at < values.len() && at < 12 {
        message = message.add(if at == 0 { "`\"" } else { ", `\"" }).add(values[at]).add("\"`");
        at += 1;
    }
    if at < values.len() { message.add(", …") } else { message }
}
