//! The `previous_attributes` of an update.

use super::{
    json::JsonValue,
    path::{FieldChange, ValueStep},
    plausible_values,
};
use crate::schema::{Kind, Shape, shape::JsonType};

/// Returns the attributes that an update changed: the given ones, or otherwise one that the object
/// has.
pub(super) fn previous_attributes(
    changes: &[FieldChange],
    event: &str,
    shape: &'static Shape,
    object: &JsonValue,
) -> Option<JsonValue> {
    if !changes.is_empty() {
        let mut previous = JsonValue::Object(Vec::new());
        for FieldChange { steps, value, .. } in changes {
            set_previous_value(&mut previous, steps, value, object);
        }
        return Some(previous);
    }
    if !event.ends_with(".updated") {
        return None;
    }
    let status = shape.field("status").and_then(|field| match (field.kind, object.get("status")) {
        (Kind::Enum(values), Some(JsonValue::Text(now))) => {
            plausible_values::earlier_state(values.known, now)
                .map(|was| ("status", JsonValue::from_text(was)))
        }
        _ => None,
    });
    let metadata = || match object.get("metadata") {
        Some(JsonValue::Object(members)) => {
            let members = members.iter().map(|(name, _)| (name.as_str(), Some(JsonValue::Null)));
            Some(("metadata", JsonValue::from_members(members)))
                .filter(|(_, was)| *was != JsonValue::Object(Vec::new()))
        }
        _ => None,
    };
    let (name, was) = status.or_else(metadata).or_else(|| first_earlier_field(shape, object))?;
    Some(JsonValue::from_members([(name, Some(was))]))
}

/// Returns the first field that may have had another value, with such a value.
fn first_earlier_field(shape: &'static Shape, object: &JsonValue) -> Option<(&'static str, JsonValue)> {
    let fields = shape.fields.iter();
    let fields = fields.filter(|field| !matches!(field.name, "id" | "object" | "livemode" | "created"));
    fields.filter_map(|field| Some((field.name, earlier_value(field.kind, object.get(field.name)?)?))).next()
}

/// Returns a value that a field of this kind may have had before.
fn earlier_value(kind: Kind, now: &JsonValue) -> Option<JsonValue> {
    if let JsonValue::Text(now) = now {
        return match kind {
            Kind::Enum(values) => {
                plausible_values::earlier_state(values.known, now).map(JsonValue::from_text)
            }
            Kind::Text => Some(JsonValue::Text(format!("{now} before"))),
            // Other texts have a form, or lead to something.
            _ => None,
        };
    }
    match (kind.json_type(), now) {
        (JsonType::Flag, JsonValue::Flag(now)) => Some(JsonValue::Flag(!now)),
        (JsonType::Integer, JsonValue::Integer(now)) => Some(JsonValue::Integer(now.saturating_sub(1))),
        (JsonType::Record(shape), object) => {
            let (name, was) = first_earlier_field(shape, object)?;
            Some(JsonValue::from_members([(name, Some(was))]))
        }
        _ => None,
    }
}

/// Puts an old value into `previous_attributes`. That member holds whole arrays, so an array is
/// copied from the object before one of its items changes.
fn set_previous_value(previous: &mut JsonValue, steps: &[ValueStep], value: &JsonValue, object: &JsonValue) {
    match steps {
        [] => *previous = value.clone(),
        [ValueStep::Member(name), rest @ ..] => {
            if *previous == JsonValue::Null {
                *previous = JsonValue::Object(Vec::new());
            }
            let inner = object.get(name).unwrap_or(&JsonValue::Null);
            let is_array = matches!(rest, [ValueStep::Item(_), ..]);
            let Some(member) = previous.member_mut(name) else { return };
            if *member == JsonValue::Null && is_array {
                *member = inner.clone();
            }
            set_previous_value(member, rest, value, inner);
        }
        [ValueStep::Item(at), rest @ ..] => {
            let JsonValue::Array(items) = previous else { return };
            let Some(item) = items.get_mut(*at) else { return };
            let inner = item.clone();
            match rest {
                [] => *item = value.clone(),
                [ValueStep::Member(name), deeper @ ..] => {
                    let now = inner.get(name).cloned().unwrap_or(JsonValue::Null);
                    if let Some(member) = item.member_mut(name) {
                        set_previous_value(member, deeper, value, &now);
                    }
                }
                [ValueStep::Item(_), ..] => {}
            }
        }
    }
}
