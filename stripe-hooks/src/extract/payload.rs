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
pub(crate) trait Payload<'cx, E: EventType>: Sized {
    /// Reads `data.object`.
    ///
    /// # Errors
    /// When the event carries none, or one that does not decode.
    fn payload(cx: &EventContext<'cx>) -> Result<Self, Rejection>;
}

impl<'cx, E: SnapshotEventType> Payload<'cx, E> for Raw {
    fn payload(cx: &EventContext<'cx>) -> Result<Self, Rejection> {
        cx.object()
    }
}

impl<'cx, E: EventType, T: Payload<'cx, E>> FromEvent<'cx, E> for Event<T> {
    fn from_event(cx: &EventContext<'cx>) -> Result<Self, Rejection> {
        Event::around(T::payload(cx)?, cx)
    }
}

/// Makes a type an argument that reads the object of an event with `$read`, alone and within
/// [`Event`].
macro_rules! readable {
    ($(#[$attribute:meta])* impl<$($generic:ident $(: $bound:path)?),*> $name:ty where { $($condition:tt)* } $read:expr) => {
        $(#[$attribute])*
        impl<'cx, $($generic $(: $bound)?),*> $crate::extract::Payload<'cx, E> for $name where $($condition)* {
            fn payload(cx: &$crate::context::EventContext<'cx>) -> Result<Self, $crate::rejection::Rejection> {
                cx.read($read)
            }
        }

        $(#[$attribute])*
        impl<'cx, $($generic $(: $bound)?),*> $crate::extract::FromEvent<'cx, E> for $name where $($condition)* {
            fn from_event(cx: &$crate::context::EventContext<'cx>) -> Result<Self, $crate::rejection::Rejection> {
                cx.read($read)
            }
        }
    };
}
pub(crate) use readable;

// One implementation for all lenses, because the compiler would have to read one that the derive
// wrote for each.
readable!(#[diagnostic::do_not_recommend] impl<T, E> T where { T: Lens<'cx> + LensOf<E::Object>, E: CarriesObject } T::read);

/// Makes an object an argument of the handlers whose events carry it. Objects get one
/// implementation each, because the compiler accepts only one blanket implementation, which the
/// lenses have.
macro_rules! carried {
    ($name:ty $(, $parameter:ident)?) => {
        $crate::extract::readable!(
            impl<E $(, $parameter: $crate::decode::Object)?> $name
            where { E: $crate::catalogue::template::Carries<$name> }
            <Self as $crate::decode::Object>::decode
        );
    };
}
pub(crate) use carried;
