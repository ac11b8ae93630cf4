//! The types that fields are made of, where Rust's own say too little.
//!
//! They hold exactly what Stripe sends. Conversions to the types of `jiff`, `time`, `chrono` and `rust_decimal` are behind features
//! of those names.

mod convert;
mod deleted;
mod id;
mod list;
mod metadata;
mod raw;
mod text;
mod timestamp;

pub use deleted::{Deletable, Deleted, OrDeleted};
pub use id::Id;
pub use list::List;
pub use metadata::Metadata;
pub use raw::Raw;
pub(crate) use text::texts;
pub use text::{Currency, Decimal, Rfc3339};
pub use timestamp::Timestamp;
