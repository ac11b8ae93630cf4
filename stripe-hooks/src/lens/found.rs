//! Where the fields of a lens are kept while its object is walked over.
//!
//! The walk knows them as [`Found`] alone. So it is compiled once, and for each type of field only what takes it; for a lens, nothing but the
//! list of its fields.

use super::LensField;
use crate::decode::DecodeError;

/// A place for what stands at the end of a path.
pub trait Found<'de> {
    /// Takes what is there. Without a text, the path begins anew, and what was found does not count.
    ///
    /// # Errors
    /// When the text holds something that the field cannot.
    fn take(&mut self, json: Option<&'de str>) -> Result<(), DecodeError>;
}

/// For a path to one thing: the last of two counts, as everywhere, and null is nothing.
#[derive(Debug)]
pub struct One<T>(pub Option<T>);

/// For a path with `[]`, which may find several; null is skipped.
#[derive(Debug)]
pub struct Many<T>(pub Option<T>);

impl<'de, T: LensField<'de>> Found<'de> for One<T> {
    fn take(&mut self, json: Option<&'de str>) -> Result<(), DecodeError> {
        self.0 = match json {
            None | Some("null") => None,
            Some(json) => Some(T::read(json)?),
        };
        Ok(())
    }
}

impl<'de, T: LensField<'de>> Found<'de> for Many<T> {
    fn take(&mut self, json: Option<&'de str>) -> Result<(), DecodeError> {
        match json {
            None => self.0 = None,
            Some("null") => {}
            Some(json) => T::add(&mut self.0, json)?,
        }
        Ok(())
    }
}
