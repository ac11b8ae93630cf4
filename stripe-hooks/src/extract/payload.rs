//! The object of a snapshot event as an argument: whole, through a lens, or as its untouched JSON.

use super::{EventContext, FromEvent, Rejection};
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

// For all lenses at once: what a derive wrote for each, the compiler would have to read for each.
#[diagnostic::do_not_recommend]
impl<'cx, T, E> Payload<'cx, E> for T
where
    T: Lens<'cx> + LensOf<E::Object>,
    E: CarriesObject,
{
    fn payload(cx: &EventContext<'cx>) -> Result<Self, Rejection> {
        cx.read(T::look)
    }
}

#[diagnostic::do_not_recommend]
impl<'cx, T, E> FromEvent<'cx, E> for T
where
    T: Lens<'cx> + LensOf<E::Object>,
    E: CarriesObject,
{
    fn from_event(cx: &EventContext<'cx>) -> Result<Self, Rejection> {
        cx.read(T::look)
    }
}

/// Makes an object an argument of the handlers whose events carry it. One by one, because the compiler lets only one kind of payload be
/// told by its traits.
macro_rules! carried {
    ($name:ty $(, $parameter:ident)?) => {
        impl<'cx, E, $($parameter: $crate::decode::Object)?> $crate::extract::Payload<'cx, E> for $name
        where
            E: $crate::catalogue::Carries<$name>,
        {
            fn payload(cx: &$crate::extract::EventContext<'cx>) -> Result<Self, $crate::extract::Rejection> {
                cx.read(<Self as $crate::decode::Object>::decode)
            }
        }

        impl<'cx, E, $($parameter: $crate::decode::Object)?> $crate::extract::FromEvent<'cx, E> for $name
        where
            E: $crate::catalogue::Carries<$name>,
        {
            fn from_event(cx: &$crate::extract::EventContext<'cx>) -> Result<Self, $crate::extract::Rejection> {
                cx.read(<Self as $crate::decode::Object>::decode)
            }
        }
    };
}
pub(crate) use carried;

carried!(OrDeleted<T>, T);
