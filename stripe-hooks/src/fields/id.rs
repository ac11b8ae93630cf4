//! References from one object to another.

use std::{borrow::Borrow, cmp::Ordering, fmt, hash, marker::PhantomData};

use crate::decode::{DecodeValue, RecordField, Slot, View, deserialize};

/// The id of a `T`, where Stripe's reference says that the object may be *expanded* in its place.
///
/// Webhooks never expand. Should an object come all the same, its id is taken and the rest is not followed.
pub struct Id<T> {
    text: String,
    target: PhantomData<fn() -> T>,
}

impl<T> Id<T> {
    /// The id, such as `cus_…`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The id as a `String`.
    #[must_use]
    pub fn into_string(self) -> String {
        self.text
    }
}

impl<T> From<String> for Id<T> {
    fn from(text: String) -> Self {
        Self { text, target: PhantomData }
    }
}

impl<T> From<&str> for Id<T> {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl<T> From<Id<T>> for String {
    fn from(id: Id<T>) -> Self {
        id.text
    }
}

impl<T> AsRef<str> for Id<T> {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl<T> Borrow<str> for Id<T> {
    fn borrow(&self) -> &str {
        &self.text
    }
}

impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

// Written out, because a derive would ask the same of `T`, of which there is none here.
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        Self { text: self.text.clone(), target: PhantomData }
    }
}

impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<T> Eq for Id<T> {}

impl<T> PartialEq<str> for Id<T> {
    fn eq(&self, other: &str) -> bool {
        self.text == other
    }
}

impl<T> PartialEq<&str> for Id<T> {
    fn eq(&self, other: &&str) -> bool {
        self.text == *other
    }
}

impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl<T> hash::Hash for Id<T> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl<T> serde::Serialize for Id<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de, T> serde::Deserialize<'de> for Id<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize(deserializer)
    }
}

impl<T> Id<T> {
    const EMPTY: Self = Self { text: String::new(), target: PhantomData };
}

impl<T> DecodeValue for Id<T> {
    fn blank() -> Self {
        Self::EMPTY
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Id(&mut self.text)
    }

    fn view(&self) -> View<'_> {
        View::Text(&self.text)
    }
}

impl<T> RecordField for Id<T> {
    const BLANK: Self = Self::EMPTY;
    const REQUIRED: bool = true;
}
