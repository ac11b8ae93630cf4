//! The small types that fields have.

use bytes::Bytes;

use crate::objects::{DecodeError, Object};

/// Untouched JSON.
#[derive(Debug, Clone, PartialEq)]
pub struct Raw(Bytes);

impl Raw {
    pub(crate) fn from_body(json: Bytes) -> Self {
        Self(json)
    }

    /// The JSON.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// Unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From unix seconds.
    #[must_use]
    pub fn from_unix(seconds: i64) -> Self {
        Self(seconds)
    }
}

/// A time in RFC 3339.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rfc3339(String);

impl Rfc3339 {
    /// From its text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

/// An object, or the stub that is left of it.
#[derive(Debug, Clone, PartialEq)]
pub enum OrDeleted<T> {
    /// The object.
    Present(T),
    /// The stub.
    Deleted(String),
}

impl<T: Object> Object for OrDeleted<T> {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        T::decode(json).map(Self::Present)
    }
}

/// An object that leaves a stub behind.
pub trait Deletable {}
impl Deletable for crate::objects::Customer {}
