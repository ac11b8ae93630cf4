//! Lenses: structs of the application's own that read some fields of an object, checked against Stripe's API at compile time.
//!
//! `#[derive(Lens)]` asks the compiler about each field ([`check`]), over the shapes of the [`schema`](crate::schema) and not over the
//! objects, so that a program of lenses needs none of their families. What it reads, it reads in one pass that skips the rest
//! ([`walk`](crate::decode::walk)).

mod check;
mod field;
mod found;
mod reader;

pub(crate) use self::field::Plain;
pub use self::{
    check::fits,
    field::{FieldType, Holds, LensField},
    reader::{Read, Reader, lens, unread},
};

use crate::{
    decode::{DecodeError, Object},
    schema::Described,
};

/// A struct that reads some fields of an object of Stripe's: what `#[derive(Lens)]` implements.
///
/// `'de` is the lifetime of the JSON, which fields such as `&'de str` borrow from.
pub trait Lens<'de>: LensField<'de> {
    /// Reads the fields from the JSON text of an object. What lies between the members that the lens reads is skipped: strings must close and
    /// brackets balance there, and nothing else is checked.
    ///
    /// # Errors
    /// When the text is not JSON, or when a field of the lens is missing or of another kind. The error names the place and the kinds, and
    /// never repeats a value.
    fn look(json: &'de str) -> Result<Self, DecodeError> {
        Self::read(json)
    }
}

/// Says that a lens fits an object, which the derive has checked field by field.
pub trait LensOf<T: Described> {}

/// The whole objects are not lenses, but they fit where lenses do.
impl<T: Object + Described> LensOf<T> for T {}
