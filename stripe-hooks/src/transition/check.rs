//! The compile-time check of each value of a transition: the attribute must be able to have it.

use super::Expected;
use crate::schema::{
    Kind,
    message::ConstMessage,
    nearest_name::{Candidates, nearest_name},
    path::{PathQuery, ResolvedPath},
    texts_equal,
};

/// Checks that the value at the end of a path can be this value, in every object that the path
/// reads. A path that leads nowhere is skipped here, because another check reports it.
///
/// # Panics
/// Panics while the compiler evaluates the check. The panic is the compile error.
#[track_caller]
pub const fn assert_comparable(query: PathQuery, expected: Expected) {
    let mut resolutions = query.resolutions();
    while let Some(resolution) = resolutions.next_resolution() {
        if let Ok(resolved) = resolution.result
            && !may_equal(resolved, expected)
        {
            error_message(query, resolved, expected).panic_with_message();
        }
    }
}

const fn may_equal(resolved: ResolvedPath, expected: Expected) -> bool {
    match (Comparable::from_kind(resolved.kind), expected) {
        (_, Expected::Null) => resolved.optional_because.is_some() && !resolved.is_repeated,
        (Comparable::OneOf(values), Expected::Text(text)) => contains_text(values, text),
        (Comparable::Text, Expected::Text(_))
        | (Comparable::Integer, Expected::Integer(_))
        | (Comparable::Flag, Expected::Flag(_)) => true,
        _ => false,
    }
}

const fn contains_text(values: &[&str], text: &str) -> bool {
    let mut at = 0;
    while at < values.len() {
        if texts_equal(values[at], text) {
            return true;
        }
        at += 1;
    }
    false
}

const fn error_message(query: PathQuery, resolved: ResolvedPath, expected: Expected) -> ConstMessage {
    let comparable = Comparable::from_kind(resolved.kind);
    let message =
        ConstMessage::new().push_code(query.reader).push_text(" would never run: ").push_code(query.path);
    let message = match (comparable, expected) {
        (_, Expected::Null) if resolved.is_repeated => {
            return message
                .push_text(
                    " is found in an array, in which null is skipped\nhelp: write a value, or `changed(",
                )
                .push_text(query.path)
                .push_text(")`");
        }
        (_, Expected::Null) => message.push_text(" is never null"),
        (Comparable::OneOf(values), Expected::Text(text)) => {
            let message = message.push_text(" is never `\"").push_text(text).push_text("\"`\nhelp: ");
            return match nearest_name(text, Candidates::Values(values)) {
                Some(near) => message.push_text("did you mean `\"").push_text(near).push_text("\"`?"),
                None => push_values(message.push_text("it is "), values),
            };
        }
        (Comparable::Never | Comparable::InParts, _) => message
            .push_text(" is ")
            .push_kind(resolved.kind)
            .push_text(", which is not compared with a value"),
        _ => message.push_text(" is ").push_kind(resolved.kind),
    };
    let message = message.push_text("\nhelp: write ");
    match comparable {
        Comparable::OneOf(values) => push_values(message, values),
        Comparable::Text => message.push_text("a text in quotes"),
        Comparable::Integer => message.push_text("a whole number"),
        Comparable::Flag => message.push_text("`true` or `false`"),
        Comparable::Never => message.push_text("`changed(").push_text(query.path).push_text(")`"),
        Comparable::InParts => message
            .push_text("`changed(")
            .push_text(query.path)
            .push_text(")`, or the path of something in it"),
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
const fn push_values(message: ConstMessage, values: &[&str]) -> ConstMessage {
    let mut message = message;
    let mut at = 0;
    while at < values.len() && at < 12 {
        message =
            message.push_text(if at == 0 { "`\"" } else { ", `\"" }).push_text(values[at]).push_text("\"`");
        at += 1;
    }
    if at < values.len() { message.push_text(", …") } else { message }
}
