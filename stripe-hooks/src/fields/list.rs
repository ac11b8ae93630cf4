//! Stripe's list object.

use std::{fmt, ops::Deref, slice, vec};

use crate::{
    decode::{
        DecodeValue, Layout, OptionalSlot, Record, RecordField, Slot, View, copy_record, debug_record,
        deserialize, records_equal, serialize,
    },
    schema::list_object::{LIST_TAG, ListMember},
};

/// The indices of the members, which the order of [`ListMember`] fixes.
const DATA_INDEX: usize = ListMember::Data as usize;
const HAS_MORE_INDEX: usize = ListMember::HasMore as usize;
const TOTAL_COUNT_INDEX: usize = ListMember::TotalCount as usize;
const URL_INDEX: usize = ListMember::Url as usize;

/// The first page of a list, as Stripe puts it inside an object. It derefs to the slice of its items.
///
/// A list that is absent or null is empty. See <https://docs.stripe.com/api/pagination>.
#[non_exhaustive]
pub struct List<T> {
    /// The items of this page.
    pub data: Vec<T>,
    /// Whether there are more items than these.
    pub has_more: Option<bool>,
    /// How many items there are in all, where Stripe says it.
    pub total_count: Option<i64>,
    /// The path under which Stripe's API lists the items.
    pub url: Option<String>,
}

impl<T> List<T> {
    const EMPTY: Self = Self { data: Vec::new(), has_more: None, total_count: None, url: None };
}

impl<T> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.data
    }
}

impl<'l, T> IntoIterator for &'l List<T> {
    type Item = &'l T;
    type IntoIter = slice::Iter<'l, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.data.iter()
    }
}

impl<T> IntoIterator for List<T> {
    type Item = T;
    type IntoIter = vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.data.into_iter()
    }
}

impl<T: DecodeValue> Record for List<T> {
    fn layout(&self) -> &'static Layout {
        &Layout { name: "List", tag: Some(LIST_TAG), keys: &ListMember::KEYS, required: 0 }
    }

    fn slot(&mut self, index: usize) -> Slot<'_> {
        match index {
            DATA_INDEX => self.data.slot(),
            HAS_MORE_INDEX => self.has_more.slot(),
            TOTAL_COUNT_INDEX => self.total_count.slot(),
            URL_INDEX => self.url.slot(),
            _ => Slot::Nowhere,
        }
    }

    fn view(&self, index: usize) -> View<'_> {
        match index {
            DATA_INDEX => self.data.view(),
            HAS_MORE_INDEX => self.has_more.view(),
            TOTAL_COUNT_INDEX => self.total_count.view(),
            URL_INDEX => self.url.view(),
            _ => View::Absent,
        }
    }
}

impl<T: DecodeValue> DecodeValue for List<T> {
    fn blank() -> Self {
        Self::EMPTY
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Maybe(self)
    }

    fn view(&self) -> View<'_> {
        View::Record(self)
    }
}

impl<T: DecodeValue> RecordField for List<T> {
    const BLANK: Self = Self::EMPTY;
    const REQUIRED: bool = false;
}

impl<T: DecodeValue> OptionalSlot for List<T> {
    fn make_present(&mut self) -> Slot<'_> {
        self.make_absent();
        Slot::Record(self)
    }

    fn make_absent(&mut self) {
        *self = Self::EMPTY;
    }
}

impl<T: DecodeValue> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug_record(self, f)
    }
}

impl<T: DecodeValue> Clone for List<T> {
    fn clone(&self) -> Self {
        let mut clone = Self::EMPTY;
        copy_record(self, &mut clone);
        clone
    }
}

impl<T: DecodeValue> PartialEq for List<T> {
    fn eq(&self, other: &Self) -> bool {
        records_equal(self, other)
    }
}

impl<T: DecodeValue> serde::Serialize for List<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize(self, serializer)
    }
}

impl<'de, T: DecodeValue> serde::Deserialize<'de> for List<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize(deserializer)
    }
}
