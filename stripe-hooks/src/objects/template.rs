//! The templates of the generated types: a line of a generated table becomes a type through one of
//! these macros.
//!
//! They stand above the modules that they name: a record is decoded ([`decode`](crate::decode)), is
//! a field of lenses ([`lens`](crate::lens)) and an argument of handlers
//! ([`extract`](crate::extract)).

// With every family of objects off, some templates are not used.
#![allow(unused_macros, unused_imports)]

/// Says that Stripe may send a stub in the place of this object once it is deleted. Only objects of
/// the catalogue implement it.
pub trait Deletable {}

/// Returns the key of a field: Rust writes `r#type` for what Stripe calls `type`.
pub(crate) const fn strip_raw_prefix(identifier: &'static str) -> &'static str {
    match identifier.as_bytes() {
        [b'r', b'#', ..] => identifier.split_at(2).1,
        _ => identifier,
    }
}

/// The template of the generated structs. The number before a field is its index in the table.
macro_rules! record {
    (
        $(#[$doc:meta])*
        $name:ident $(= $tag:literal $($mark:ident)*)? {
            $($(#[$field_doc:meta])* $index:literal $field:ident: $type:ty,)*
        }
    ) => {
        $(#[$doc])*
        #[non_exhaustive]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl $crate::decode::Record for $name {
            fn layout(&self) -> &'static $crate::decode::Layout {
                const {
                    &$crate::decode::Layout {
                        name: stringify!($name),
                        tag: $crate::objects::template::optional_tag!($($tag)?),
                        keys: &[$($crate::objects::template::strip_raw_prefix(stringify!($field))),*],
                        required: 0 $(| ((<$type as $crate::decode::RecordField>::REQUIRED as u128) << $index))*,
                    }
                }
            }
            fn slot(&mut self, index: usize) -> $crate::decode::Slot<'_> {
                match index {
                    $($index => $crate::decode::DecodeValue::slot(&mut self.$field),)*
                    _ => $crate::decode::Slot::Nowhere,
                }
            }
            fn view(&self, index: usize) -> $crate::decode::View<'_> {
                match index {
                    $($index => $crate::decode::DecodeValue::view(&self.$field),)*
                    _ => $crate::decode::View::Absent,
                }
            }
        }

        $crate::decode::impl_decode_values! {
            $name = $name { $($field: <$type as $crate::decode::RecordField>::BLANK),* },
                |place| $crate::decode::Slot::Record(place),
                |value| $crate::decode::View::Record(value);
        }
        impl $crate::lens::OwnedField for $name {
            const ACCEPTS: $crate::lens::Accepts = $crate::lens::Accepts::Record(stringify!($name));
        }
        $crate::objects::template::impl_record_traits!($name);
        $($($crate::objects::template::$mark!($name);)*)?
    };
}
pub(crate) use record;

macro_rules! optional_tag {
    () => {
        None
    };
    ($tag:literal) => {
        Some($tag)
    };
}
pub(crate) use optional_tag;

/// Implements what serde and the standard library require of a record: one line each, which calls
/// the loop for it.
macro_rules! impl_record_traits {
    ($name:ident) => {
        $crate::decode::impl_serde!($name);
        impl Clone for $name {
            #[inline]
            fn clone(&self) -> Self {
                let mut copy = <Self as $crate::decode::RecordField>::BLANK;
                $crate::decode::copy_record(self, &mut copy);
                copy
            }
        }
        impl PartialEq for $name {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                $crate::decode::records_equal(self, other)
            }
        }
        impl ::std::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                $crate::decode::debug_record(self, f)
            }
        }
    };
}
pub(crate) use impl_record_traits;

/// Makes a record an object that events carry.
macro_rules! event {
    ($name:ident) => {
        impl $crate::decode::Object for $name {
            fn decode(json: &str) -> Result<Self, $crate::decode::DecodeError> {
                let mut object = <Self as $crate::decode::RecordField>::BLANK;
                $crate::decode::read_record(&mut object, json)?;
                Ok(object)
            }
        }
        $crate::extract::impl_object_payload!($name);
    };
}
pub(crate) use event;

/// Makes a record an object that Stripe replaces by a stub once it is deleted.
macro_rules! deletable {
    ($name:ident) => {
        impl $crate::objects::template::Deletable for $name {}
    };
}
pub(crate) use deletable;

/// The template of the generated enums.
macro_rules! open_enum {
    (
        $(#[$doc:meta])*
        $name:ident { $($variant:ident = $text:literal,)* }
    ) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = concat!("`", $text, "`")] $variant,)*
            /// A value that this version of the crate does not know.
            Unrecognized(String),
        }

        impl $name {
            /// The value as Stripe writes it.
            #[must_use]
            #[inline]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Unrecognized(text) => text,
                }
            }

            /// Returns the value that a text of Stripe's decodes to: the variant of this text if
            /// the enum has one, and otherwise `Unrecognized`.
            ///
            /// It is for tests of values that Stripe may add. In other code, write the variant: the
            /// compiler checks its name, and nothing checks the text.
            #[must_use]
            #[inline]
            pub fn unlisted(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)*
                    _ => Self::Unrecognized(text.to_owned()),
                }
            }
        }

        impl $crate::decode::OpenEnum for $name {
            #[inline]
            fn set_value(&mut self, text: &str) {
                *self = Self::unlisted(text);
            }
        }

        // Written by hand, because the compiler reads five hundred enums whatever families are on,
        // and the match of a derive would contain a call for each of their variants.
        impl ::std::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(match self {
                    $(Self::$variant => stringify!($variant),)*
                    Self::Unrecognized(text) => return f.debug_tuple("Unrecognized").field(text).finish(),
                })
            }
        }

        $crate::decode::impl_decode_values! {
            $name = $name::Unrecognized(String::new()),
                |place| $crate::decode::Slot::Open(place),
                |value| $crate::decode::View::Text(value.as_str());
        }
        impl $crate::lens::OwnedField for $name {
            const ACCEPTS: $crate::lens::Accepts = $crate::lens::Accepts::Enum(stringify!($name));
        }
        $crate::objects::template::impl_enum_traits!($name);
    };
}
pub(crate) use open_enum;

macro_rules! impl_enum_traits {
    ($name:ident) => {
        impl Eq for $name {}
        impl ::std::hash::Hash for $name {
            #[inline]
            fn hash<H: ::std::hash::Hasher>(&self, hasher: &mut H) {
                self.as_str().hash(hasher);
            }
        }
        impl ::std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }
        $crate::decode::impl_serde!($name);
    };
}
pub(crate) use impl_enum_traits;

/// The template of the types that are only names: for ids of objects whose family is off, or that
/// no event carries.
macro_rules! id_target {
    ($(#[$doc:meta])* $name:ident $($mark:ident)?) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $name {}
        $($crate::objects::template::$mark!($name);)?
    };
}
pub(crate) use id_target;

/// The template of the generated unions: one of several kinds of object, distinguished by their
/// `object` key.
macro_rules! union {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $tag:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = concat!("An object of kind `", $tag, "`.")] $variant(Box<$variant>),)*
            /// An object of another kind, untouched.
            Other($crate::json::Raw),
        }

        impl $crate::decode::UnionValue for $name {
            fn type_name(&self) -> &'static str {
                stringify!($name)
            }
            fn select_variant(&mut self, tag: &str) -> Option<&mut dyn $crate::decode::Record> {
                *self = match tag {
                    $($tag => Self::$variant($crate::decode::DecodeValue::blank()),)*
                    _ => return None,
                };
                match self {
                    $(Self::$variant(object) => Some(&mut **object),)*
                    Self::Other(_) => None,
                }
            }
            fn keep_unknown(&mut self, raw: $crate::json::Raw) {
                *self = Self::Other(raw);
            }
        }

        impl $crate::decode::DecodeValue for $name {
            const IS_RAW: bool = true;
            fn blank() -> Self {
                Self::Other($crate::json::Raw::NULL)
            }
            fn slot(&mut self) -> $crate::decode::Slot<'_> {
                $crate::decode::Slot::Union(self)
            }
            fn view(&self) -> $crate::decode::View<'_> {
                match self {
                    $(Self::$variant(object) => $crate::decode::View::Record(&**object),)*
                    Self::Other(raw) => $crate::decode::View::Raw(raw),
                }
            }
        }

        impl $crate::decode::Object for $name {
            fn decode(json: &str) -> Result<Self, $crate::decode::DecodeError> {
                let mut object = $crate::decode::DecodeValue::blank();
                $crate::decode::read_union(&mut object, json)?;
                Ok(object)
            }
        }
        $crate::extract::impl_object_payload!($name);
        #[diagnostic::do_not_recommend]
        impl $crate::lens::LensField<'_> for $name {
            const ACCEPTS: $crate::lens::Accepts = $crate::lens::Accepts::Record(stringify!($name));
            fn read_value(json: &str) -> Result<Self, $crate::decode::DecodeError> {
                <Self as $crate::decode::Object>::decode(json)
            }
        }
        impl $crate::objects::template::Deletable for $name {}
        $crate::decode::impl_serde!($name);
    };
}
pub(crate) use union;
