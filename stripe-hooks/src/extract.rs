//! What a handler may ask for: the traits that arguments implement, and the types that implement them.
//!
//! Extraction is synchronous and borrows: the order of arguments never matters, and each may be asked for as often as one likes.

#[cfg(test)]
mod known_types;
mod lend;
mod payload;
mod rejection;

use std::{
    any::{Any, TypeId, type_name},
    collections::HashMap,
    fmt,
};

pub(crate) use self::{
    lend::Running,
    payload::{Payload, carried, readable},
};
pub use self::{
    lend::{Lend, Started},
    rejection::Rejection,
};

use crate::{
    catalogue::{EventForm, EventType, SnapshotEventType, ThinEventType},
    decode::DecodeError,
    envelope::Envelope,
    event::{
        Account, ApiVersion, Context, Event, EventId, EventTypeName, IdempotencyKey, Livemode,
        PreviousAttributes, Request, RequestId, ThinEvent,
    },
    fields::Raw,
};

/// Makes one argument of a handler out of an event of kind `E`.
///
/// Implement it for a type of your own to let handlers ask for it. Bounds on `E` say which events have it: `E: EventType` is all of
/// them, `E: Carries<Invoice>` those that carry an invoice.
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
    /// When the event does not hold it, or holds something else. The handler then does not start, and the run counts as failed; or as
    /// ignored, when the error is a [`Rejection::ignore`].
    fn from_event(cx: &EventContext<'cx>) -> Result<Self, Rejection>;

    /// Says what the endpoint must provide, which `build()` compares with what it was given.
    fn needs(_needs: &mut Needs) {}
}

/// Makes an argument that an event may lack: what `Option<T>` asks for.
///
/// It is a trait of its own so that an object which does not decode is an error and never `None`.
pub trait OptionalFromEvent<'cx, E: EventType>: Sized {
    /// Reads the argument; `None` when the event does not have it.
    ///
    /// # Errors
    /// When the event holds something else in its place.
    fn from_event_if_present(cx: &EventContext<'cx>) -> Result<Option<Self>, Rejection>;

    /// Says what the endpoint must provide.
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

/// One event on its way to one handler: what arguments are made of.
#[derive(Debug, Clone, Copy)]
pub struct EventContext<'cx> {
    pub(crate) envelope: &'cx Envelope<'cx>,
    pub(crate) states: &'cx States,
    /// The run, where an inbox has it.
    #[cfg(feature = "inbox")]
    pub(crate) turn: Option<&'cx std::sync::Arc<crate::inbox::Turn>>,
}

impl<'cx> EventContext<'cx> {
    /// The id of the event.
    #[must_use]
    pub fn event_id(&self) -> EventId {
        EventId::from(&*self.envelope.id)
    }

    /// The name of the event.
    #[must_use]
    pub fn event_type(&self) -> EventTypeName {
        EventTypeName::from(&*self.envelope.event_type)
    }

    /// Whether the event tells of real money.
    ///
    /// # Errors
    /// When the envelope does not say.
    pub fn livemode(&self) -> Result<bool, Rejection> {
        self.envelope.scalar("livemode", "a boolean")?.ok_or_else(|| Rejection::missing("livemode"))
    }

    /// The connected account that the event comes from.
    ///
    /// # Errors
    /// When it is not a string, as for the methods below.
    pub fn account(&self) -> Result<Option<Account>, Rejection> {
        Ok(self.envelope.text("account")?.map(|text| Account::from(text.into_owned())))
    }

    /// The context of the event.
    ///
    /// # Errors
    /// When it is not a string.
    pub fn context(&self) -> Result<Option<Context>, Rejection> {
        Ok(self.envelope.text("context")?.map(|text| Context::from(text.into_owned())))
    }

    /// The API version that the event was rendered in.
    ///
    /// # Errors
    /// When it is not a string.
    pub fn api_version(&self) -> Result<Option<ApiVersion>, Rejection> {
        Ok(self.envelope.text("api_version")?.map(|text| ApiVersion::from(text.into_owned())))
    }

    /// The API request that caused the event: `request` of a snapshot event, `reason.request` of a thin one.
    ///
    /// # Errors
    /// When it is neither null, an object, nor the bare id that events had until 2017.
    pub fn request(&self) -> Result<Option<Request>, Rejection> {
        let request = match self.envelope.form {
            Some(EventForm::Thin) => self.envelope.raw_within("reason", "request")?,
            _ => self.envelope.raw("request"),
        };
        request.map(Request::read).transpose()
    }

    /// What the object of a snapshot event was before the update.
    ///
    /// # Errors
    /// When the event has no readable `data`.
    pub fn previous_attributes(&self) -> Result<Option<PreviousAttributes>, Rejection> {
        Ok(self.previous_json()?.map(|json| PreviousAttributes(self.slice(json))))
    }

    /// The untouched JSON of the object that a snapshot event carries.
    ///
    /// # Errors
    /// When the event carries none.
    pub fn object(&self) -> Result<Raw, Rejection> {
        Ok(self.slice(self.object_json()?))
    }

    /// The untouched JSON of the whole event.
    #[must_use]
    pub fn body(&self) -> Raw {
        self.envelope.body()
    }

    /// A value that was given to the endpoint's builder.
    #[must_use]
    pub fn state<T: 'static>(&self) -> Option<&'cx T> {
        self.states.get()
    }

    pub(crate) fn object_json(&self) -> Result<&'cx str, Rejection> {
        self.envelope.object()?.ok_or_else(|| Rejection::missing("data.object"))
    }

    pub(crate) fn previous_json(&self) -> Result<Option<&'cx str>, Rejection> {
        self.envelope.previous()
    }

    pub(crate) fn slice(&self, json: &'cx str) -> Raw {
        self.envelope.share(json)
    }

    /// Reads the object of a snapshot event; a failure tells the place in the event and the version of the API.
    pub(crate) fn read<T>(&self, decode: fn(&'cx str) -> Result<T, DecodeError>) -> Result<T, Rejection> {
        // Neither `?` nor closures, because the compiler makes this anew for each type that an object is read as.
        match self.object_json() {
            Ok(json) => match decode(json) {
                Ok(object) => Ok(object),
                Err(error) => Err(self.undecodable(error.within("data.object"))),
            },
            Err(rejection) => Err(rejection),
        }
    }

    pub(crate) fn undecodable(&self, error: DecodeError) -> Rejection {
        Rejection::undecodable(error, self.api_version().ok().flatten())
    }
}

/// The values that were given to the endpoint's builder, by type.
#[derive(Default)]
pub(crate) struct States(HashMap<TypeId, Box<dyn Any + Send + Sync>>);

impl States {
    pub(crate) fn insert<T: Any + Send + Sync>(&mut self, value: T) {
        self.0.insert(TypeId::of::<T>(), Box::new(value));
    }

    fn get<T: 'static>(&self) -> Option<&T> {
        self.0.get(&TypeId::of::<T>())?.downcast_ref()
    }

    pub(crate) fn contains(&self, id: TypeId) -> bool {
        self.0.contains_key(&id)
    }
}

impl fmt::Debug for States {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "States({})", self.0.len())
    }
}

/// What the arguments of a handler need of their endpoint.
#[derive(Debug, Default)]
pub struct Needs {
    pub(crate) states: Vec<(TypeId, &'static str)>,
    /// The databases whose transactions it asks for.
    #[cfg(feature = "inbox")]
    pub(crate) databases: Vec<&'static str>,
    /// Whether the handler answers with a body.
    pub(crate) replies: bool,
}

impl Needs {
    /// A value of type `T` that must be given to the builder.
    pub fn state<T: 'static>(&mut self) {
        let need = (TypeId::of::<T>(), type_name::<T>());
        // Each of a handler's events asks anew, and one answer is enough.
        if !self.states.contains(&need) {
            self.states.push(need);
        }
    }

    /// An inbox in this database.
    #[cfg(feature = "inbox")]
    pub(crate) fn database(&mut self, name: &'static str) {
        self.databases.push(name);
    }
}

/// A value that was given to the endpoint's builder: each run of a handler gets a clone of it, so make it cheap to clone (a connection
/// pool, an `Arc`).
///
/// A handler whose state was never provided keeps the endpoint from being built.
#[derive(Debug, Clone, Copy)]
pub struct State<T>(pub T);

impl<'cx, E: EventType, T: Clone + 'static> FromEvent<'cx, E> for State<T> {
    fn from_event(cx: &EventContext<'cx>) -> Result<Self, Rejection> {
        Self::of(cx)
    }

    fn needs(needs: &mut Needs) {
        needs.state::<T>();
    }
}

impl<T: Clone + 'static> State<T> {
    /// The same for all events, so that it is compiled once.
    fn of(cx: &EventContext<'_>) -> Result<Self, Rejection> {
        let missing = || Rejection::new(format!("no state of type `{}` was provided", type_name::<T>()));
        cx.state::<T>().cloned().map(Self).ok_or_else(missing)
    }
}

impl<'cx, E: EventType, T: Payload<'cx, E>> FromEvent<'cx, E> for Event<T> {
    fn from_event(cx: &EventContext<'cx>) -> Result<Self, Rejection> {
        Event::around(T::payload(cx)?, cx)
    }
}

impl<'cx, E: ThinEventType> FromEvent<'cx, E> for ThinEvent {
    fn from_event(cx: &EventContext<'cx>) -> Result<Self, Rejection> {
        ThinEvent::read(cx)
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

/// Declares an argument that an event may lack: as `T` its absence fails the run, as `Option<T>` it is `None`.
macro_rules! may_be_absent {
    ($($name:ident of $events:ident, $wire:literal: $read:expr;)*) => {$(
        impl<'cx, E: $events> OptionalFromEvent<'cx, E> for $name {
            fn from_event_if_present(cx: &EventContext<'cx>) -> Result<Option<Self>, Rejection> {
                let read: fn(&EventContext<'cx>) -> Result<Option<Self>, Rejection> = $read;
                read(cx)
            }
        }

        impl<'cx, E: $events> FromEvent<'cx, E> for $name {
            fn from_event(cx: &EventContext<'cx>) -> Result<Self, Rejection> {
                <Self as OptionalFromEvent<'cx, E>>::from_event_if_present(cx)?.ok_or_else(|| Rejection::missing($wire))
            }
        }
    )*};
}

may_be_absent! {
    Account of SnapshotEventType, "account": EventContext::account;
    ApiVersion of SnapshotEventType, "api_version": EventContext::api_version;
    PreviousAttributes of SnapshotEventType, "data.previous_attributes": EventContext::previous_attributes;
    Context of EventType, "context": EventContext::context;
    RequestId of EventType, "request.id": |cx| Ok(cx.request()?.and_then(|request| request.id));
    IdempotencyKey of EventType, "request.idempotency_key": |cx| Ok(cx.request()?.and_then(|request| request.idempotency_key));
}
