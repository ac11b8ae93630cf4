//! Where the fields of a lens are kept while its object is walked over.
//!
//! The walk knows them as [`FieldSink`] alone. So it is compiled once, and for each type of field only what takes it; for a lens, nothing but the
//! list of its fields.

use super::LensField;
use crate::decode::{DecodeError, FieldSink};

/// A path to one thing: the last of two counts, as everywhere, and null is nothing. A path with `[]` may find several, and null is skipped.
impl<'de, T: LensField<'de>> FieldSink<'de> for Option<T> {
    fn accept_json(&mut self, json: Option<&'de str>, among_others: bool) -> Result<(), DecodeError> {
        match json {
            Some("null") if among_others => {}
            None | Some("null") => *self = None,
            Some(json) if among_others => T::add_value(self, json)?,
            Some(json) => *self = Some(T::read_value(json)?),
        }
        Ok(())
    }

    fn finish_field(&mut self) -> bool {
        if self.is_none() {
            *self = T::absent_value();
        }
        self.is_some()
    }
}
