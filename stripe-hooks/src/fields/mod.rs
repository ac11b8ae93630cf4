//! The types that fields are made of, where Rust's own say too little.
//!
//! They hold exactly what Stripe sends. Conversions to the types of `jiff`, `time`, `chrono` and `rust_decimal` are behind features
//! of those names.

mod convert;
mod id;
mod list;
mod metadata;
#[cfg(any(feature = "inbox", feature = "testing"))]
pub(crate) mod rfc3339;
mod text;
mod timestamp;

pub use self::{
    id::Id,
    list::List,
    metadata::Metadata,
    text::{Currency, Decimal, Rfc3339},
    timestamp::Timestamp,
};
pub use crate::{
    json::Raw,
    objects::{
        deleted::{Deleted, OrDeleted},
        template::Deletable,
    },
};

pub(crate) use self::text::define_text_types;
