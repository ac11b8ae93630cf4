//! What stands in a text where something else was asked for.

use crate::json::{Cursor, Malformed, NumberText};

/// Names the kind of the value here.
#[cold]
pub(super) fn kind_at_cursor(cursor: &Cursor<'_>) -> Result<&'static str, Malformed> {
    let mut ahead = cursor.clone();
    match ahead.peek_byte() {
        Some(b'"') => ahead.read_string().map(|_| "a string"),
        Some(b'{') => Ok("an object"),
        Some(b'[') => Ok("an array"),
        Some(b'n') => ahead.expect_word("null").map(|()| "null"),
        Some(b't') => ahead.expect_word("true").map(|()| "a boolean"),
        Some(b'f') => ahead.expect_word("false").map(|()| "a boolean"),
        _ => kind_of_number(ahead.read_number()?),
    }
}

/// Names the kind of a number; one that is beyond all bounds is none.
#[cold]
pub(super) fn kind_of_number(number: NumberText<'_>) -> Result<&'static str, Malformed> {
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
