//! The macros that make a type a value: what [`record`](super::record) and serde require of it.

/// Implements [`DecodeValue`](super::DecodeValue) and [`RecordField`](super::RecordField) for types
/// that hold one value: its blank form, its slot and its view.
macro_rules! impl_decode_values {
    ($($type:ty = $blank:expr, |$place:ident| $slot:expr, |$value:ident| $view:expr;)*) => {$(
        impl $crate::decode::DecodeValue for $type {
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

        impl $crate::decode::RecordField for $type {
            const BLANK: Self = $blank;
        }
    )*};
}
pub(crate) use impl_decode_values;

/// Implements serde's traits for a value, through the loops that are generic over the format.
macro_rules! impl_serde {
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
pub(crate) use impl_serde;
