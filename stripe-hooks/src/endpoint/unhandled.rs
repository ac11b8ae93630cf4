//! An event that no handler takes, as `on_unhandled` receives it.

use crate::{
    catalogue::{EventForm, EventInfo},
    context::EventContext,
    event::{Event, ThinEvent},
    extract::HandlerFuture,
    facts::{EventId, EventTypeName},
    fields::Raw,
};

pub(crate) type OnUnhandled = Box<dyn Fn(Unhandled) -> HandlerFuture<'static> + Send + Sync>;

/// An event that verified and that no handler takes.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Unhandled {
    /// The id of the event.
    pub id: EventId,
    /// The name of the event.
    pub event_type: EventTypeName,
    /// The catalogue's entry for this name, or `None` if the catalogue does not list it.
    pub info: Option<&'static EventInfo>,
    /// The envelope: when the event happened, in which mode and for which account, and what caused
    /// it.
    pub event: AnyEvent,
    /// The whole event, untouched.
    pub body: Raw,
}

/// An event of either form, as a handler of that form would see it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum AnyEvent {
    /// A snapshot event, with the untouched JSON of its object.
    Snapshot(Box<Event<Raw>>),
    /// A thin event.
    Thin(Box<ThinEvent>),
    /// An event of a form that Stripe has yet to invent, or one that lacks what its form promises.
    Unreadable,
}

impl AnyEvent {
    fn from_context(cx: &EventContext<'_>) -> Self {
        let read = match cx.envelope.form {
            Some(EventForm::Snapshot) => cx
                .object()
                .and_then(|object| Event::from_object(object, cx))
                .map(|event| Self::Snapshot(event.into())),
            Some(EventForm::Thin) => ThinEvent::from_context(cx).map(|event| Self::Thin(event.into())),
            None => Ok(Self::Unreadable),
        };
        // No handler needs the envelope, so an odd one is no failure.
        read.unwrap_or(Self::Unreadable)
    }
}

impl Unhandled {
    pub(super) fn from_context(cx: &EventContext<'_>, info: Option<&'static EventInfo>) -> Self {
        Self {
            id: cx.event_id(),
            event_type: cx.event_type(),
            info,
            event: AnyEvent::from_context(cx),
            body: cx.body(),
        }
    }

    /// Returns whether the catalogue lists the event's name.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.info.is_some()
    }
}
