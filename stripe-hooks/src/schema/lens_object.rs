//! The object that a lens reads: one with a name of its own, or a part of another object.

use super::{
    lookup::find_shape,
    message::ConstMessage,
    nearest_name::{Candidates, nearest_name},
    path::{PathQuery, ResolvedPath, Step, follow_path},
    shape::{Kind, Shape},
};

/// Finds an object by its name, or a part of an object by the path to it, such as
/// `invoice.status_transitions`.
///
/// # Panics
/// While the compiler evaluates: the panic is the compile error.
#[must_use]
#[track_caller]
pub const fn resolve_shape(name: &'static str, steps: &'static [Step]) -> &'static Shape {
    let mut end = name.len();
    while end > 0 {
        let (start, rest) = name.split_at(end);
        if let Some(shape) = find_shape(start)
            && (rest.is_empty() || matches!(rest.as_bytes()[0], b'.' | b'['))
        {
            let (_, steps) = steps.split_at(count_keys(start));
            match follow_path(shape, steps, 0) {
                Ok(ResolvedPath { kind: Kind::Record(shape), .. }) => return shape,
                Ok(resolved) => {
                    let message =
                        ConstMessage::new().push_code(name).push_text(" is ").push_kind(resolved.kind);
                    let message = message.push_text(", and a lens is of an object\nhelp: ");
                    advise_other_lens(message, name, resolved.kind).panic_with_message();
                }
                Err(unresolved) => {
                    let query = PathQuery { reader: "", path: name, steps, shapes: &[] };
                    unresolved.error_message(shape, query).panic_with_message();
                }
            }
        }
        end -= 1;
    }
    let message =
        ConstMessage::new().push_text("Stripe has no object ").push_code(name).push_text("\nhelp: ");
    let message = match nearest_name(name, Candidates::ObjectTags) {
        Some(near) => message.push_text("did you mean `\"").push_text(near).push_text("\"`?"),
        None => {
            message.push_text("write the name that the object has in Stripe's API, such as `\"invoice\"`")
        }
    };
    message.panic_with_message();
}

/// Adds the lens to write instead of a lens of something that is no object.
const fn advise_other_lens(message: ConstMessage, name: &str, kind: Kind) -> ConstMessage {
    if let Kind::List(_) = kind {
        return message.push_text("write `\"").push_text(name).push_text(".data[]\"` for each of its items");
    }
    if let Kind::Array(_) = kind {
        return message.push_text("write `\"").push_text(name).push_text("[]\"` for each of its items");
    }
    let mut dot = name.len() - 1;
    while dot > 0 && name.as_bytes()[dot] != b'.' {
        dot -= 1;
    }
    let ((object, _), (_, field)) = (name.split_at(dot), name.split_at(dot + 1));
    message.push_text("in a lens of `\"").push_text(object).push_text("\"` read ").push_code(field)
}

/// Counts the keys of a name.
const fn count_keys(name: &str) -> usize {
    let (mut keys, mut at) = (1, 0);
    while at < name.len() {
        if name.as_bytes()[at] == b'.' {
            keys += 1;
        }
        at += 1;
    }
    keys
}
