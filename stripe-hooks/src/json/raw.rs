//! One JSON value whose content is unread.

use std::fmt;

use bytes::Bytes;
use bytestring::ByteString;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use serde_json::value::RawValue;

/// One JSON value as Stripe sent it, byte for byte.
///
/// Its content is unread: its strings close and its brackets balance, but any other error in it
/// shows only when you [parse](Raw::parse) or [decode](Raw::decode) it. The verified signature
/// proves who wrote the value.
///
/// A clone is cheap: clones share their bytes, and a value taken from an event shares the bytes of
/// the request's body.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Raw(ByteString);

impl Raw {
    pub(crate) const NULL: Self = Self(ByteString::from_static("null"));

    /// Wraps a text that is one JSON value.
    pub(crate) const fn from_json(json: ByteString) -> Self {
        Self(json)
    }

    /// Wraps a part of a body that is one JSON value, without copying it.
    pub(crate) fn from_body_slice(body: &Bytes, json: &str) -> Self {
        let shared = ByteString::try_from(body.slice_ref(json.as_bytes()));
        Self(shared.unwrap_or_else(|_| json.into()))
    }

    /// Returns the JSON text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Parses the value into a type of your own.
    ///
    /// # Errors
    ///
    /// Returns an error if the JSON does not fit the type. The message is serde's, and may quote
    /// the value.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.0)
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Raw").field(&format_args!("{}", self.as_str())).finish()
    }
}

impl From<Box<RawValue>> for Raw {
    fn from(json: Box<RawValue>) -> Self {
        Self(ByteString::from(Box::<str>::from(json)))
    }
}

impl From<&RawValue> for Raw {
    fn from(json: &RawValue) -> Self {
        Self(ByteString::from(json.get()))
    }
}

impl<'de> Deserialize<'de> for Raw {
    /// Reads from JSON only, because other formats have no untouched JSON.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(deserializer).map(Self::from)
    }
}

impl Serialize for Raw {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let json: &RawValue = serde_json::from_str(&self.0).map_err(serde::ser::Error::custom)?;
        json.serialize(serializer)
    }
}
