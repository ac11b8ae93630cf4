//! The object that a lens reads: one with a name of its own, or a part of another object.

use super::{
    find::find,
    message::Message,
    nearest::{Names, nearest},
    path::{Asked, Place, Step, arrive},
    shape::{Kind, Shape},
};

/// Finds an object by its name, or a part of an object by the path to it, such as
/// `invoice.status_transitions`.
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
            match arrive(shape, steps, 0) {
                Ok(Place { kind: Kind::Record(shape), .. }) => return shape,
                Ok(place) => {
                    let message = Message::new().code(name).add(" is ").sent(place.kind);
                    let message = message.add(", and a lens is of an object\nhelp: ");
                    instead(message, name, place.kind).refuse();
                }
                Err(lost) => {
                    let asked = Asked { reader: "", path: name, steps, shapes: &[] };
                    lost.message(shape, asked).refuse();
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
    message.refuse();
}

/// Adds the lens to write instead of a lens of something that is no object.
const fn instead(message: Message, name: &str, kind: Kind) -> Message {
    if let Kind::List(_) = kind {
        return message.add("write `\"").add(name).add(".data[]\"` for each of its items");
    }
    if let Kind::Array(_) = kind {
        return message.add("write `\"").add(name).add("[]\"` for each of its items");
    }
    let mut dot = name.len() - 1;
    while dot > 0 && name.as_bytes()[dot] != b'.' {
        dot -= 1;
    }
    let ((object, _), (_, field)) = (name.split_at(dot), name.split_at(dot + 1));
    message.add("in a lens of `\"").add(object).add("\"` read ").code(field)
}

/// Counts the keys of a name.
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
