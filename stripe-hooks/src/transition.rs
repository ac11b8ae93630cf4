//! Transitions: the changes of an update that a handler waits for.
//!
//! A transition is checked against `previous_attributes` and the raw object, before the event is
//! decoded. The rules rely on Stripe's content of `previous_attributes`: the old values of changed
//! attributes and nothing more, objects in part, arrays whole. See
//! <https://docs.stripe.com/api/events/object#event_object-data-previous_attributes>.

mod check;

pub use self::check::assert_comparable;

use crate::{
    context::EventContext,
    decode::{DecodeError, select_one_path},
    json::read_text,
    rejection::Rejection,
    schema::path::Step,
};

/// The change of one attribute that a handler waits for.
#[derive(Clone, Copy, Debug)]
pub struct Condition {
    /// The path of the attribute.
    pub steps: &'static [Step],
    /// The old value of the attribute, or `None` for any value.
    pub from: Option<Expected>,
    /// The new value of the attribute, or `None` for any value.
    pub to: Option<Expected>,
}

/// A value that an attribute is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A string.
    Text(&'static str),
    /// A whole number.
    Integer(i64),
    /// A boolean.
    Flag(bool),
    /// Null, or a missing member.
    Null,
}

/// The two sides of an update: the previous attributes and the object.
pub(crate) struct UpdateSides<'cx> {
    cx: &'cx EventContext<'cx>,
    previous_json: &'cx str,
    object_json: &'cx str,
}

impl<'cx> UpdateSides<'cx> {
    /// Reads both sides once, for all conditions. Returns `None` if the event reports no change.
    ///
    /// # Errors
    /// Returns an error if the event has no readable `data`.
    pub(crate) fn from_context(cx: &'cx EventContext<'cx>) -> Result<Option<Self>, Rejection> {
        let Some(previous) = cx.previous_attributes_json()? else { return Ok(None) };
        Ok(Some(Self { cx, previous_json: previous, object_json: cx.object_json()? }))
    }
}

impl Condition {
    /// Returns `true` if the update made this change.
    ///
    /// # Errors
    /// Returns an error if another kind of value on the path makes the change undecidable.
    pub(crate) fn is_met(&self, update: &UpdateSides<'_>) -> Result<bool, Rejection> {
        let unreadable =
            |part: &str, error: DecodeError| update.cx.decode_rejection(error.with_path_prefix(part));
        let before = values_before(update.previous_json, self.steps);
        let before = before.map_err(|error| unreadable("data.previous_attributes", error))?;
        let Some(before) = before else { return Ok(false) };
        let now =
            values_now(update.object_json, self.steps).map_err(|error| unreadable("data.object", error))?;
        Ok(self.matches_values(&before, &now))
    }

    /// Returns `true` if the values show the change. A path with `[]` finds several values; the
    /// condition holds if one of them left or was added.
    fn matches_values(&self, before: &[&str], now: &[&str]) -> bool {
        let (left, came) = match self.steps.contains(&Step::Each) {
            true => (values_not_in(before, now), values_not_in(now, before)),
            false => (before.to_vec(), now.to_vec()),
        };
        before != now
            && self.from.is_none_or(|expected| expected.matches_any_json(&left))
            && self.to.is_none_or(|expected| expected.matches_any_json(&came))
    }
}

impl Expected {
    fn matches_any_json(self, values: &[&str]) -> bool {
        match self {
            Self::Null => values.is_empty(),
            expected => values.iter().any(|json| expected.matches_json(json)),
        }
    }

    fn matches_json(self, json: &str) -> bool {
        match self {
            Self::Text(text) => read_text(json).is_ok_and(|value| value == text),
            Self::Integer(integer) => json.parse() == Ok(integer),
            Self::Flag(flag) => json.parse() == Ok(flag),
            Self::Null => json == "null",
        }
    }
}

fn values_not_in<'v>(values: &[&'v str], others: &[&str]) -> Vec<&'v str> {
    values.iter().filter(|value| !others.contains(value)).copied().collect()
}

/// Returns the values at the end of the path before the update, without nulls, or `None` if they
/// did not change.
fn values_before<'p>(previous: &'p str, steps: &'static [Step]) -> Result<Option<Vec<&'p str>>, DecodeError> {
    let Some((step, rest)) = steps.split_first() else { return Ok(Some(vec![previous])) };
    let Step::Key(key) = step else {
        // Arrays come whole, so a value that is not in the array was not there.
        return values_now(previous, steps).map(Some);
    };
    let mut found = None;
    select_one_path(previous, std::slice::from_ref(step), &mut |value| {
        found = value;
        Ok(())
    })?;
    match found {
        None => Ok(None),
        Some("null") => Ok(Some(Vec::new())),
        Some(value) => values_before(value, rest).map_err(|error| error.with_path_prefix(key)),
    }
}

/// Returns the values at the end of the path, without nulls.
fn values_now<'o>(object: &'o str, steps: &'static [Step]) -> Result<Vec<&'o str>, DecodeError> {
    let mut values = Vec::new();
    select_one_path(object, steps, &mut |value| {
        match value {
            None => values.clear(),
            Some(value) => values.extend(Some(value).filter(|value| *value != "null")),
        }
        Ok(())
    })?;
    Ok(values)
}
