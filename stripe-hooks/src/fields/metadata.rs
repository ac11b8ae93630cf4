//! The pairs that you attach to objects yourself.

use std::{collections::BTreeMap, ops::Deref};

use crate::decode::{DecodeValue, RecordField, Slot, View, impl_serde};

/// Your own key-value pairs on an object; absent or null is empty. It derefs to a map.
///
/// See <https://docs.stripe.com/api/metadata>.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata(BTreeMap<String, String>);

impl Deref for Metadata {
    type Target = BTreeMap<String, String>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl From<Metadata> for BTreeMap<String, String> {
    fn from(metadata: Metadata) -> Self {
        metadata.0
    }
}

impl DecodeValue for Metadata {
    fn blank() -> Self {
        Self::BLANK
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Entries(&mut self.0)
    }

    fn view(&self) -> View<'_> {
        View::Entries(&self.0)
    }
}

impl RecordField for Metadata {
    const BLANK: Self = Self(BTreeMap::new());
    const REQUIRED: bool = false;
}

impl_serde!(Metadata);
