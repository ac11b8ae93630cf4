//! Reads JSON into objects, and writes objects as JSON.
//!
//! No generated struct has a visitor of its own. A visitor for each of a thousand structs would
//! take most of the time of a user's build. Each struct is a *record*: a table of field names, and
//! two functions that return the n-th field, to write ([`Slot`]) or to read ([`View`]). One loop
//! fills any record through `&mut dyn Record` ([`from_serde`]). Other loops serialise, print, compare and
//! copy any record through `&dyn Record` ([`record_traits`]).
//!
//! [`Object::decode`] reads JSON text only. A loop of its own fills records from JSON text
//! ([`from_json`]); it is compiled once, in this crate, instead of in each application.
//! Another loop, which is generic over the format, serves serde's other formats ([`from_serde`]).
//!
//! The loops guarantee: keys come in any order, the last of two equal keys wins, unknown keys are
//! skipped with any content, null is absent, and no error ever repeats a value that was read.

// The traits are public because bounds of public types name them. The module is private, so that no
// other crate can implement them.
#![allow(unreachable_pub)]

mod error;
mod from_json;
mod from_serde;
mod peek;
mod record;
mod record_traits;
mod select_paths;
mod std_types;
mod template;
mod value_kind;

pub use self::{
    error::DecodeError,
    select_paths::{FieldSink, Path},
};
#[allow(unused_imports)]
// The templates of the objects use them. Some are unused when every family is off.
pub(crate) use self::{
    from_json::{read_record, read_slot, read_union},
    from_serde::deserialize,
    peek::peek_object,
    record::*,
    record_traits::{copy_record, debug_record, records_equal, serialize},
    select_paths::{read_array_items, select_one_path, select_paths},
    template::*,
};

use crate::json::Raw;

/// A type that an event can carry in `data.object`: an object of the catalogue, a union of them, or
/// [`OrDeleted`](crate::OrDeleted).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an object that this build of stripe-hooks can decode",
    label = "not an object with fields",
    note = "the fields of an object need the cargo feature of its family, such as `billing` for `Invoice`",
    note = "the documentation of each type in `stripe_hooks::objects` names its feature"
)]
pub trait Object: Sized + Send + Sync + 'static {
    /// Decodes the object from its JSON text. Members that the type does not have are skipped:
    /// their strings must close and their brackets balance, and nothing else of them is checked.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not JSON, or if a field that the type needs is missing or of
    /// another kind. The error names the field and the kinds, and never repeats a value.
    fn decode(json: &str) -> Result<Self, DecodeError>;
}

impl Raw {
    /// Decodes the value as one of Stripe's objects.
    ///
    /// # Errors
    ///
    /// Returns an error if the value is not such an object. The message never quotes the value.
    pub fn decode<T: Object>(&self) -> Result<T, DecodeError> {
        T::decode(self.as_str())
    }
}
