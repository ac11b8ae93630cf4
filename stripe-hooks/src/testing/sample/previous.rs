//! The `previous_attributes` of an update.

use super::{
    json::Json,
    path::{Change, Step},
    words,
};
use crate::schema::{Kind, Shape, shape::JsonType};

/// Returns the attributes that an update changed: the given ones, or otherwise one that the object
/// has.
pub(super) fn attributes(
    changes: &[Change],
    event: &str,
    shape: &'static Shape,
    object: &Json,
) -> Option<Json> {
    if !changes.is_empty() {
        let mut previous = Json::Object(Vec::new());
        for Change { steps, value, .. } in changes {
            before(&mut previous, steps, value, object);
        }
        return Some(previous);
    }
    if !event.ends_with(".updated") {
        return None;
    }
    let status = shape.field("status").and_then(|field| match (field.kind, object.get("status")) {
        (Kind::Enum(values), Some(Json::Text(now))) => {
            words::earlier(values.known, now).map(|was| ("status", Json::text(was)))
        }
        _ => None,
    });
    let metadata = || match object.get("metadata") {
        Some(Json::Object(members)) => {
            let members = members.iter().map(|(name, _)| (name.as_str(), Some(Json::Null)));
            Some(("metadata", Json::object(members))).filter(|(_, was)| *was != Json::Object(Vec::new()))
        }
        _ => None,
    };
    let (name, was) = status.or_else(metadata).or_else(|| was_within(shape, object))?;
    Some(Json::object([(name, Some(was))]))
}

/// Returns the first field that may have had another value, with such a value.
fn was_within(shape: &'static Shape, object: &Json) -> Option<(&'static str, Json)> {
    let fields = shape.fields.iter();
    let fields = fields.filter(|field| !matches!(field.name, "id" | "object" | "livemode" | "created"));
    fields.filter_map(|field| Some((field.name, was(field.kind, object.get(field.name)?)?))).next()
}

/// Returns a value that a field of this kind may have had before.
fn was(kind: Kind, now: &Json) -> Option<Json> {
    if let Json::Text(now) = now {
        return match kind {
            Kind::Enum(values) => words::earlier(values.known, now).map(Json::text),
            Kind::Text => Some(Json::Text(format!("{now} before"))),
            // Other texts have a form, or lead to something.
            _ => None,
        };
    }
    match (kind.json_type(), now) {
        (JsonType::Flag, Json::Flag(now)) => Some(Json::Flag(!now)),
        (JsonType::Integer, Json::Integer(now)) => Some(Json::Integer(now.saturating_sub(1))),
        (JsonType::Record(shape), object) => {
            let (name, was) = was_within(shape, object)?;
            Some(Json::object([(name, Some(was))]))
        }
        _ => None,
    }
}

/// Puts an old value into `previous_attributes`. That member holds whole arrays, so an array is
/// copied from the object before one of its items changes.
fn before(previous: &mut Json, steps: &[Step], value: &Json, object: &Json) {
    match steps {
        [] => *previous = value.clone(),
        [Step::Member(name), rest @ ..] => {
            if *previous == Json::Null {
                *previous = Json::Object(Vec::new());
            }
            let inner = object.get(name).unwrap_or(&Json::Null);
            let is_array = matches!(rest, [Step::Item(_), ..]);
            let Some(member) = previous.member(name) else { return };
            if *member == Json::Null && is_array {
                *member = inner.clone();
            }
            before(member, rest, value, inner);
        }
        [Step::Item(at), rest @ ..] => {
            let Json::Array(items) = previous else { return };
            let Some(item) = items.get_mut(*at) else { return };
            let inner = item.clone();
            match rest {
                [] => *item = value.clone(),
                [Step::Member(name), deeper @ ..] => {
                    let now = inner.get(name).cloned().unwrap_or(Json::Null);
                    if let Some(member) = item.member(name) {
                        before(member, deeper, value, &now);
                    }
                }
                [Step::Item(_), ..] => {}
            }
        }
    }
}
