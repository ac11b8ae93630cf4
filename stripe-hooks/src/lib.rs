//! Runtime.
#![forbid(unsafe_code)]

pub mod catalogue;
mod decode;
pub mod events;
pub mod fields;
pub mod objects;
pub mod extract;
pub mod outcome;
#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
pub mod registry;
pub mod signature;

pub use decode::{DecodeError, Object};
pub use fields::{Currency, Decimal, Deleted, Id, List, Metadata, OrDeleted, Raw, Rfc3339, Timestamp};
