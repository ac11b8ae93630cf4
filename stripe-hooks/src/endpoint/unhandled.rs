//! What becomes of an event that no handler takes.

use crate::{
    answer::Answer,
    catalogue::{self, EventForm, EventInfo},
    context::EventContext,
    endpoint::{Endpoint, builder::OnUnhandled, panic::caught, run::now_if_logged},
    envelope::Envelope,
    event::{Event, ThinEvent},
    facts::{EventId, EventTypeName},
    fields::Raw,
    outcome::Outcome,
};

/// An event that verified and that no handler takes.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Unhandled {
    /// The id of the event.
    pub id: EventId,
    /// The name of the event.
    pub event_type: EventTypeName,
    /// What the catalogue knows of this name; `None` for one that it does not list.
    pub info: Option<&'static EventInfo>,
    /// The envelope: when the event happened, in which mode and for which account, and what caused it.
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
    fn read(cx: &EventContext<'_>) -> Self {
        let read = match cx.envelope.form {
            Some(EventForm::Snapshot) => cx
                .object()
                .and_then(|object| Event::around(object, cx))
                .map(|event| Self::Snapshot(event.into())),
            Some(EventForm::Thin) => ThinEvent::read(cx).map(|event| Self::Thin(event.into())),
            None => Ok(Self::Unreadable),
        };
        // Nobody asked for what is odd in the envelope, so it is no failure.
        read.unwrap_or(Self::Unreadable)
    }
}

impl Unhandled {
    fn read(cx: &EventContext<'_>, info: Option<&'static EventInfo>) -> Self {
        Self {
            id: cx.event_id(),
            event_type: cx.event_type(),
            info,
            event: AnyEvent::read(cx),
            body: cx.body(),
        }
    }

    /// Whether the catalogue lists the event's name.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.info.is_some()
    }
}

impl Endpoint {
    /// Hands the event to `on_unhandled`, if there is one.
    pub(super) async fn acknowledge_unhandled(&self, cx: &EventContext<'_>) -> Answer {
        self.0.counters.unhandled.add_one();
        let is_logged = tracing::enabled!(tracing::Level::WARN);
        if !is_logged && self.0.settings.on_unhandled.is_none() {
            return Answer::ok();
        }
        let info = catalogue::lookup(&cx.envelope.event_type);
        tracing::info!(known = info.is_some(), "no handler for this type of event");
        self.explain_unhandled(cx.envelope, info);
        let Some(on_unhandled) = &self.0.settings.on_unhandled else { return Answer::ok() };
        // In a box, so that no other delivery carries the room for it along.
        let outcome = Box::pin(self.hand_over(on_unhandled, Unhandled::read(cx, info))).await;
        #[cfg(feature = "testing")]
        self.witness(cx, "on_unhandled", &outcome);
        outcome.into()
    }

    async fn hand_over(&self, on_unhandled: &OnUnhandled, unhandled: Unhandled) -> Outcome {
        let started = now_if_logged();
        // Within the work, so that a panic before the first await is caught, too.
        let work = caught(async { on_unhandled(unhandled).await });
        let outcome = work.await.unwrap_or_else(|_| Outcome::retry("`on_unhandled` panicked"));
        self.log("on_unhandled", &outcome, started);
        outcome
    }

    /// Tells the operator of an event that arrives in the form that nobody expects.
    fn explain_unhandled(&self, envelope: &Envelope<'_>, info: Option<&EventInfo>) {
        let Some(info) = info else { return };
        if Some(info.form) != envelope.form {
            tracing::warn!("the name of the event does not fit its `object`");
        } else if let Some(twin) = info.twin.filter(|twin| self.0.table.has(twin)) {
            let (arrived, handled) = match info.form {
                EventForm::Thin => ("thin", "snapshot"),
                EventForm::Snapshot => ("snapshot", "thin"),
            };
            tracing::warn!(
                "this is a {arrived} event, and handlers take its {handled} twin `{twin}`; let the event destination in Stripe send {handled} \
                 payloads, or handle `{}`",
                info.name
            );
        }
    }
}
