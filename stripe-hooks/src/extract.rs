//! The arguments of handlers: the traits that arguments implement, and the types of this crate that
//! implement them.
//!
//! Extraction is synchronous and borrows from the event, so the order of arguments never matters,
//! and several arguments may read the same member.

mod extractors;
mod handler_future;
#[cfg(test)]
mod known_types;
mod lend;
mod payload;

use std::any::{TypeId, type_name};

pub use self::{
    extractors::{ExtractFn, Extractors, SameType, argument, extractor_index},
    handler_future::{StartResult, finish_sync, start_async},
    lend::Lend,
};
pub(crate) use self::{
    handler_future::HandlerFuture,
    payload::{DecodePayload, impl_object_payload, impl_payload},
};

use crate::{
    catalogue::template::{EventType, SnapshotEventType, ThinEventType},
    context::EventContext,
    event::ThinEvent,
    facts::{
        ApiVersion, ConnectedAccount, Context, EventId, EventTypeName, IdempotencyKey, Livemode,
        PreviousAttributes, RequestId,
    },
    rejection::Rejection,
};

/// Makes one argument of a handler from an event of type `E`.
///
/// Implement it for a type of your own to let handlers take it. The bounds on `E` name the events
/// that have it: `E: EventType` means all events, `E: Carries<Invoice>` those that carry an
/// invoice.
///
/// ```
/// use stripe_hooks::{EventContext, EventType, FromEvent, Needs, Rejection, on_event};
///
/// /// Which of our shops the event concerns, by the connected account that it comes from.
/// struct Shop(String);
///
/// impl<'cx, E: EventType> FromEvent<'cx, E> for Shop {
///     fn from_event(cx: &EventContext<'cx>) -> Result<Self, Rejection> {
///         match cx.account()? {
///             Some(account) => Ok(Shop(format!("shop of {account}"))),
///             None => Err(Rejection::new("the event does not come from a shop's account")),
///         }
///     }
/// }
///
/// #[on_event("payout.failed")]
/// async fn warn(shop: Shop) {
///     println!("{} did not get its money", shop.0);
/// }
/// ```
pub trait FromEvent<'cx, E: EventType>: Sized {
    /// Reads the argument, once for each run of the handler.
    ///
    /// # Errors
    /// When the event does not hold it, or holds something else. The handler then does not start,
    /// and the run counts as failed, or as ignored when the error is a [`Rejection::ignore`].
    fn from_event(cx: &EventContext<'cx>) -> Result<Self, Rejection>;

    /// Adds what the endpoint must provide. `build()` compares it with what the builder was given.
    fn needs(_needs: &mut Needs) {}
}

/// Makes an argument that an event may lack, for `Option<T>`.
///
/// It is a trait of its own, so that an object that does not decode is an error and never `None`.
pub trait OptionalFromEvent<'cx, E: EventType>: Sized {
    /// Reads the argument; `None` when the event does not have it.
    ///
    /// # Errors
    /// When the event holds something else in its place.
    fn from_event_if_present(cx: &EventContext<'cx>) -> Result<Option<Self>, Rejection>;

    /// Adds what the endpoint must provide.
    fn needs(_needs: &mut Needs) {}
}

impl<'cx, E: EventType, T: OptionalFromEvent<'cx, E>> FromEvent<'cx, E> for Option<T> {
    fn from_event(cx: &EventContext<'cx>) -> Result<Self, Rejection> {
        T::from_event_if_present(cx)
    }

    fn needs(needs: &mut Needs) {
        T::needs(needs);
    }
}

/// The needs of a handler's arguments, which their endpoint must provide.
#[derive(Debug, Default)]
pub struct Needs {
    pub(crate) states: Vec<(TypeId, &'static str)>,
    /// The databases whose transactions the handler takes.
    #[cfg(feature = "inbox")]
    pub(crate) databases: Vec<&'static str>,
    /// Whether the handler answers with a body.
    pub(crate) replies: bool,
}

impl Needs {
    /// Adds a value of type `T` that the builder must be given.
    pub fn state<T: 'static>(&mut self) {
        let need = (TypeId::of::<T>(), type_name::<T>());
        // Each event of a handler adds its needs, and one entry is enough.
        if !self.states.contains(&need) {
            self.states.push(need);
        }
    }

    /// Adds an inbox in this database.
    #[cfg(feature = "inbox")]
    pub(crate) fn add_database(&mut self, name: &'static str) {
        self.databases.push(name);
    }
}

/// A value that was given to the endpoint's builder. Each run of a handler gets a clone of it, so
/// make it cheap to clone (a connection pool, an `Arc`).
///
/// An endpoint with a handler whose state was never provided cannot be built.
#[derive(Debug, Clone, Copy)]
pub struct State<T>(pub T);

impl<'cx, E: EventType, T: Clone + 'static> FromEvent<'cx, E> for State<T> {
    fn from_event(cx: &EventContext<'cx>) -> Result<Self, Rejection> {
        Self::clone_from_context(cx)
    }

    fn needs(needs: &mut Needs) {
        needs.state::<T>();
    }
}

impl<T: Clone + 'static> State<T> {
    /// Not generic over the event, so that it is compiled once.
    fn clone_from_context(cx: &EventContext<'_>) -> Result<Self, Rejection> {
        let missing = || Rejection::new(format!("no state of type `{}` was provided", type_name::<T>()));
        cx.state::<T>().cloned().map(Self).ok_or_else(missing)
    }
}

impl<'cx, E: ThinEventType> FromEvent<'cx, E> for ThinEvent {
    fn from_event(cx: &EventContext<'cx>) -> Result<Self, Rejection> {
        ThinEvent::from_context(cx)
    }
}

impl<'cx, E: EventType> FromEvent<'cx, E> for EventId {
    fn from_event(cx: &EventContext<'cx>) -> Result<Self, Rejection> {
        Ok(cx.event_id())
    }
}

impl<'cx, E: EventType> FromEvent<'cx, E> for EventTypeName {
    fn from_event(cx: &EventContext<'cx>) -> Result<Self, Rejection> {
        Ok(cx.event_type())
    }
}

impl<'cx, E: EventType> FromEvent<'cx, E> for Livemode {
    fn from_event(cx: &EventContext<'cx>) -> Result<Self, Rejection> {
        cx.livemode().map(Self)
    }
}

/// Declares arguments that an event may lack: as `T` its absence fails the run, as `Option<T>` it
/// is `None`.
macro_rules! impl_optional_from_event {
    ($($name:ident of $events:ident, $wire:literal: $read:expr;)*) => {$(
        impl<'cx, E: $events> OptionalFromEvent<'cx, E> for $name {
            fn from_event_if_present(cx: &EventContext<'cx>) -> Result<Option<Self>, Rejection> {
                let read: fn(&EventContext<'cx>) -> Result<Option<Self>, Rejection> = $read;
                read(cx)
            }
        }

        impl<'cx, E: $events> FromEvent<'cx, E> for $name {
            fn from_event(cx: &EventContext<'cx>) -> Result<Self, Rejection> {
                <Self as OptionalFromEvent<'cx, E>>::from_event_if_present(cx)?.ok_or_else(|| Rejection::missing_value($wire))
            }
        }
    )*};
}

impl_optional_from_event! {
    ConnectedAccount of SnapshotEventType, "account": EventContext::account;
    ApiVersion of SnapshotEventType, "api_version": EventContext::api_version;
    PreviousAttributes of SnapshotEventType, "data.previous_attributes": EventContext::previous_attributes;
    Context of EventType, "context": EventContext::context;
    RequestId of EventType, "request.id": |cx| Ok(cx.request()?.and_then(|request| request.id));
    IdempotencyKey of EventType, "request.idempotency_key": |cx| Ok(cx.request()?.and_then(|request| request.idempotency_key));
}
