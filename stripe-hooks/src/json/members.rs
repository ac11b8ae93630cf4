//! The members of one object, by name.

use std::borrow::Cow;

use super::{
    cursor::{Cursor, Malformed},
    simd::{bytes_equal, is_plain},
};

/// The raw values of the named members of one JSON object. Of a key that comes twice the last counts, as in JavaScript.
#[derive(Clone, Copy)]
pub(crate) struct ObjectMembers<'a, const N: usize> {
    names: &'static [&'static str; N],
    raw: [Option<&'a str>; N],
}

impl<'a, const N: usize> ObjectMembers<'a, N> {
    #[inline]
    pub(crate) fn empty(names: &'static [&'static str; N]) -> Self {
        Self { names, raw: [None; N] }
    }

    /// Reads the members; `None` when the text is JSON and not an object.
    pub(crate) fn from_json(
        json: &'a str,
        names: &'static [&'static str; N],
    ) -> Result<Option<Self>, Malformed> {
        let mut cursor = Cursor::new(json);
        if cursor.peek_byte() != Some(b'{') {
            cursor.skip_value()?;
            return cursor.expect_end().map(|()| None);
        }
        let mut found = Self::empty(names);
        for_each_member(&mut cursor, names, |index, cursor| {
            found.raw[index] = Some(cursor.read_raw()?);
            Ok(())
        })?;
        cursor.expect_end()?;
        Ok(Some(found))
    }

    #[inline]
    pub(crate) fn set_by_index(&mut self, index: usize, raw: &'a str) {
        self.raw[index] = Some(raw);
    }

    /// The JSON of the n-th of the names, which is not `null`.
    #[inline]
    pub(crate) fn get_by_index(&self, index: usize) -> Option<&'a str> {
        self.raw[index].filter(|raw| *raw != "null")
    }

    /// The JSON of a member, which is not `null`.
    #[inline]
    pub(crate) fn get_by_name(&self, name: &str) -> Option<&'a str> {
        self.get_by_index(self.names.iter().position(|known| *known == name)?)
    }
}

/// Goes through the object that starts here and hands over each member that has one of the names; the others are skipped.
///
/// The names are best given in the order in which they come.
#[inline]
pub(crate) fn for_each_member<'a>(
    cursor: &mut Cursor<'a>,
    names: &[&'static str],
    mut take: impl FnMut(usize, &mut Cursor<'a>) -> Result<(), Malformed>,
) -> Result<(), Malformed> {
    cursor.enter_container();
    let (mut first, mut likely) = (true, 0);
    while cursor.has_next_member(&mut first)? {
        let known = match names.get(likely) {
            Some(name) if cursor.skip_if_key(name)? => Some(likely),
            _ => {
                let key = cursor.read_key()?;
                // Names that are left out are mostly a few, so that the next one is near.
                (likely..names.len())
                    .chain(0..likely)
                    .find(|index| bytes_equal(names[*index].as_bytes(), &key))
            }
        };
        match known {
            Some(index) => {
                take(index, cursor)?;
                likely = index + 1;
            }
            None => cursor.skip_value()?,
        }
    }
    Ok(())
}

/// Reads a JSON string, borrowed from the text where it holds no escape.
#[inline]
pub(crate) fn read_text(json: &str) -> Result<Cow<'_, str>, Malformed> {
    let between = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    if let Some(text) = between.filter(|text| is_plain(text.as_bytes())) {
        return Ok(Cow::Borrowed(text));
    }
    let mut cursor = Cursor::new(json);
    if cursor.peek_byte() != Some(b'"') {
        return Err(Malformed);
    }
    let text = cursor.read_string()?;
    cursor.expect_end()?;
    Ok(text)
}
