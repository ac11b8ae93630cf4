//! Runtime.
#![forbid(unsafe_code)]

pub mod catalogue;
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
