//! Objects that Stripe replaces by a stub once they are deleted.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::template::{Deletable, event, record};
use crate::{
    catalogue::template::Carries,
    decode::{DecodeError, Object, peek_object},
    extract::impl_object_payload,
};

/// An object, or the stub `{id, object, deleted}` that Stripe sends in its place once it is
/// deleted.
#[derive(Clone, Debug, PartialEq)]
pub enum OrDeleted<T> {
    /// The whole object.
    Present(T),
    /// Only its id: the object is gone.
    Deleted(Deleted),
}

record! {
    /// All that is left of a deleted object.
    Deleted {
        /// The id that the object had.
        0 id: String,
        /// True.
        1 deleted: bool,
        /// The tag of the object, such as `customer`.
        2 object: Option<String>,
    }
}
event!(Deleted);

impl<T> OrDeleted<T> {
    /// The object, unless it is deleted.
    pub fn present(self) -> Option<T> {
        match self {
            Self::Present(object) => Some(object),
            Self::Deleted(_) => None,
        }
    }
}

impl<T: Object> Object for OrDeleted<T> {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        // Some objects require so few fields that their stub would pass for a whole one.
        let signs = peek_object(json)?;
        if signs.is_deleted && !signs.has_more_members {
            return Deleted::decode(json).map(Self::Deleted);
        }
        match T::decode(json) {
            Err(error) if error.is_stub() => Deleted::decode(json).map(Self::Deleted),
            whole => whole.map(Self::Present),
        }
    }
}

impl<E, T> Carries<OrDeleted<T>> for E
where
    E: Carries<T>,
    T: Deletable,
{
}

impl_object_payload!(OrDeleted<T>, T);

/// Reads from JSON only, as [`Raw`](crate::Raw) does, because the text distinguishes the stub from
/// the object.
impl<'de, T: Object> Deserialize<'de> for OrDeleted<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(deserializer)?;
        Self::decode(json.get()).map_err(serde::de::Error::custom)
    }
}

impl<T: Serialize> Serialize for OrDeleted<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Present(object) => object.serialize(serializer),
            Self::Deleted(stub) => stub.serialize(serializer),
        }
    }
}
