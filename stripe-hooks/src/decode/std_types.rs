//! Values of Rust's own types and of [`Raw`] as fields.

use std::collections::{BTreeMap, btree_map};

use super::{
    record::{DecodeValue, EntryMap, ItemList, OptionalSlot, RecordField, Slot, View},
    template::impl_decode_values,
};
use crate::json::Raw;

// Plain matches, because the compiler instantiates each of these for a thousand types, and a
// combinator would be instantiated as often.
impl<T: DecodeValue> DecodeValue for Option<T> {
    fn blank() -> Self {
        None
    }
    fn slot(&mut self) -> Slot<'_> {
        if T::IS_RAW { Slot::MaybeWhole(self) } else { Slot::Maybe(self) }
    }
    fn view(&self) -> View<'_> {
        match self {
            Some(value) => value.view(),
            None => View::Absent,
        }
    }
}

impl<T: DecodeValue> RecordField for Option<T> {
    const BLANK: Self = None;
    const REQUIRED: bool = false;
}

impl<T: DecodeValue> OptionalSlot for Option<T> {
    fn make_present(&mut self) -> Slot<'_> {
        *self = Some(T::blank());
        match self {
            Some(value) => value.slot(),
            None => Slot::Nowhere,
        }
    }
    fn make_absent(&mut self) {
        *self = None;
    }
}

impl<T: DecodeValue> DecodeValue for Box<T> {
    fn blank() -> Self {
        Self::new(T::blank())
    }
    fn slot(&mut self) -> Slot<'_> {
        (**self).slot()
    }
    fn view(&self) -> View<'_> {
        (**self).view()
    }
}

impl<T: DecodeValue> DecodeValue for Vec<T> {
    fn blank() -> Self {
        Self::new()
    }
    fn slot(&mut self) -> Slot<'_> {
        Slot::Items(self)
    }
    fn view(&self) -> View<'_> {
        View::Items(self)
    }
}

impl<T: DecodeValue> RecordField for Vec<T> {
    const BLANK: Self = Self::new();
    const REQUIRED: bool = false;
}

impl<T: DecodeValue> ItemList for Vec<T> {
    fn clear(&mut self) {
        self.clear();
    }
    fn push_blank(&mut self) -> Slot<'_> {
        let index = self.len();
        self.push(T::blank());
        self[index].slot()
    }
    fn count(&self) -> usize {
        self.len()
    }
    fn item(&self, index: usize) -> View<'_> {
        self.get(index).map_or(View::Absent, T::view)
    }
}

impl<T: DecodeValue> DecodeValue for BTreeMap<String, T> {
    fn blank() -> Self {
        Self::new()
    }
    fn slot(&mut self) -> Slot<'_> {
        Slot::Entries(self)
    }
    fn view(&self) -> View<'_> {
        View::Entries(self)
    }
}

impl<T: DecodeValue> RecordField for BTreeMap<String, T> {
    const BLANK: Self = Self::new();
    const REQUIRED: bool = false;
}

impl<T: DecodeValue> EntryMap for BTreeMap<String, T> {
    fn clear(&mut self) {
        self.clear();
    }
    fn insert(&mut self, name: String) -> Slot<'_> {
        match self.entry(name) {
            btree_map::Entry::Vacant(entry) => entry.insert(T::blank()).slot(),
            btree_map::Entry::Occupied(entry) => {
                let value = entry.into_mut();
                *value = T::blank();
                value.slot()
            }
        }
    }
    fn remove(&mut self, name: &str) {
        self.remove(name);
    }
    fn count(&self) -> usize {
        self.len()
    }
    fn iter(&self) -> Box<dyn Iterator<Item = (&str, View<'_>)> + '_> {
        Box::new(self.iter().map(|(name, value)| (name.as_str(), value.view())))
    }
}

impl_decode_values! {
    i64 = 0, |place| Slot::Integer(place), |value| View::Integer(*value);
    f64 = 0.0, |place| Slot::Number(place), |value| View::Number(*value);
    bool = false, |place| Slot::Flag(place), |value| View::Flag(*value);
    String = String::new(), |place| Slot::Text(place), |value| View::Text(value);
}

impl DecodeValue for Raw {
    const IS_RAW: bool = true;
    fn blank() -> Self {
        Self::NULL
    }
    fn slot(&mut self) -> Slot<'_> {
        Slot::Raw(self)
    }
    fn view(&self) -> View<'_> {
        View::Raw(self)
    }
}

impl RecordField for Raw {
    const BLANK: Self = Self::NULL;
    const REQUIRED: bool = true;
}
