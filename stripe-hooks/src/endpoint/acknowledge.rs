//! The answer to an event that no handler takes.

use super::{
    Endpoint,
    panic::catch_panic,
    run_handler::now_if_logged,
    unhandled::{OnUnhandled, Unhandled},
};
use crate::{
    answer::Answer,
    catalogue::{self, EventForm, EventInfo},
    context::EventContext,
    envelope::Envelope,
    outcome::Outcome,
};

impl Endpoint {
    /// Hands the event to `on_unhandled`, if there is one, and returns the answer.
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
        // Boxed, so that the future of every other delivery does not reserve room for it.
        let outcome = Box::pin(self.call_on_unhandled(on_unhandled, Unhandled::from_context(cx, info))).await;
        self.record_outcome(cx, "on_unhandled", &outcome);
        outcome.into()
    }

    async fn call_on_unhandled(&self, on_unhandled: &OnUnhandled, unhandled: Unhandled) -> Outcome {
        let started = now_if_logged();
        // The call is inside the caught future, so that a panic before the first await is caught
        // too.
        let work = catch_panic(async { on_unhandled(unhandled).await });
        let outcome = work.await.unwrap_or_else(|_| Outcome::retry("`on_unhandled` panicked"));
        self.log_outcome("on_unhandled", &outcome, started);
        outcome
    }

    /// Logs an event that arrives in another form than the handlers expect.
    fn explain_unhandled(&self, envelope: &Envelope<'_>, info: Option<&EventInfo>) {
        let Some(info) = info else { return };
        if Some(info.form) != envelope.form {
            tracing::warn!("the name of the event does not fit its `object`");
        } else if let Some(twin) = info.twin.filter(|twin| self.0.handlers.handles_event(twin)) {
            let (arrived, handled) = match info.form {
                EventForm::Thin => ("thin", "snapshot"),
                EventForm::Snapshot => ("snapshot", "thin"),
            };
            tracing::warn!(
                "this is a {arrived} event, and handlers take its {handled} twin `{twin}`; let the event \
                 destination in Stripe send {handled} payloads, or handle `{}`",
                info.name
            );
        }
    }
}
