//! The object of a snapshot event as an argument: whole, through a lens, or as its untouched JSON.

use super::FromEvent;
use crate::{
    catalogue::template::{CarriesObject, EventType, SnapshotEventType},
    context::EventContext,
    event::Event,
    json::Raw,
    lens::{Lens, LensOf},
    rejection::Rejection,
};

/// A type that the object of a snapshot event can be read as, within [`Event`]: the whole object, a
/// lens that fits it, or its untouched JSON.
pub(crate) trait DecodePayload<'cx, E: EventType>: Sized {
    /// Reads `data.object`.
    ///
    /// # Errors
    /// When the event carries none, or one that does not decode.
    fn decode_payload(cx: &EventContext<'cx>) -> Result<Self, Rejection>;
}

impl<'cx, E: SnapshotEventType> DecodePayload<'cx, E> for Raw {
    fn decode_payload(cx: &EventContext<'cx>) -> Result<Self, Rejection> {
        cx.object()
    }
}

impl<'cx, E: EventType, T: DecodePayload<'cx, E>> FromEvent<'cx, E> for Event<T> {
    fn from_event(cx: &EventContext<'cx>) -> Result<Self, Rejection> {
        Event::from_object(T::decode_payload(cx)?, cx)
    }
}

/// Makes a type an argument that reads the object of an event with `$read`, alone and within
/// [`Event`].
macro_rules! impl_payload {
    ($(#[$attribute:meta])* impl<$($generic:ident $(: $bound:path)?),*> $name:ty where { $($condition:tt)* } $read:expr) => {
        $(#[$attribute])*
        impl<'cx, $($generic $(: $bound)?),*> $crate::extract::DecodePayload<'cx, E> for $name where $($condition)* {
            fn decode_payload(cx: &$crate::context::EventContext<'cx>) -> Result<Self, $crate::rejection::Rejection> {
                cx.decode_object($read)
            }
        }

        $(#[$attribute])*
        impl<'cx, $($generic $(: $bound)?),*> $crate::extract::FromEvent<'cx, E> for $name where $($condition)* {
            fn from_event(cx: &$crate::context::EventContext<'cx>) -> Result<Self, $crate::rejection::Rejection> {
                cx.decode_object($read)
            }
        }
    };
}
pub(crate) use impl_payload;

// One implementation for all lenses, because the compiler would have to read one that the derive
// wrote for each.
impl_payload!(#[diagnostic::do_not_recommend] impl<T, E> T where { T: Lens<'cx> + LensOf<E::Object>, E: CarriesObject } T::read_value);

/// Makes an object an argument of the handlers whose events carry it. Objects get one
/// implementation each, because the compiler accepts only one blanket implementation, which the
/// lenses have.
macro_rules! impl_object_payload {
    ($name:ty $(, $parameter:ident)?) => {
        $crate::extract::impl_payload!(
            impl<E $(, $parameter: $crate::decode::Object)?> $name
            where { E: $crate::catalogue::template::Carries<$name> }
            <Self as $crate::decode::Object>::decode
        );
    };
}
pub(crate) use impl_object_payload;
