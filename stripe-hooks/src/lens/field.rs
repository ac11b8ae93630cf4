//! The types that a field of a lens can have, and the code that reads them.

use std::{borrow::Cow, collections::BTreeMap};

use crate::{
    decode::{DecodeError, DecodeValue as _, FieldSink, RecordField, read_array_items, read_slot},
    fields::{Currency, Decimal, Id, List, Metadata, Rfc3339, Timestamp},
    json::{Raw, read_text},
    schema::{HasSchema, Shapes},
};

/// The values that a type can hold, in a form that can be compared with the
/// [`Kind`](crate::schema::Kind) of Stripe's values.
#[derive(Clone, Copy, Debug)]
pub enum Accepts {
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
    List(&'static Accepts),
    /// An array.
    Array(&'static Accepts),
    /// A map.
    Map(&'static Accepts),
    /// A value that may be absent.
    Maybe(&'static Accepts),
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
    const ACCEPTS: Accepts;

    /// Reads a value from its JSON text, which is not null.
    ///
    /// # Errors
    /// Returns an error if the text holds another kind of value.
    fn read_value(json: &'de str) -> Result<Self, DecodeError>;

    /// Returns the value for a null or a missing member, or `None` if the field cannot be absent.
    #[must_use]
    fn absent_value() -> Option<Self> {
        None
    }

    /// Adds one of the values that a path with `[]` finds.
    ///
    /// # Errors
    /// Returns an error if the text holds another kind of value.
    fn add_value(found: &mut Option<Self>, json: &'de str) -> Result<(), DecodeError> {
        *found = Some(Self::read_value(json)?);
        Ok(())
    }

    /// All facts about the type that an expansion needs, in one constant, so that a type that
    /// cannot be a field of a lens causes one error.
    #[doc(hidden)]
    const TYPE: FieldType<'de, Self> = FieldType { accepts: Self::ACCEPTS, as_sink: Self::as_sink };

    #[doc(hidden)]
    fn as_sink(found: &mut Option<Self>) -> &mut dyn FieldSink<'de> {
        found
    }
}

/// The facts about the type of a field, for the generated code.
#[derive(Debug)]
pub struct FieldType<'de, T> {
    /// The values that the type can hold.
    pub accepts: Accepts,
    /// The function that returns where a value of the type is stored.
    pub as_sink: fn(&mut Option<T>) -> &mut dyn FieldSink<'de>,
}

/// A type of this crate that the decoder of whole objects reads.
pub trait OwnedField: RecordField {
    /// The values that the type can hold.
    const ACCEPTS: Accepts;
}

#[diagnostic::do_not_recommend]
impl<T: OwnedField> LensField<'_> for T {
    const ACCEPTS: Accepts = T::ACCEPTS;

    fn read_value(json: &str) -> Result<Self, DecodeError> {
        let mut value = T::BLANK;
        read_slot(value.slot(), json)?;
        Ok(value)
    }

    fn absent_value() -> Option<Self> {
        if T::REQUIRED { None } else { Some(T::BLANK) }
    }
}

macro_rules! impl_owned_field {
    ($($name:ty = $holds:ident;)*) => {
        $(impl OwnedField for $name {
            const ACCEPTS: Accepts = Accepts::$holds;
        })*
    };
}

impl_owned_field! {
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

impl<T: HasSchema> OwnedField for Id<T> {
    const ACCEPTS: Accepts = Accepts::Id(T::NAME);
}

impl<T: OwnedField> OwnedField for List<T> {
    const ACCEPTS: Accepts = Accepts::List(&T::ACCEPTS);
}

#[diagnostic::do_not_recommend]
impl LensField<'_> for Raw {
    const ACCEPTS: Accepts = Accepts::Anything;

    fn read_value(json: &str) -> Result<Self, DecodeError> {
        Ok(Self::from_json(json.into()))
    }
}

#[diagnostic::do_not_recommend]
impl<'de> LensField<'de> for Cow<'de, str> {
    const ACCEPTS: Accepts = Accepts::Text;

    fn read_value(json: &'de str) -> Result<Self, DecodeError> {
        read_text(json).map_err(|_| DecodeError::wrong_kind("a string", "another value"))
    }
}

#[diagnostic::do_not_recommend]
impl<'de> LensField<'de> for &'de str {
    const ACCEPTS: Accepts = Accepts::BorrowedText;

    fn read_value(json: &'de str) -> Result<Self, DecodeError> {
        match Cow::read_value(json)? {
            Cow::Borrowed(text) => Ok(text),
            Cow::Owned(_) => Err(DecodeError::wrong_kind("a string without escapes", "one with escapes")),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<'de, T: LensField<'de>> LensField<'de> for Option<T> {
    const ACCEPTS: Accepts = Accepts::Maybe(&T::ACCEPTS);

    fn read_value(json: &'de str) -> Result<Self, DecodeError> {
        T::read_value(json).map(Some)
    }

    fn absent_value() -> Option<Self> {
        Some(None)
    }
}

#[diagnostic::do_not_recommend]
impl<'de, T: LensField<'de>> LensField<'de> for Vec<T> {
    const ACCEPTS: Accepts = Accepts::Array(&T::ACCEPTS);

    fn read_value(json: &'de str) -> Result<Self, DecodeError> {
        let mut items = Self::new();
        read_array_items(json, &mut |item| {
            items.push(match item {
                "null" => T::absent_value().ok_or_else(|| DecodeError::wrong_kind("a value", "null"))?,
                item => T::read_value(item)?,
            });
            Ok(())
        })?;
        Ok(items)
    }

    fn absent_value() -> Option<Self> {
        Some(Self::new())
    }

    fn add_value(found: &mut Option<Self>, json: &'de str) -> Result<(), DecodeError> {
        found.get_or_insert_default().push(T::read_value(json)?);
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl<T: OwnedField> LensField<'_> for BTreeMap<String, T> {
    const ACCEPTS: Accepts = Accepts::Map(&T::ACCEPTS);

    fn read_value(json: &str) -> Result<Self, DecodeError> {
        let mut entries = Self::new();
        read_slot(entries.slot(), json)?;
        Ok(entries)
    }

    fn absent_value() -> Option<Self> {
        Some(Self::new())
    }
}
