//! Stripe's list object.

use std::{fmt, ops::Deref, slice, vec};

use crate::{
    decode::{Field, Layout, Maybe, Record, Slot, Value, View, copy, deserialize, print, same, serialize},
    schema::list::{ListMember, TAG},
};

/// The indices of the members, which the order of [`ListMember`] fixes.
const DATA: usize = ListMember::Data as usize;
const HAS_MORE: usize = ListMember::HasMore as usize;
const TOTAL_COUNT: usize = ListMember::TotalCount as usize;
const URL: usize = ListMember::Url as usize;

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

impl<T: Value> Record for List<T> {
    fn layout(&self) -> &'static Layout {
        &Layout { name: "List", tag: Some(TAG), keys: &ListMember::KEYS, required: 0 }
    }

    fn slot(&mut self, index: usize) -> Slot<'_> {
        match index {
            DATA => self.data.slot(),
            HAS_MORE => self.has_more.slot(),
            TOTAL_COUNT => self.total_count.slot(),
            URL => self.url.slot(),
            _ => Slot::Nowhere,
        }
    }

    fn view(&self, index: usize) -> View<'_> {
        match index {
            DATA => self.data.view(),
            HAS_MORE => self.has_more.view(),
            TOTAL_COUNT => self.total_count.view(),
            URL => self.url.view(),
            _ => View::Absent,
        }
    }
}

impl<T: Value> Value for List<T> {
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

impl<T: Value> Field for List<T> {
    const BLANK: Self = Self::EMPTY;
    const REQUIRED: bool = false;
}

impl<T: Value> Maybe for List<T> {
    fn fill(&mut self) -> Slot<'_> {
        self.clear();
        Slot::Record(self)
    }

    fn clear(&mut self) {
        *self = Self::EMPTY;
    }
}

impl<T: Value> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        print(self, f)
    }
}

impl<T: Value> Clone for List<T> {
    fn clone(&self) -> Self {
        let mut clone = Self::EMPTY;
        copy(self, &mut clone);
        clone
    }
}

impl<T: Value> PartialEq for List<T> {
    fn eq(&self, other: &Self) -> bool {
        same(self, other)
    }
}

impl<T: Value> serde::Serialize for List<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize(self, serializer)
    }
}

impl<'de, T: Value> serde::Deserialize<'de> for List<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize(deserializer)
    }
}
