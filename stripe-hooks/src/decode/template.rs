//! The templates of the generated types.

// With every family of objects off, some templates have nothing to print.
#![allow(unused_macros, unused_imports)]

/// The values that are fields and list items as they stand: how each looks blank, as a place and as a value.
macro_rules! values {
    ($($type:ty = $blank:expr, |$place:ident| $slot:expr, |$value:ident| $view:expr;)*) => {$(
        impl $crate::decode::Value for $type {
            #[inline]
            fn blank() -> Self {
                $blank
            }
            #[inline]
            fn slot(&mut self) -> $crate::decode::Slot<'_> {
                let $place = self;
                $slot
            }
            #[inline]
            fn view(&self) -> $crate::decode::View<'_> {
                let $value = self;
                $view
            }
        }

        impl $crate::decode::Field for $type {
            const BLANK: Self = $blank;
        }
    )*};
}
pub(crate) use values;

/// Rust writes `r#type` for what Stripe calls `type`.
pub(crate) const fn plain(identifier: &'static str) -> &'static str {
    match identifier.as_bytes() {
        [b'r', b'#', ..] => identifier.split_at(2).1,
        _ => identifier,
    }
}

/// The template of the generated structs: what precedes each field is its place in the table.
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
                        tag: $crate::decode::tag!($($tag)?),
                        keys: &[$($crate::decode::plain(stringify!($field))),*],
                        required: 0 $(| ((<$type as $crate::decode::Field>::REQUIRED as u128) << $index))*,
                    }
                }
            }
            fn slot(&mut self, index: usize) -> $crate::decode::Slot<'_> {
                match index {
                    $($index => $crate::decode::Value::slot(&mut self.$field),)*
                    _ => $crate::decode::Slot::Nowhere,
                }
            }
            fn view(&self, index: usize) -> $crate::decode::View<'_> {
                match index {
                    $($index => $crate::decode::Value::view(&self.$field),)*
                    _ => $crate::decode::View::Absent,
                }
            }
        }

        $crate::decode::values! {
            $name = $name { $($field: <$type as $crate::decode::Field>::BLANK),* },
                |place| $crate::decode::Slot::Record(place),
                |value| $crate::decode::View::Record(value);
        }
        impl $crate::lens::Plain for $name {
            const HOLDS: $crate::lens::Holds = $crate::lens::Holds::Record(stringify!($name));
        }
        $crate::decode::shims!($name);
        $($($crate::decode::$mark!($name);)*)?
    };
}
pub(crate) use record;

macro_rules! tag {
    () => {
        None
    };
    ($tag:literal) => {
        Some($tag)
    };
}
pub(crate) use tag;

/// What serde asks of a value.
macro_rules! serde_shims {
    ($name:ident) => {
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::decode::deserialize(deserializer)
            }
        }
        impl ::serde::Serialize for $name {
            #[inline]
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::decode::serialize(self, serializer)
            }
        }
    };
}
pub(crate) use serde_shims;

/// What serde and the standard library ask of a record: one line each, to the loop that does it.
macro_rules! shims {
    ($name:ident) => {
        $crate::decode::serde_shims!($name);
        impl Clone for $name {
            #[inline]
            fn clone(&self) -> Self {
                let mut copy = <Self as $crate::decode::Field>::BLANK;
                $crate::decode::copy(self, &mut copy);
                copy
            }
        }
        impl PartialEq for $name {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                $crate::decode::same(self, other)
            }
        }
        impl ::std::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                $crate::decode::print(self, f)
            }
        }
    };
}
pub(crate) use shims;

/// An object that an event carries.
macro_rules! event {
    ($name:ident) => {
        impl $crate::decode::Object for $name {
            fn decode(json: &str) -> Result<Self, $crate::decode::DecodeError> {
                let mut object = <Self as $crate::decode::Field>::BLANK;
                $crate::decode::read(&mut object, json)?;
                Ok(object)
            }
        }
        $crate::extract::carried!($name);
    };
}
pub(crate) use event;

/// An object of which a stub is left once it is deleted.
macro_rules! deletable {
    ($name:ident) => {
        impl $crate::fields::Deletable for $name {}
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
        }

        impl From<&str> for $name {
            #[inline]
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)*
                    _ => Self::Unrecognized(text.to_owned()),
                }
            }
        }

        // Five hundred enums are compiled whatever families are on: a derive's match would call for each of their variants.
        impl ::std::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(match self {
                    $(Self::$variant => stringify!($variant),)*
                    Self::Unrecognized(text) => return f.debug_tuple("Unrecognized").field(text).finish(),
                })
            }
        }

        $crate::decode::values! {
            $name = $name::Unrecognized(String::new()),
                |place| $crate::decode::Slot::Open(place),
                |value| $crate::decode::View::Text(value.as_str());
        }
        impl $crate::lens::Plain for $name {
            const HOLDS: $crate::lens::Holds = $crate::lens::Holds::Enum(stringify!($name));
        }
        $crate::decode::enum_shims!($name);
    };
}
pub(crate) use open_enum;

macro_rules! enum_shims {
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
        $crate::decode::serde_shims!($name);
    };
}
pub(crate) use enum_shims;

/// The template of types that are only names: for ids of objects whose family is off, or that no event carries.
macro_rules! nameless {
    ($(#[$doc:meta])* $name:ident $($mark:ident)?) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $name {}
        $($crate::decode::$mark!($name);)?
    };
}
pub(crate) use nameless;
