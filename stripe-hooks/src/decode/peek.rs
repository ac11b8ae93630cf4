//! A first look at an object, to learn which type it is to become.

use std::borrow::Cow;

use super::{
    error::{DecodeError, Trail},
    found::found_at,
};
use crate::{
    json::{Cursor, Malformed, read_text},
    schema::TAGS,
};

/// What tells objects apart.
#[derive(Debug, Default)]
pub(crate) struct Peek<'de> {
    /// The `object` tag, if there is one.
    pub(crate) object: Option<Cow<'de, str>>,
    /// Whether it says of itself that it is deleted.
    pub(crate) deleted: bool,
    /// Whether there is anything else than its `id` beside these two.
    pub(crate) more: bool,
}

/// Looks at the keys of the outermost object.
pub(crate) fn peek(json: &str) -> Result<Peek<'_>, DecodeError> {
    let mut cursor = Cursor::new(json);
    let read = match cursor.peek() {
        Some(b'{') => look(&mut cursor),
        _ => match found_at(&cursor) {
            Ok(found) => return Err(DecodeError::mismatch("an object", found)),
            Err(malformed) => Err(malformed),
        },
    };
    read.map_err(|Malformed| Trail::default().text_error(cursor.position()))
}

/// The same tag out of the catalogue, if Stripe has it: what a payload says is not repeated, what the catalogue says may be.
pub(super) fn known_tag(found: &str) -> Option<&'static str> {
    TAGS.binary_search(&found).ok().map(|at| TAGS[at])
}

fn look<'de>(cursor: &mut Cursor<'de>) -> Result<Peek<'de>, Malformed> {
    let (mut peek, mut first) = (Peek::default(), true);
    cursor.enter();
    while cursor.more_members(&mut first)? {
        match &*cursor.key()? {
            b"object" => peek.object = read_text(cursor.raw()?).ok(),
            b"deleted" => peek.deleted = cursor.raw()? == "true",
            b"id" => cursor.skip()?,
            _ => {
                peek.more = true;
                cursor.skip()?;
            }
        }
    }
    cursor.end()?;
    Ok(peek)
}
