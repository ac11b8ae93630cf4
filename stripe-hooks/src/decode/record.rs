//! Records, their fields, and the templates of the generated types.

use std::collections::{BTreeMap, btree_map};

use super::template::values;
use crate::{fields::Raw, json::is_same};

/// What is the same for all values of a record's type.
#[derive(Debug)]
pub struct Layout {
    /// The name of the Rust type.
    pub name: &'static str,
    /// The value of its `object` key, if it has one.
    pub tag: Option<&'static str>,
    /// The keys of its fields: `id` first if there is one, then sorted.
    pub keys: &'static [&'static str],
    /// One bit for each field that cannot be absent.
    pub required: u128,
}

impl Layout {
    /// Which field this key names: likely the one of this index, or one soon after it.
    pub(super) fn find(&self, key: &[u8], likely: usize) -> Option<usize> {
        // Fields that are left out are mostly a few, so that the next one is near.
        const NEAR: usize = 6;
        let near = self.keys.iter().skip(likely).take(NEAR).position(|other| is_same(other.as_bytes(), key));
        if let Some(ahead) = near {
            return Some(likely + ahead);
        }
        let sorted = usize::from(self.keys.first() == Some(&"id"));
        match key {
            b"id" if sorted == 1 => Some(0),
            _ => self.keys[sorted..]
                .binary_search_by(|other| other.as_bytes().cmp(key))
                .ok()
                .map(|at| at + sorted),
        }
    }
}

/// A generated struct, seen as a table.
pub trait Record {
    /// The table's head.
    fn layout(&self) -> &'static Layout;
    /// The place of the n-th field, to write.
    fn slot(&mut self, index: usize) -> Slot<'_>;
    /// The n-th field, to read.
    fn view(&self, index: usize) -> View<'_>;
}

/// What a field, an item of a list or an entry of a map can hold.
pub trait Value: Sized {
    /// Whether it takes its JSON whole where it may be absent.
    const IS_WHOLE: bool = false;
    /// What it is before it is read.
    fn blank() -> Self;
    /// Its place, to write.
    fn slot(&mut self) -> Slot<'_>;
    /// What it holds, to read.
    fn view(&self) -> View<'_>;
}

/// What a field can hold as it stands, without a box.
pub trait Field: Value {
    /// What it is before it is read, and what it stays if it is absent and may be.
    const BLANK: Self;
    /// Whether its absence is an error.
    const REQUIRED: bool = true;
}

/// A place to write to, by what it takes.
#[allow(missing_debug_implementations)]
pub enum Slot<'s> {
    /// A string, kept as it is.
    Text(&'s mut String),
    /// An id, or an object that has one.
    Id(&'s mut String),
    /// A string of a set that may grow.
    Open(&'s mut dyn Open),
    /// A whole number.
    Integer(&'s mut i64),
    /// Any number.
    Number(&'s mut f64),
    /// A boolean.
    Flag(&'s mut bool),
    /// An object.
    Record(&'s mut dyn Record),
    /// An array.
    Items(&'s mut dyn Items),
    /// An object used as a map.
    Entries(&'s mut dyn Entries),
    /// Something that may be absent.
    Maybe(&'s mut dyn Maybe),
    /// An object of one of several kinds.
    Choice(&'s mut dyn Choice),
    /// Any JSON, kept untouched.
    Raw(&'s mut Raw),
    /// Something that may be absent, and that takes its JSON whole if it is not.
    MaybeWhole(&'s mut dyn Maybe),
    /// No such field.
    Nowhere,
}

/// A value to read, by what it is.
#[allow(missing_debug_implementations)]
#[derive(Clone, Copy)]
pub enum View<'v> {
    /// Nothing: absent, or null.
    Absent,
    /// A string.
    Text(&'v str),
    /// A whole number.
    Integer(i64),
    /// Any number.
    Number(f64),
    /// A boolean.
    Flag(bool),
    /// An object.
    Record(&'v dyn Record),
    /// An array.
    Items(&'v dyn Items),
    /// An object used as a map.
    Entries(&'v dyn Entries),
    /// Untouched JSON.
    Raw(&'v Raw),
}

/// An enum of Stripe's that may grow.
pub trait Open {
    /// Takes the value of this name, or keeps the name if it is a new one.
    fn put(&mut self, text: &str);
}

impl<T: for<'t> From<&'t str>> Open for T {
    #[inline]
    fn put(&mut self, text: &str) {
        *self = T::from(text);
    }
}

/// Something that may be absent.
pub trait Maybe {
    /// Makes it present and blank, and gives its place.
    fn fill(&mut self) -> Slot<'_>;
    /// Makes it absent.
    fn clear(&mut self);
}

/// A list of things.
pub trait Items {
    /// Makes it empty.
    fn clear(&mut self);
    /// Adds a blank one, and gives its place.
    fn grow(&mut self) -> Slot<'_>;
    /// How many there are.
    fn count(&self) -> usize;
    /// The n-th, to read.
    fn item(&self, index: usize) -> View<'_>;
}

/// Things by name.
pub trait Entries {
    /// Makes it empty.
    fn clear(&mut self);
    /// Makes a blank one of this name, and gives its place.
    fn insert(&mut self, name: String) -> Slot<'_>;
    /// Removes the one of this name.
    fn remove(&mut self, name: &str);
    /// How many there are.
    fn count(&self) -> usize;
    /// All of them, to read.
    fn iter(&self) -> Box<dyn Iterator<Item = (&str, View<'_>)> + '_>;
}

/// One entry of a map, which is made when there is something to put into it.
pub(super) struct Entry<'s> {
    pub(super) entries: &'s mut dyn Entries,
    pub(super) name: String,
}

impl Maybe for Entry<'_> {
    fn fill(&mut self) -> Slot<'_> {
        self.entries.insert(std::mem::take(&mut self.name))
    }
    fn clear(&mut self) {
        self.entries.remove(&self.name);
    }
}

/// An object of one of several kinds, told apart by their `object` key.
pub trait Choice {
    /// The name of its Rust type.
    fn name(&self) -> &'static str;
    /// Becomes a blank one of the kind of this tag, and gives its place; none when the kind is not one of its own.
    fn choose(&mut self, tag: &str) -> Option<&mut dyn Record>;
    /// Keeps an object of another kind as it is.
    fn keep(&mut self, raw: Raw);
}

// These are compiled for each of a thousand types: plain matches, where a combinator would be compiled as often.
impl<T: Value> Value for Option<T> {
    fn blank() -> Self {
        None
    }
    fn slot(&mut self) -> Slot<'_> {
        if T::IS_WHOLE { Slot::MaybeWhole(self) } else { Slot::Maybe(self) }
    }
    fn view(&self) -> View<'_> {
        match self {
            Some(value) => value.view(),
            None => View::Absent,
        }
    }
}

impl<T: Value> Field for Option<T> {
    const BLANK: Self = None;
    const REQUIRED: bool = false;
}

impl<T: Value> Maybe for Option<T> {
    fn fill(&mut self) -> Slot<'_> {
        *self = Some(T::blank());
        match self {
            Some(value) => value.slot(),
            None => Slot::Nowhere,
        }
    }
    fn clear(&mut self) {
        *self = None;
    }
}

impl<T: Value> Value for Box<T> {
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

impl<T: Value> Value for Vec<T> {
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

impl<T: Value> Field for Vec<T> {
    const BLANK: Self = Self::new();
    const REQUIRED: bool = false;
}

impl<T: Value> Items for Vec<T> {
    fn clear(&mut self) {
        self.clear();
    }
    fn grow(&mut self) -> Slot<'_> {
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

impl<T: Value> Value for BTreeMap<String, T> {
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

impl<T: Value> Field for BTreeMap<String, T> {
    const BLANK: Self = Self::new();
    const REQUIRED: bool = false;
}

impl<T: Value> Entries for BTreeMap<String, T> {
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

values! {
    i64 = 0, |place| Slot::Integer(place), |value| View::Integer(*value);
    f64 = 0.0, |place| Slot::Number(place), |value| View::Number(*value);
    bool = false, |place| Slot::Flag(place), |value| View::Flag(*value);
    String = String::new(), |place| Slot::Text(place), |value| View::Text(value);
}
