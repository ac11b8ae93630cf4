//! A mounted service: the steps of a delivery from its bytes to its answer.
//!
//! The data flows one way: the signature is verified over the raw bytes, then the envelope is read,
//! then the arguments of each handler are extracted, the handler runs, and its outcome becomes the
//! answer. Nothing is decoded before it is verified. This module knows no HTTP framework; the
//! adapters in `http` depend on it.

mod acknowledge;
pub(crate) mod admission;
pub(crate) mod builder;
mod diagnosis;
mod gate;
mod in_flight;
#[cfg(feature = "inbox")]
mod inbox_delivery;
#[cfg(feature = "inbox")]
mod inline;
mod inner;
mod panic;
pub(crate) mod recorder;
mod refuse;
pub(crate) mod run_handler;
pub(crate) mod settings;
mod startup_log;
mod throttle;
pub(crate) mod unhandled;

#[cfg(feature = "inbox")]
use std::time::Instant;
use std::{pin::pin, sync::PoisonError, time::Duration};

use bytes::Bytes;
use tracing::Instrument;

pub use self::inner::Endpoint;
use self::{
    builder::EndpointBuilder,
    settings::{ApiVersionMismatch, Mode},
};
use crate::{
    answer::{Answer, OutcomeTally},
    catalogue::EventForm,
    context::EventContext,
    counts::Counts,
    envelope::Envelope,
    error::{EndpointProblem, Error},
    facts::{ApiVersion, release_train},
    json::ObjectMembers,
    registry::Handler,
    rejection::Rejection,
    source::EventSource,
};

impl Endpoint {
    /// Starts to configure an endpoint.
    pub fn builder() -> EndpointBuilder {
        EndpointBuilder::new()
    }

    // Each future is pinned where it is made: awaiting it by value would copy it as a whole.

    /// Handles one delivery: takes the value of its `Stripe-Signature` header and the exact bytes
    /// of its body, and returns the answer.
    ///
    /// Works without any HTTP framework. Let it run to its end even if the caller hangs up:
    /// dropping the future stops the handlers where they are. The body counts against
    /// [`bodies_in_flight`](EndpointBuilder::bodies_in_flight) until the answer.
    pub async fn receive(&self, signature: Option<&[u8]>, body: Bytes) -> Answer {
        let delivery = match self.admit_delivery() {
            Ok(delivery) => delivery,
            Err(answer) => return answer,
        };
        let answer = match self.admit_whole_body(signature, body) {
            Ok(verified) => {
                let (body, _reservation) = verified.into_parts();
                pin!(self.handle_body(body, EventSource::Delivered)).await
            }
            Err(answer) => answer,
        };
        delivery.finish(answer)
    }

    /// Handles an event that another channel has authenticated: a queue, or an event bus. **Nothing
    /// is verified.**
    ///
    /// The body is the event itself, or wraps it in `detail` (Amazon EventBridge) or `data` (Azure
    /// Event Grid). Neither [`body_limit`](EndpointBuilder::body_limit) nor
    /// [`bodies_in_flight`](EndpointBuilder::bodies_in_flight) applies: a channel that is trusted
    /// with events is trusted with their size. See <https://docs.stripe.com/event-destinations>.
    pub async fn dispatch_verified(&self, body: Bytes) -> Answer {
        match self.admit_delivery() {
            Ok(delivery) => delivery.finish(self.handle_body(body, EventSource::Dispatched).await),
            Err(answer) => answer,
        }
    }

    /// Stops accepting deliveries and waits for those being handled. Further deliveries are
    /// answered 503, and Stripe sends them again.
    ///
    /// With an inbox, no further run starts. Runs in progress get until the end of `grace`; then
    /// they are stopped and returned to the inbox, and start again after the next start of the
    /// program.
    ///
    /// # Errors
    /// - Deliveries are still being handled after `grace`.
    /// - With an inbox: a handler could not be stopped.
    ///
    /// # Panics
    /// Outside a tokio runtime with a timer.
    pub async fn shutdown(&self, grace: Duration) -> Result<(), Error> {
        let gate = &self.0.gate;
        #[cfg(feature = "inbox")]
        let started = Instant::now();
        let closed: Result<(), Error> = tokio::time::timeout(grace, gate.close()).await.map_err(|_| {
            let inside = gate.inside_count();
            EndpointProblem::UnfinishedShutdown(format!(
                "deliveries still being handled after {grace:?}: {inside}"
            ))
            .into()
        });
        #[cfg(feature = "inbox")]
        if let Some(inbox) = &self.1 {
            return inbox.stop(grace.saturating_sub(started.elapsed())).await.and(closed);
        }
        closed
    }

    /// Returns the operator's interface to the endpoint's inbox, if it has one.
    #[cfg(feature = "inbox")]
    #[must_use]
    pub fn inbox(&self) -> Option<crate::inbox::Inbox> {
        self.1.as_deref().map(crate::inbox::OpenInbox::operator_handle)
    }

    /// Returns the numbers of deliveries since the endpoint was built.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.0.counters.snapshot()
    }

    /// Returns the handlers of this endpoint.
    #[must_use]
    pub fn handlers(&self) -> Vec<Handler> {
        self.0.handlers.handlers().map(Handler::from).collect()
    }

    /// Handles a verified body.
    pub(crate) async fn handle_body(&self, body: Bytes, source: EventSource) -> Answer {
        let unwrap: fn(&str) -> &str = match source {
            EventSource::Delivered => |event| event,
            EventSource::Dispatched => unwrap_event,
        };
        let envelope = match Envelope::parse_unwrapped(&body, unwrap) {
            Ok(envelope) => envelope,
            Err(error) => {
                self.0.counters.unreadable.add_one();
                tracing::error!(endpoint = self.0.name.as_str(), %error, "a verified body is not an event");
                #[cfg(feature = "inbox")]
                Box::pin(self.store_unreadable_body(body, source, error)).await;
                return error.into();
            }
        };
        let span = tracing::info_span!(
            "stripe_event",
            endpoint = self.0.name.as_str(),
            id = %envelope.id,
            r#type = %envelope.event_type
        );
        let route = pin!(self.route_event(&envelope, source));
        // Entering a span costs time even without a subscriber.
        if span.is_disabled() { route.await } else { route.instrument(span).await }
    }

    /// Finds the handlers of an event and runs them, or stores the event in the inbox.
    #[cfg_attr(not(feature = "inbox"), expect(unused_variables, reason = "only an inbox stores the source"))]
    async fn route_event(&self, envelope: &Envelope<'_>, source: EventSource) -> Answer {
        let cx = EventContext {
            envelope,
            states: &self.0.states,
            #[cfg(feature = "inbox")]
            current_run: None,
        };
        match self.is_of_other_mode(&cx) {
            Ok(false) => {}
            Ok(true) => {
                self.0.counters.other_mode.add_one();
                tracing::info!("acknowledged an event of the other mode");
                return Answer::ok();
            }
            Err(rejection) => {
                self.0.counters.unreadable.add_one();
                tracing::error!(error = %rejection, "cannot read the mode of the event");
                return Answer::failed();
            }
        }
        let other_version = self.mismatched_api_version(&cx);
        let handlers = self.0.handlers.handlers_of_event(&envelope.event_type, envelope.form);
        if handlers.is_empty() {
            return self.acknowledge_unhandled(&cx).await;
        }
        if let Some(version) = other_version
            && self.0.settings.on_api_version_mismatch == ApiVersionMismatch::Fail
        {
            self.0.counters.failed.add_one();
            tracing::error!(
                outcome = "failed",
                api_version = version.as_str(),
                "not handled: the API version of the event belongs to another release train"
            );
            return Answer::failed();
        }
        #[cfg(feature = "inbox")]
        if let Some(inbox) = &self.1 {
            // Boxed, so that the future of every other delivery does not reserve room for it.
            return Box::pin(self.store_in_inbox(inbox, &handlers, &cx, source)).await;
        }
        let mut tally = OutcomeTally::default();
        for handler in &*handlers {
            if let Some(outcome) = self.run_handler(handler, &cx).await {
                tally.add(outcome);
            }
        }
        let answer = tally.into_answer();
        if answer.is_success() { &self.0.counters.handled } else { &self.0.counters.failed }.add_one();
        answer
    }

    /// Returns whether the endpoint is for the other mode only.
    fn is_of_other_mode(&self, cx: &EventContext<'_>) -> Result<bool, Rejection> {
        let Some(mode) = self.0.settings.only_mode else { return Ok(false) };
        Ok(cx.livemode()? != (mode == Mode::Live))
    }

    /// Returns the event's API version if it belongs to another release train than ours. Versions
    /// that share the word after the date are compatible.
    fn mismatched_api_version(&self, cx: &EventContext<'_>) -> Option<ApiVersion> {
        let mismatch = self.0.settings.on_api_version_mismatch;
        if mismatch == ApiVersionMismatch::Ignore || cx.envelope.form != Some(EventForm::Snapshot) {
            return None;
        }
        let version = cx.envelope.text_member("api_version").ok().flatten()?;
        if version == crate::API_VERSION || release_train(&version) == release_train(crate::API_VERSION) {
            return None;
        }
        let version = ApiVersion::from(version.into_owned());
        // The set is bounded: a caller with a secret must not make it grow.
        let mut seen = self.0.reported_api_versions.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() < 64 && seen.insert(version.as_str().to_owned()) {
            tracing::warn!(
                api_version = version.as_str(),
                "events come in another API version than {}, which the objects of this crate follow; set the \
                 version of the webhook endpoint in Stripe",
                crate::API_VERSION
            );
        }
        Some(version)
    }
}

/// Takes an event out of the envelope of an event bus. An event itself has a string in `object`. A
/// thin event may have a `data` of its own, so `object` is checked first.
fn unwrap_event(body: &str) -> &str {
    let inner = match ObjectMembers::from_json(body, &["object", "detail", "data"]) {
        Ok(Some(members)) if members.get_by_name("object").is_none() => {
            members.get_by_name("detail").or_else(|| members.get_by_name("data"))
        }
        _ => None,
    };
    inner.unwrap_or(body)
}
