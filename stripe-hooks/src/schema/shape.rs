//! The types that describe what Stripe sends.

/// An object of Stripe's API, or a part of one.
#[derive(Debug)]
pub struct Shape {
    /// Its name in the catalogue: `invoice`, or the path `invoice.status_transitions`.
    pub name: &'static str,
    /// The name of its type in [`objects`](crate::objects).
    pub rust: &'static str,
    /// The value of its `object` key, if it has one.
    pub tag: Option<&'static str>,
    /// The prefix of its ids, such as `in` for `in_…`.
    pub id_prefix: Option<&'static str>,
    /// Its fields: first `id` and `object`, then the others, sorted.
    pub fields: &'static [Field],
}

/// A field of a [`Shape`].
#[derive(Debug)]
pub struct Field {
    /// Its key on the wire.
    pub name: &'static str,
    /// The ways in which the field can be absent, if it can.
    pub presence: Presence,
    /// The kind of value that it holds.
    pub kind: Kind,
}

/// The guarantee that a field is present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Present in every version of the API since 2020, and never null.
    Always,
    /// Present in the version that the catalogue follows, and never null; older versions may lack
    /// it.
    Now,
    /// May be null.
    Null,
    /// May be left out.
    Absent,
    /// May be null or left out.
    Either,
}

/// The kind of value that a field, an item of a list or an entry of a map holds.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A string.
    Text,
    /// The `object` key, which has only this value.
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
    /// A string that holds a time in RFC 3339.
    Rfc3339,
    /// A currency's three letters in lower case.
    Currency,
    /// JSON that the catalogue does not describe.
    Any,
    /// The key-value pairs that users attach.
    Metadata,
    /// A string from a set that may grow.
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
    /// The name of its enum in [`objects`](crate::objects); `None` where it has too many values for
    /// an enum.
    pub rust: Option<&'static str>,
    /// The values that the catalogue knows, sorted.
    pub known: &'static [&'static str],
}

/// The target of an id.
#[derive(Debug)]
pub struct Target {
    /// The type `T` of the `Id<T>`.
    pub rust: &'static str,
    /// The tags of the objects that the id may lead to.
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

/// Kinds of object, in groups: one group for each event or lens that names them.
pub type Shapes = &'static [&'static [&'static Shape]];

/// A type that names a kind of object, in `Id<…>` and as the payload of an event, whether or not
/// the cargo feature of its family gives it fields.
pub trait HasSchema {
    /// The name of the type.
    const NAME: &'static str;
    /// The kinds of object that the type names; empty where the catalogue does not know their
    /// fields.
    const SHAPES: &'static [&'static Shape];
}

/// The JSON type of a value, with the kinds of its parts. JSON gets no further types, so a match on
/// this type may have a wildcard, in contrast to a match on [`Kind`].
#[derive(Clone, Copy, Debug)]
pub(crate) enum JsonType {
    String,
    Integer,
    Number,
    Flag,
    /// An object with these fields.
    Record(&'static Shape),
    /// An object with the fields of one of several kinds.
    Union(&'static Union),
    /// A list object, with its items in `data`.
    List(&'static Kind),
    Array(&'static Kind),
    /// An object with any keys.
    Map(&'static Kind),
    Any,
}

impl Kind {
    /// Returns the JSON type in which Stripe sends this kind of value.
    pub(crate) const fn json_type(self) -> JsonType {
        match self {
            Self::Text
            | Self::Tag(_)
            | Self::Decimal
            | Self::Rfc3339
            | Self::Currency
            | Self::Enum(_)
            | Self::Id(_) => JsonType::String,
            Self::Integer | Self::Time => JsonType::Integer,
            Self::Number => JsonType::Number,
            Self::Flag => JsonType::Flag,
            Self::Record(shape) => JsonType::Record(shape),
            Self::Union(union) => JsonType::Union(union),
            Self::List(of) => JsonType::List(of),
            Self::Array(of) => JsonType::Array(of),
            Self::Map(of) => JsonType::Map(of),
            Self::Metadata => JsonType::Map(&Self::Text),
            Self::Any => JsonType::Any,
        }
    }

    /// Returns whether the type that holds the value is empty where Stripe sends null or leaves the
    /// field out, so that it needs no `Option`.
    pub(crate) const fn is_empty_when_absent(self) -> bool {
        matches!(self.json_type(), JsonType::List(_) | JsonType::Array(_) | JsonType::Map(_))
    }
}

impl Shape {
    /// Returns the field with this key.
    #[must_use]
    pub const fn field(&self, name: &str) -> Option<&'static Field> {
        // `id` and `object`, if present, precede the sorted fields.
        let mut low = 0;
        while low < self.fields.len() && low < 2 {
            if texts_equal(self.fields[low].name, name) {
                return Some(&self.fields[low]);
            }
            low += 1;
        }
        // A binary search, because the compiler evaluates this slowly and for each field of each
        // lens.
        let mut high = self.fields.len();
        while low < high {
            let middle = low.midpoint(high);
            match compare_bytes(self.fields[middle].name.as_bytes(), name.as_bytes()) {
                0 => return Some(&self.fields[middle]),
                1.. => high = middle,
                _ => low = middle + 1,
            }
        }
        None
    }
}

/// Compares two texts. The compiler cannot evaluate `==` of texts yet.
#[must_use]
pub(crate) const fn texts_equal(one: &str, other: &str) -> bool {
    one.len() == other.len() && compare_bytes(one.as_bytes(), other.as_bytes()) == 0
}

/// Compares byte by byte: -1 for less, 0 for equal, 1 for greater.
pub(super) const fn compare_bytes(one: &[u8], other: &[u8]) -> i8 {
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
