//! Lenses: structs of the application's own that read some fields of an object, checked against
//! Stripe's API at compile time.
//!
//! `#[derive(Lens)]` makes the compiler check each field ([`check`]). The check uses the shapes of
//! the [`schema`](crate::schema) and not the objects, so a program of lenses needs none of the
//! objects' families. A lens reads its fields in one pass that skips the other members
//! ([`select_paths`](crate::decode::select_paths)).

mod check;
mod field;
mod field_sink;
mod layout;

pub(crate) use self::field::OwnedField;
pub use self::{
    check::assert_type,
    field::{Accepts, FieldType, LensField},
    layout::{DecodeResult, LensLayout, into_read_error, lens},
};

use crate::{
    decode::{DecodeError, Object},
    schema::HasSchema,
};

/// A struct that reads some fields of one of Stripe's objects. `#[derive(Lens)]` implements this
/// trait.
///
/// `'de` is the lifetime of the JSON, which fields such as `&'de str` borrow from.
pub trait Lens<'de>: LensField<'de> {
    /// Reads the fields from the JSON text of an object. The text between the members of the lens
    /// is skipped: its strings must close and its brackets balance, and nothing more of it is
    /// checked.
    ///
    /// # Errors
    /// Returns an error if the text is not JSON, or if a field of the lens is missing or of another
    /// kind. The error names the field and the kinds, and never repeats a value.
    fn decode(json: &'de str) -> Result<Self, DecodeError> {
        Self::read_value(json)
    }
}

/// A marker of a lens that fits an object. The derive has checked the lens field by field.
pub trait LensOf<T: HasSchema> {}

/// Whole objects are not lenses, but they fit wherever lenses fit.
impl<T: Object + HasSchema> LensOf<T> for T {}
