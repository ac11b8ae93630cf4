//! How JSON becomes an object, and an object JSON again.
//!
//! A thousand generated structs would each want their own visitor; compiled, those are most of what a user waits for. So no struct
//! has one. Each is a *record*: a table of field names, and two functions that hand out the place of the n-th field, to write
//! ([`Slot`]) or to read ([`View`]). One loop fills any record through `&mut dyn Record` ([`fill`]), and others serialise, print,
//! compare and copy any record through `&dyn Record` ([`show`]). From JSON text, which is all that [`Object::decode`] reads, a record is
//! filled by a loop of its own ([`read`](mod@read)), compiled in this crate, once, instead of in each application; for serde's other formats
//! there is one that is generic over the format ([`fill`]).
//!
//! What the loops promise: keys come in any order, the last of two equal keys wins, unknown keys are skipped whatever they hold,
//! null is absent, and no error ever repeats a value that was read.

// The traits are public because bounds of public types name them; the module is not, so that nobody else can implement them.
#![allow(unreachable_pub)]

mod error;
mod fill;
mod found;
mod peek;
mod read;
mod record;
mod show;
mod template;
mod union;
mod walk;

pub use self::error::DecodeError;
pub use self::walk::{Found, Path};
#[allow(unused_imports)]
// By the templates, of which some have nothing to print when every family is off.
pub(crate) use self::{
    fill::deserialize,
    peek::peek,
    read::{read, read_choice, read_slot},
    record::*,
    show::{copy, print, same, serialize},
    template::*,
    union::union,
    walk::{find, read_items, walk},
};

/// What an event can carry in `data.object`: the objects of the catalogue, their unions, and [`OrDeleted`](crate::OrDeleted).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an object that this build of stripe-hooks can decode",
    label = "not an object with fields",
    note = "the fields of an object need the cargo feature of its family, such as `billing` for `Invoice`",
    note = "the documentation of each type in `stripe_hooks::objects` names its feature"
)]
pub trait Object: Sized + Send + Sync + 'static {
    /// Decodes the object from its JSON text. Members that the type does not have are skipped: their strings must close and their brackets
    /// balance, and nothing else of them is checked.
    ///
    /// # Errors
    ///
    /// When the text is not JSON, or when a field that the type needs is missing or of another kind. The error names the place and
    /// the kinds, and never repeats a value.
    fn decode(json: &str) -> Result<Self, DecodeError>;
}
