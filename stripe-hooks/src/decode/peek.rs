//! A first look at an object, to learn which type it is to become.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::error::{DecodeError, Trail};
use crate::objects::TAGS;

/// What tells objects apart.
#[derive(Debug, Default)]
pub(crate) struct Peek {
    /// The `object` tag, if there is one.
    pub(crate) object: Option<String>,
    /// Whether it says of itself that it is deleted.
    pub(crate) deleted: bool,
    /// Whether there is anything else than its `id` beside these two.
    pub(crate) more: bool,
}

/// Looks at the keys of the outermost object. Anything but an object shows nothing.
pub(crate) fn peek(json: &str) -> Result<Peek, DecodeError> {
    serde_json::from_str(json).map_err(|error| Trail::default().json_error(&error))
}

/// The same tag out of the catalogue, if Stripe has it: what a payload says is not repeated, what the catalogue says may be.
pub(super) fn known_tag(found: &str) -> Option<&'static str> {
    TAGS.binary_search(&found).ok().map(|at| TAGS[at])
}

impl<'de> Deserialize<'de> for Peek {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Look)
    }
}

struct Look;

impl<'de> Visitor<'de> for Look {
    type Value = Peek;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Peek, A::Error> {
        let mut peek = Peek::default();
        while let Some(key) = map.next_key_seed(Name)? {
            match key {
                Sign::Object => peek.object = serde_json::from_str(map.next_value::<&RawValue>()?.get()).ok(),
                Sign::Deleted => peek.deleted = map.next_value::<&RawValue>()?.get() == "true",
                sign @ (Sign::Id | Sign::Other) => {
                    peek.more |= matches!(sign, Sign::Other);
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(peek)
    }
}

/// The keys that tell objects apart.
enum Sign {
    Object,
    Deleted,
    Id,
    Other,
}

struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Sign;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Sign, D::Error> {
        // As bytes, because an odd key that nobody asks for need not be Unicode.
        deserializer.deserialize_bytes(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Sign;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_bytes<E>(self, key: &[u8]) -> Result<Sign, E> {
        Ok(match key {
            b"object" => Sign::Object,
            b"deleted" => Sign::Deleted,
            b"id" => Sign::Id,
            _ => Sign::Other,
        })
    }
}
