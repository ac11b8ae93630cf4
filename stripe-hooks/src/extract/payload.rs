//! The object of a snapshot event as an argument: whole, through a lens, or as its untouched JSON.

use super::{EventContext, Rejection};
use crate::{
    catalogue::{CarriesObject, EventType, SnapshotEventType},
    fields::{OrDeleted, Raw},
    lens::{Lens, LensOf},
};

/// What the object of a snapshot event can be read as, within [`Event`](crate::Event): the whole object, a lens that fits it, or its
/// untouched JSON.
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

/// Has a type read the object of an event in one way, alone and within [`Event`](crate::Event).
macro_rules! readable {
    ($(#[$attribute:meta])* impl<$($generic:ident $(: $bound:path)?),*> $name:ty where { $($condition:tt)* } $read:expr) => {
        $(#[$attribute])*
        impl<'cx, $($generic $(: $bound)?),*> $crate::extract::Payload<'cx, E> for $name where $($condition)* {
            fn payload(cx: &$crate::extract::EventContext<'cx>) -> Result<Self, $crate::extract::Rejection> {
                cx.read($read)
            }
        }

        $(#[$attribute])*
        impl<'cx, $($generic $(: $bound)?),*> $crate::extract::FromEvent<'cx, E> for $name where $($condition)* {
            fn from_event(cx: &$crate::extract::EventContext<'cx>) -> Result<Self, $crate::extract::Rejection> {
                cx.read($read)
            }
        }
    };
}
pub(crate) use readable;

// For all lenses at once: what a derive wrote for each, the compiler would have to read for each.
readable!(#[diagnostic::do_not_recommend] impl<T, E> T where { T: Lens<'cx> + LensOf<E::Object>, E: CarriesObject } T::read);

/// Makes an object an argument of the handlers whose events carry it. One by one, because the compiler lets only one kind of payload be
/// told by its traits.
macro_rules! carried {
    ($name:ty $(, $parameter:ident)?) => {
        $crate::extract::readable!(
            impl<E $(, $parameter: $crate::decode::Object)?> $name
            where { E: $crate::catalogue::Carries<$name> }
            <Self as $crate::decode::Object>::decode
        );
    };
}
pub(crate) use carried;

carried!(OrDeleted<T>, T);
