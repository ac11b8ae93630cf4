//! What stands in a text where something else was asked for.

use crate::json::{Cursor, Malformed, Number};

/// Names the kind of the value here.
#[cold]
pub(super) fn found_at(cursor: &Cursor<'_>) -> Result<&'static str, Malformed> {
    let mut ahead = cursor.clone();
    match ahead.peek() {
        Some(b'"') => ahead.string().map(|_| "a string"),
        Some(b'{') => Ok("an object"),
        Some(b'[') => Ok("an array"),
        Some(b'n') => ahead.word("null").map(|()| "null"),
        Some(b't') => ahead.word("true").map(|()| "a boolean"),
        Some(b'f') => ahead.word("false").map(|()| "a boolean"),
        _ => found_number(ahead.number()?),
    }
}

/// Names the kind of a number; one that is beyond all bounds is none.
#[cold]
pub(super) fn found_number(number: Number<'_>) -> Result<&'static str, Malformed> {
    let is_whole = number.is_whole && number.text != "-0";
    if is_whole && number.text.parse::<i64>().is_ok() {
        return Ok("an integer");
    }
    if is_whole && number.text.parse::<u64>().is_ok() {
        return Ok("an integer beyond 64 bits");
    }
    match number.text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok("a number with a fraction or an exponent"),
        _ => Err(Malformed),
    }
}
