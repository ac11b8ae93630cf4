//! Reads JSON into objects, and writes objects as JSON.
//!
//! No generated struct has a visitor of its own. A visitor for each of a thousand structs would
//! take most of the time of a user's build. Each struct is a *record*: a table of field names, and
//! two functions that return the n-th field, to write ([`Slot`]) or to read ([`View`]). One loop
//! fills any record through `&mut dyn Record` ([`fill`]). Other loops serialise, print, compare and
//! copy any record through `&dyn Record` ([`show`]).
//!
//! [`Object::decode`] reads JSON text only. A loop of its own fills records from JSON text
//! ([`read`](mod@read)); it is compiled once, in this crate, instead of in each application.
//! Another loop, which is generic over the format, serves serde's other formats ([`fill`]).
//!
//! The loops guarantee: keys come in any order, the last of two equal keys wins, unknown keys are
//! skipped with any content, null is absent, and no error ever repeats a value that was read.

// The traits are public because bounds of public types name them. The module is private, so that no
// other crate can implement them.
#![allow(unreachable_pub)]

mod error;
mod fill;
mod found;
mod peek;
mod read;
mod record;
mod show;
mod std_types;
mod template;
mod walk;

pub use self::{
    error::DecodeError,
    walk::{Found, Path},
};
#[allow(unused_imports)]
// The templates of the objects use them. Some are unused when every family is off.
pub(crate) use self::{
    fill::deserialize,
    peek::peek,
    read::{read, read_choice, read_slot},
    record::*,
    show::{copy, print, same, serialize},
    template::*,
    walk::{find, read_items, walk},
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
