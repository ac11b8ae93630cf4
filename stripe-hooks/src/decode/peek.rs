//! A first look at an object, to learn which type it is to become.

use std::borrow::Cow;

use super::{
    error::{DecodeError, ErrorTrail},
    value_kind::kind_at_cursor,
};
use crate::{
    json::{Cursor, Malformed, read_text},
    schema::TAGS,
};

/// What tells objects apart.
#[derive(Debug, Default)]
pub(crate) struct ObjectPeek<'de> {
    /// The value of the `object` key, if it is a text.
    pub(crate) tag: Option<Cow<'de, str>>,
    /// Whether it says of itself that it is deleted.
    pub(crate) is_deleted: bool,
    /// Whether there is anything else than its `id` beside these two.
    pub(crate) has_more_members: bool,
}

/// Looks at the keys of the outermost object.
pub(crate) fn peek_object(json: &str) -> Result<ObjectPeek<'_>, DecodeError> {
    let mut cursor = Cursor::new(json);
    let read = match cursor.peek_byte() {
        Some(b'{') => scan_members(&mut cursor),
        _ => match kind_at_cursor(&cursor) {
            Ok(found) => return Err(DecodeError::wrong_kind("an object", found)),
            Err(malformed) => Err(malformed),
        },
    };
    read.map_err(|Malformed| ErrorTrail::default().into_text_error(cursor.position()))
}

/// The same tag out of the catalogue, if Stripe has it: what a payload says is not repeated, what the catalogue says may be.
pub(super) fn known_tag(found: &str) -> Option<&'static str> {
    TAGS.binary_search(&found).ok().map(|at| TAGS[at])
}

fn scan_members<'de>(cursor: &mut Cursor<'de>) -> Result<ObjectPeek<'de>, Malformed> {
    let (mut peek, mut first) = (ObjectPeek::default(), true);
    cursor.enter_container();
    while cursor.has_next_member(&mut first)? {
        match &*cursor.read_key()? {
            b"object" => peek.tag = read_text(cursor.read_raw()?).ok(),
            b"deleted" => peek.is_deleted = cursor.read_raw()? == "true",
            b"id" => cursor.skip_value()?,
            _ => {
                peek.has_more_members = true;
                cursor.skip_value()?;
            }
        }
    }
    cursor.expect_end()?;
    Ok(peek)
}
