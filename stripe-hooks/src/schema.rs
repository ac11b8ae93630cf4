//! The shapes of what Stripe sends: which fields an object has, what each can hold, and whether it is always there.
//!
//! The rows are generated (`schema/table.rs`) and there for every object, whatever families are on, because they cost nothing where nobody
//! reads them. The compiler reads them, to check lenses and transitions in programs that have none of the objects; so do the
//! samples of the test kit. Everything here can be evaluated at compile time.

pub(crate) mod message;
pub(crate) mod nearest;
pub(crate) mod path;
mod table;

pub use self::table::*;

/// An object of Stripe's API, or a part of one.
#[derive(Debug)]
pub struct Shape {
    /// Its name in the catalogue: `invoice`, or the path `invoice.status_transitions`.
    pub name: &'static str,
    /// The name of its type in [`objects`](crate::objects).
    pub rust: &'static str,
    /// The value of its `object` key, if it has one.
    pub tag: Option<&'static str>,
    /// What its ids start with, such as `in` for `in_…`.
    pub id_prefix: Option<&'static str>,
    /// Its fields: `id` and `object` first, then sorted.
    pub fields: &'static [Field],
}

/// A field of a [`Shape`].
#[derive(Debug)]
pub struct Field {
    /// Its key on the wire.
    pub name: &'static str,
    /// Whether it is always there.
    pub presence: Presence,
    /// What it holds.
    pub kind: Kind,
}

/// Whether a field is always there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// In every version of the API since 2020, and never null.
    Always,
    /// In the version that the catalogue follows, and never null; older versions may lack it.
    Now,
    /// May be null.
    Null,
    /// May be left out.
    Absent,
    /// May be null or left out.
    Either,
}

/// What a field, an item of a list or an entry of a map holds.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A string.
    Text,
    /// The `object` key, with its only value.
    Tag(&'static str),
    /// A whole number.
    Integer,
    /// Any number.
    Number,
    /// A decimal number in a string.
    Decimal,
    /// True or false.
    Flag,
    /// Seconds since the Unix epoch.
    Time,
    /// A time in RFC 3339.
    Rfc3339,
    /// A currency's three letters in lower case.
    Currency,
    /// JSON of which the catalogue knows nothing.
    Any,
    /// The pairs that users attach.
    Metadata,
    /// A string out of a set that may grow.
    Enum(&'static Values),
    /// The id of another object.
    Id(&'static Target),
    /// An object.
    Record(&'static Shape),
    /// An object of one of several kinds.
    Union(&'static Union),
    /// A list object, with its items in `data`.
    List(&'static Kind),
    /// An array.
    Array(&'static Kind),
    /// An object used as a map.
    Map(&'static Kind),
}

/// A set of strings that may grow.
#[derive(Debug)]
pub struct Values {
    /// The name of its enum in [`objects`](crate::objects); none where there are too many values to be worth one.
    pub rust: Option<&'static str>,
    /// The values that the catalogue knows, sorted.
    pub known: &'static [&'static str],
}

/// What an id leads to.
#[derive(Debug)]
pub struct Target {
    /// The type that the `Id<…>` is of.
    pub rust: &'static str,
    /// The tags of the objects that it may lead to.
    pub tags: &'static [&'static str],
}

/// An object of one of several kinds.
#[derive(Debug)]
pub struct Union {
    /// Its name in the catalogue.
    pub name: &'static str,
    /// The name of its type in [`objects`](crate::objects).
    pub rust: &'static str,
    /// The kinds.
    pub variants: &'static [&'static Shape],
}

/// The kinds of object that something is about, in groups.
pub type Shapes = &'static [&'static [&'static Shape]];

/// A type that stands for a kind of object in `Id<…>` and in what an event carries, with or without the fields of its family.
pub trait Described {
    /// The name of the type.
    const NAME: &'static str;
    /// The kinds of object that it stands for; none where the catalogue does not know their fields.
    const SHAPES: &'static [&'static Shape];
}

impl Shape {
    /// The field of this key.
    #[must_use]
    pub const fn field(&self, name: &str) -> Option<&'static Field> {
        // `id` and `object`, where there are such, stand before what is sorted.
        let mut low = 0;
        while low < self.fields.len() && low < 2 {
            if same(self.fields[low].name, name) {
                return Some(&self.fields[low]);
            }
            low += 1;
        }
        // The compiler evaluates this at every question, and not fast.
        let mut high = self.fields.len();
        while low < high {
            let middle = low.midpoint(high);
            match compare(self.fields[middle].name.as_bytes(), name.as_bytes()) {
                0 => return Some(&self.fields[middle]),
                1.. => high = middle,
                _ => low = middle + 1,
            }
        }
        None
    }
}

/// The shape of this name.
#[must_use]
pub const fn find(name: &str) -> Option<&'static Shape> {
    let (mut low, mut high) = (0, ALL.len());
    while low < high {
        let middle = low.midpoint(high);
        match compare(ALL[middle].name.as_bytes(), name.as_bytes()) {
            0 => return Some(ALL[middle]),
            1.. => high = middle,
            _ => low = middle + 1,
        }
    }
    None
}

/// Whether there is a type of this name that an `Id<…>` can be of.
#[must_use]
pub(crate) const fn is_standing(rust: &str) -> bool {
    let (mut low, mut high) = (0, STANDING.len());
    while low < high {
        let middle = low.midpoint(high);
        match compare(STANDING[middle].as_bytes(), rust.as_bytes()) {
            0 => return true,
            1.. => high = middle,
            _ => low = middle + 1,
        }
    }
    false
}

/// Whether two texts are the same. The compiler cannot evaluate `==` of texts yet.
#[must_use]
pub(crate) const fn same(one: &str, other: &str) -> bool {
    one.len() == other.len() && compare(one.as_bytes(), other.as_bytes()) == 0
}

/// Less than 0, 0 or 1, as in the order of bytes.
const fn compare(one: &[u8], other: &[u8]) -> i8 {
    let mut at = 0;
    while at < one.len() && at < other.len() {
        if one[at] != other[at] {
            return if one[at] < other[at] { -1 } else { 1 };
        }
        at += 1;
    }
    if one.len() == other.len() {
        0
    } else if one.len() < other.len() {
        -1
    } else {
        1
    }
}

#[cfg(test)]
mod tests {
    use super::{ALL, STANDING};

    #[test]
    fn what_stands_for_an_object_is_told_by_its_name() {
        assert!(STANDING.is_sorted() && STANDING.iter().all(|name| super::is_standing(name)));
        assert!(super::is_standing("Invoice") && super::is_standing("SubscriptionSchedule"));
        assert!(!super::is_standing("SubscriptionItem") && !super::is_standing(""));
    }

    #[test]
    fn every_shape_and_every_field_is_found() {
        for shape in ALL {
            assert!(
                super::find(shape.name).is_some_and(|found| std::ptr::eq(found, *shape)),
                "{}",
                shape.name
            );
            for field in shape.fields {
                let found = shape.field(field.name);
                assert!(
                    found.is_some_and(|found| std::ptr::eq(found, field)),
                    "{}.{}",
                    shape.name,
                    field.name
                );
            }
            assert!(
                shape.field("").is_none() && shape.field("zzz").is_none() && shape.field("id ").is_none()
            );
        }
    }
}
