//! Records and their fields: the traits through which the loops reach any value.

use crate::json::{Raw, bytes_equal};

/// The facts that all values of a record's type share.
#[derive(Debug)]
pub struct Layout {
    /// The name of the Rust type.
    pub name: &'static str,
    /// The value of its `object` key, if it has one.
    pub tag: Option<&'static str>,
    /// The keys of its fields: `id` first if there is one, then sorted.
    pub keys: &'static [&'static str],
    /// One bit for each field that must be present.
    pub required: u128,
}

impl Layout {
    /// Returns the index of the field with this key, which is likely `likely` or soon after it.
    pub(super) fn field_index(&self, key: &[u8], likely: usize) -> Option<usize> {
        // Stripe mostly leaves out a few fields at a time, so the next one is near.
        const SEARCH_WINDOW: usize = 6;
        let near = self
            .keys
            .iter()
            .skip(likely)
            .take(SEARCH_WINDOW)
            .position(|other| bytes_equal(other.as_bytes(), key));
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
    /// The slot of the n-th field, to write.
    fn slot(&mut self, index: usize) -> Slot<'_>;
    /// The n-th field, to read.
    fn view(&self, index: usize) -> View<'_>;
}

/// A type that a field, an item of a list or an entry of a map can have.
pub trait DecodeValue: Sized {
    /// `true` if an optional value of this type takes its JSON as one text, instead of being read
    /// member by member.
    const IS_RAW: bool = false;
    /// The value before it is read.
    fn blank() -> Self;
    /// The slot of the value, to write.
    fn slot(&mut self) -> Slot<'_>;
    /// The view of the value, to read.
    fn view(&self) -> View<'_>;
}

/// A value that a field can hold without a box.
pub trait RecordField: DecodeValue {
    /// The value before it is read. A field that is absent and may be absent keeps it.
    const BLANK: Self;
    /// Whether its absence is an error.
    const REQUIRED: bool = true;
}

/// A place to write to, by the kind of value that it takes.
#[allow(missing_debug_implementations)]
pub enum Slot<'s> {
    /// A string, kept as it is.
    Text(&'s mut String),
    /// An id, or an object that has one.
    Id(&'s mut String),
    /// A string from a set that may grow.
    Open(&'s mut dyn OpenEnum),
    /// A whole number.
    Integer(&'s mut i64),
    /// Any number.
    Number(&'s mut f64),
    /// A boolean.
    Flag(&'s mut bool),
    /// An object.
    Record(&'s mut dyn Record),
    /// An array.
    Items(&'s mut dyn ItemList),
    /// An object used as a map.
    Entries(&'s mut dyn EntryMap),
    /// A value that may be absent.
    Maybe(&'s mut dyn OptionalSlot),
    /// An object of one of several kinds.
    Union(&'s mut dyn UnionValue),
    /// Any JSON, kept untouched.
    Raw(&'s mut Raw),
    /// A value that may be absent, and that takes its JSON as one text if it is present.
    MaybeWhole(&'s mut dyn OptionalSlot),
    /// No such field.
    Nowhere,
}

/// A value to read, by its kind.
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
    Items(&'v dyn ItemList),
    /// An object used as a map.
    Entries(&'v dyn EntryMap),
    /// Untouched JSON.
    Raw(&'v Raw),
}

/// An enum of Stripe's that may grow.
pub trait OpenEnum {
    /// Becomes the value with this name, or keeps the name if it is unknown.
    fn set_value(&mut self, text: &str);
}

/// A value that may be absent.
pub trait OptionalSlot {
    /// Makes the value present and blank, and returns its slot.
    fn make_present(&mut self) -> Slot<'_>;
    /// Makes the value absent.
    fn make_absent(&mut self);
}

/// A list of values.
pub trait ItemList {
    /// Removes everything.
    fn clear(&mut self);
    /// Adds a blank item, and returns its slot.
    fn push_blank(&mut self) -> Slot<'_>;
    /// The number of values.
    fn count(&self) -> usize;
    /// The view of the n-th item.
    fn item(&self, index: usize) -> View<'_>;
}

/// Values by name.
pub trait EntryMap {
    /// Removes everything.
    fn clear(&mut self);
    /// Adds a blank entry with this name, and returns its slot.
    fn insert(&mut self, name: String) -> Slot<'_>;
    /// Removes the entry with this name.
    fn remove(&mut self, name: &str);
    /// The number of values.
    fn count(&self) -> usize;
    /// The names and views of all entries.
    fn iter(&self) -> Box<dyn Iterator<Item = (&str, View<'_>)> + '_>;
}

/// One entry of a map, which is added once there is a value for it.
pub(super) struct PendingEntry<'s> {
    pub(super) entries: &'s mut dyn EntryMap,
    pub(super) name: String,
}

impl OptionalSlot for PendingEntry<'_> {
    fn make_present(&mut self) -> Slot<'_> {
        self.entries.insert(std::mem::take(&mut self.name))
    }
    fn make_absent(&mut self) {
        self.entries.remove(&self.name);
    }
}

/// An object of one of several kinds, distinguished by their `object` key.
pub trait UnionValue {
    /// The name of its Rust type.
    fn type_name(&self) -> &'static str;
    /// Becomes a blank object of the kind with this tag, and returns it; `None` when the kind is
    /// not one of its own.
    fn select_variant(&mut self, tag: &str) -> Option<&mut dyn Record>;
    /// Keeps an object of another kind as its JSON.
    fn keep_unknown(&mut self, raw: Raw);
}
