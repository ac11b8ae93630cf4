//! Where the fields of a lens are kept while its object is walked over.
//!
//! The walk knows them as [`Found`] alone. So it is compiled once, and for each type of field only what takes it; for a lens, nothing but the
//! list of its fields.

use super::LensField;
use crate::decode::{DecodeError, Found};

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
