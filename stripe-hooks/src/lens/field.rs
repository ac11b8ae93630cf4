//! The types that a field of a lens can have, and the code that reads them.

use std::{borrow::Cow, collections::BTreeMap};

use crate::{
    decode::{DecodeError, Field, Found, Value as _, read_items, read_slot},
    fields::{Currency, Decimal, Id, List, Metadata, Rfc3339, Timestamp},
    json::{Raw, read_text},
    schema::{Described, Shapes},
};

/// The values that a type can hold, in a form that can be compared with the
/// [`Kind`](crate::schema::Kind) of Stripe's values.
#[derive(Clone, Copy, Debug)]
pub enum Holds {
    /// Any JSON.
    Anything,
    /// A string.
    Text,
    /// A string without escapes.
    BorrowedText,
    /// A whole number.
    Integer,
    /// Any number.
    Number,
    /// A boolean.
    Flag,
    /// Unix seconds.
    Time,
    /// A time in RFC 3339.
    Rfc3339,
    /// A decimal number in a string.
    Decimal,
    /// A currency.
    Currency,
    /// Metadata.
    Metadata,
    /// The enum of this name.
    Enum(&'static str),
    /// The id of the object of this name.
    Id(&'static str),
    /// The whole object of this name.
    Record(&'static str),
    /// Some fields of any of these objects.
    Lens(Shapes),
    /// A list object.
    List(&'static Holds),
    /// An array.
    Array(&'static Holds),
    /// A map.
    Map(&'static Holds),
    /// A value that may be absent.
    Maybe(&'static Holds),
}

/// A type that a field of a lens can have. The derive implements it for lenses; do not implement it
/// by hand.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a field of a lens",
    label = "no field that Stripe sends is read into this",
    note = "help: write `String`, `i64`, `bool`, `Timestamp`, `Id<T>`, an enum of `stripe_hooks::objects`, a struct with `#[derive(Lens)]`, `Raw`, or an `Option` or a `Vec` of one of them"
)]
pub trait LensField<'de>: Sized {
    /// The values that the type can hold.
    const HOLDS: Holds;

    /// Reads a value from its JSON text, which is not null.
    ///
    /// # Errors
    /// Returns an error if the text holds another kind of value.
    fn read(json: &'de str) -> Result<Self, DecodeError>;

    /// Returns the value for a null or a missing member, or `None` if the field cannot be absent.
    #[must_use]
    fn absent() -> Option<Self> {
        None
    }

    /// Adds one of the values that a path with `[]` finds.
    ///
    /// # Errors
    /// Returns an error if the text holds another kind of value.
    fn add(found: &mut Option<Self>, json: &'de str) -> Result<(), DecodeError> {
        *found = Some(Self::read(json)?);
        Ok(())
    }

    /// All facts about the type that an expansion needs, in one constant, so that a type that
    /// cannot be a field of a lens causes one error.
    #[doc(hidden)]
    const TYPE: FieldType<'de, Self> = FieldType { holds: Self::HOLDS, place: Self::place };

    #[doc(hidden)]
    fn place(found: &mut Option<Self>) -> &mut dyn Found<'de> {
        found
    }
}

/// The facts about the type of a field, for the generated code.
#[derive(Debug)]
pub struct FieldType<'de, T> {
    /// The values that the type can hold.
    pub holds: Holds,
    /// The function that returns where a value of the type is stored.
    pub place: fn(&mut Option<T>) -> &mut dyn Found<'de>,
}

/// A type of this crate that the decoder of whole objects reads.
pub trait Plain: Field {
    /// The values that the type can hold.
    const HOLDS: Holds;
}

#[diagnostic::do_not_recommend]
impl<T: Plain> LensField<'_> for T {
    const HOLDS: Holds = T::HOLDS;

    fn read(json: &str) -> Result<Self, DecodeError> {
        let mut value = T::BLANK;
        read_slot(value.slot(), json)?;
        Ok(value)
    }

    fn absent() -> Option<Self> {
        if T::REQUIRED { None } else { Some(T::BLANK) }
    }
}

macro_rules! plain {
    ($($name:ty = $holds:ident;)*) => {
        $(impl Plain for $name {
            const HOLDS: Holds = Holds::$holds;
        })*
    };
}

plain! {
    String = Text;
    i64 = Integer;
    f64 = Number;
    bool = Flag;
    Timestamp = Time;
    Rfc3339 = Rfc3339;
    Decimal = Decimal;
    Currency = Currency;
    Metadata = Metadata;
}

impl<T: Described> Plain for Id<T> {
    const HOLDS: Holds = Holds::Id(T::NAME);
}

impl<T: Plain> Plain for List<T> {
    const HOLDS: Holds = Holds::List(&T::HOLDS);
}

#[diagnostic::do_not_recommend]
impl LensField<'_> for Raw {
    const HOLDS: Holds = Holds::Anything;

    fn read(json: &str) -> Result<Self, DecodeError> {
        Ok(Self::from_json(json.into()))
    }
}

#[diagnostic::do_not_recommend]
impl<'de> LensField<'de> for Cow<'de, str> {
    const HOLDS: Holds = Holds::Text;

    fn read(json: &'de str) -> Result<Self, DecodeError> {
        read_text(json).map_err(|_| DecodeError::mismatch("a string", "another value"))
    }
}

#[diagnostic::do_not_recommend]
impl<'de> LensField<'de> for &'de str {
    const HOLDS: Holds = Holds::BorrowedText;

    fn read(json: &'de str) -> Result<Self, DecodeError> {
        match Cow::read(json)? {
            Cow::Borrowed(text) => Ok(text),
            Cow::Owned(_) => Err(DecodeError::mismatch("a string without escapes", "one with escapes")),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<'de, T: LensField<'de>> LensField<'de> for Option<T> {
    const HOLDS: Holds = Holds::Maybe(&T::HOLDS);

    fn read(json: &'de str) -> Result<Self, DecodeError> {
        T::read(json).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

#[diagnostic::do_not_recommend]
impl<'de, T: LensField<'de>> LensField<'de> for Vec<T> {
    const HOLDS: Holds = Holds::Array(&T::HOLDS);

    fn read(json: &'de str) -> Result<Self, DecodeError> {
        let mut items = Self::new();
        read_items(json, &mut |item| {
            items.push(match item {
                "null" => T::absent().ok_or_else(|| DecodeError::mismatch("a value", "null"))?,
                item => T::read(item)?,
            });
            Ok(())
        })?;
        Ok(items)
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }

    fn add(found: &mut Option<Self>, json: &'de str) -> Result<(), DecodeError> {
        found.get_or_insert_default().push(T::read(json)?);
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Plain> LensField<'_> for BTreeMap<String, T> {
    const HOLDS: Holds = Holds::Map(&T::HOLDS);

    fn read(json: &str) -> Result<Self, DecodeError> {
        let mut entries = Self::new();
        read_slot(entries.slot(), json)?;
        Ok(entries)
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }
}
