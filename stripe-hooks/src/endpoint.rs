//! One mounted service: its secrets, its state, the table of its handlers, and the way of a delivery through them.
//!
//! Data walks one way: the signature is verified over the raw bytes, then the envelope is read, then each handler's arguments are
//! extracted, the handler runs, and its outcome becomes the answer. Nothing is decoded before it is verified. This module knows no
//! HTTP framework; those of [`http`](crate::http) depend on it.

pub(crate) mod builder;
pub(crate) mod diagnosis;
mod gate;
#[cfg(feature = "inbox")]
mod inline;
mod panic;
mod run;
mod starting;
#[cfg(feature = "inbox")]
mod stored;
pub(crate) mod unhandled;
mod visit;

#[cfg(feature = "inbox")]
use std::time::Instant;
use std::{
    collections::BTreeSet,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use tracing::Instrument;

#[cfg(feature = "testing")]
pub(crate) use self::run::chain;
use crate::{
    answer::{Answer, Tally},
    catalogue::EventForm,
    context::{EventContext, States},
    counts::{Counters, Counts},
    endpoint::{
        builder::{ApiVersionMismatch, AskSecrets, EndpointBuilder, Mode, Settings},
        diagnosis::Diagnosed,
        gate::Gate,
    },
    envelope::Envelope,
    error::{Error, Problem},
    facts::{ApiVersion, train},
    fields::Timestamp,
    intake::Intake,
    json::Members,
    registry::{EndpointName, Handler, Table},
    rejection::Rejection,
    signature::{self, Claim, Secret, SignatureError},
};

/// Receives the events of one webhook endpoint and hands them to its handlers.
///
/// Cloning is cheap and gives the same endpoint. See <https://docs.stripe.com/webhooks>.
#[derive(Clone)]
pub struct Endpoint(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    name: EndpointName,
    secrets: Vec<Secret>,
    ask_secrets: Option<AskSecrets>,
    states: States,
    pub(crate) settings: Settings,
    table: Table,
    counters: Counters,
    gate: Gate,
    #[cfg(feature = "inbox")]
    inbox: Option<crate::inbox::OpenInbox>,
    pub(crate) intake: Arc<Intake>,
    /// The API versions of another release train that a warning was logged for.
    api_versions: Mutex<BTreeSet<String>>,
    diagnosed: Mutex<Diagnosed>,
}

impl Endpoint {
    /// Starts to configure an endpoint.
    pub fn builder() -> EndpointBuilder {
        EndpointBuilder::new()
    }

    // Futures are pinned where they are made, because to await one as it stands copies all the room that it has.

    /// Takes one delivery from the value of its `Stripe-Signature` header and the exact bytes of its body to the answer.
    ///
    /// Works without any HTTP framework. Let it run to its end even when the caller hangs up: a future that is dropped stops the
    /// handlers where they are. The body counts as [in flight](EndpointBuilder::bodies_in_flight) until the answer.
    pub async fn receive(&self, signature: Option<&[u8]>, body: Bytes) -> Answer {
        let visit = match self.let_in() {
            Ok(visit) => visit,
            Err(answer) => return answer,
        };
        let answer = if body.len() > self.0.settings.body_limit {
            self.turn_away(Answer::too_large())
        } else if let Some(_share) = self.0.intake.share_of(body.len()) {
            let claim = signature::read_header(signature).map_err(|error| self.refuse(error));
            match claim.and_then(|claim| self.verify(&claim, &body)) {
                Ok(()) => pin!(self.handle(body, |event| event)).await,
                Err(answer) => answer,
            }
        } else {
            self.turn_away(Answer::unavailable())
        };
        visit.end(answer)
    }

    /// Likewise for a body that keeps to the limits, whose share of them is held until the answer, and that [verified](Self::verify).
    #[cfg(feature = "actix")]
    pub(crate) async fn receive_verified(self, body: Bytes, _share: crate::intake::Share) -> Answer {
        let visit = match self.let_in() {
            Ok(visit) => visit,
            Err(answer) => return answer,
        };
        visit.end(pin!(self.handle(body, |event| event)).await)
    }

    /// Handles an event that another channel has authenticated: a queue, or an event bus. **Nothing is verified.**
    ///
    /// The body is the event itself, or wraps it in `detail` (Amazon EventBridge) or `data` (Azure Event Grid).
    /// Neither [`body_limit`](EndpointBuilder::body_limit) nor [`bodies_in_flight`](EndpointBuilder::bodies_in_flight) holds here: who is
    /// trusted with events is trusted with their size. See <https://docs.stripe.com/event-destinations>.
    pub async fn dispatch_verified(&self, body: Bytes) -> Answer {
        match self.let_in() {
            Ok(visit) => visit.end(self.handle(body, unwrap_event).await),
            Err(answer) => answer,
        }
    }

    /// Lets no more deliveries in (they are answered 503, and Stripe sends them again), and waits for those under way.
    ///
    /// With an inbox, nothing more is begun either: what its handlers do is waited for, and what they still do after `grace` is stopped
    /// and given back, to begin again with the next start.
    ///
    /// # Errors
    /// When some are still at work after `grace`; with an inbox, when a handler could not be stopped.
    ///
    /// # Panics
    /// Outside a tokio runtime that has its timer.
    pub async fn shutdown(&self, grace: Duration) -> Result<(), Error> {
        let gate = &self.0.gate;
        #[cfg(feature = "inbox")]
        let started = Instant::now();
        let closed: Result<(), Error> = tokio::time::timeout(grace, gate.close()).await.map_err(|_| {
            let inside = gate.inside();
            Problem::Shutdown(format!("deliveries still being handled after {grace:?}: {inside}")).into()
        });
        #[cfg(feature = "inbox")]
        if let Some(inbox) = &self.0.inbox {
            return inbox.stop(grace.saturating_sub(started.elapsed())).await.and(closed);
        }
        closed
    }

    /// The operator's way to the endpoint's inbox, if it has one.
    #[cfg(feature = "inbox")]
    #[must_use]
    pub fn inbox(&self) -> Option<crate::inbox::Inbox> {
        self.0.inbox.as_ref().map(crate::inbox::OpenInbox::operator)
    }

    /// What the endpoint has seen since it was built.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.0.counters.read()
    }

    /// The handlers of this endpoint.
    #[must_use]
    pub fn handlers(&self) -> Vec<Handler> {
        self.0.table.handlers().map(Handler::from).collect()
    }

    /// Whether the signature is one of this endpoint's.
    pub(crate) fn verify(&self, claim: &Claim<'_>, body: &[u8]) -> Result<(), Answer> {
        let asked = catch_unwind(AssertUnwindSafe(|| {
            let secrets = self.0.ask_secrets.as_ref().map(|ask| ask());
            (secrets, (self.0.settings.clock)())
        }));
        let Ok((asked, now)) = asked else {
            tracing::error!(
                endpoint = self.0.name.as_str(),
                "`secrets_from` or `clock` panicked; the answer is 503"
            );
            return Err(self.turn_away(Answer::unavailable()));
        };
        let secrets: Vec<Secret>;
        let secrets = match asked {
            None => self.0.secrets.as_slice(),
            Some(asked) => {
                secrets = self.0.secrets.iter().cloned().chain(asked).collect();
                &secrets
            }
        };
        if secrets.is_empty() {
            tracing::error!(endpoint = self.0.name.as_str(), "no signing secret at hand; the answer is 503");
            return Err(self.turn_away(Answer::unavailable()));
        }
        let now = Timestamp::from(now).unix();
        let verified = claim.verify(body, secrets, self.0.settings.tolerance, now);
        verified.map(drop).map_err(|error| {
            self.diagnose(error, claim.header, body, secrets, now);
            self.refuse(error)
        })
    }

    /// The answer to a delivery that does not verify.
    pub(crate) fn refuse(&self, error: SignatureError) -> Answer {
        self.0.counters.forged.add_one();
        tracing::warn!(endpoint = self.0.name.as_str(), %error, "refused a delivery");
        error.into()
    }

    /// The answer to a delivery that was not looked at.
    pub(crate) fn turn_away(&self, answer: Answer) -> Answer {
        self.0.counters.turned_away.add_one();
        tracing::warn!(endpoint = self.0.name.as_str(), status = answer.status(), "turned a delivery away");
        answer
    }

    /// From the verified body to the answer.
    async fn handle(&self, body: Bytes, unwrap: fn(&str) -> &str) -> Answer {
        let envelope = match Envelope::read_within(&body, unwrap) {
            Ok(envelope) => envelope,
            Err(error) => {
                self.0.counters.unreadable.add_one();
                tracing::error!(endpoint = self.0.name.as_str(), %error, "a verified body is not an event");
                #[cfg(feature = "inbox")]
                Box::pin(self.keep_unreadable(body, error)).await;
                return error.into();
            }
        };
        let span = tracing::info_span!(
            "stripe_event",
            endpoint = self.0.name.as_str(),
            id = %envelope.id,
            r#type = %envelope.event_type
        );
        let route = pin!(self.route(&envelope));
        // To enter a span costs something even where nobody listens.
        if span.is_disabled() { route.await } else { route.instrument(span).await }
    }

    async fn route(&self, envelope: &Envelope<'_>) -> Answer {
        let cx = EventContext {
            envelope,
            states: &self.0.states,
            #[cfg(feature = "inbox")]
            turn: None,
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
                tracing::error!(error = %rejection, "cannot tell the mode of the event");
                return Answer::failed();
            }
        }
        let other_version = self.other_api_version(&cx);
        let handlers = self.0.table.of_event(&envelope.event_type, envelope.form);
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
                "not handled: the event is of another release train"
            );
            return Answer::failed();
        }
        #[cfg(feature = "inbox")]
        if let Some(inbox) = &self.0.inbox {
            // In a box, so that no other delivery carries the room for it along.
            return Box::pin(self.store(inbox, &handlers, &cx)).await;
        }
        let mut tally = Tally::default();
        for handler in &*handlers {
            if let Some(outcome) = self.run(handler, &cx).await {
                tally.add(outcome);
            }
        }
        let answer = tally.answer();
        if answer.is_success() { &self.0.counters.handled } else { &self.0.counters.failed }.add_one();
        answer
    }

    fn is_of_other_mode(&self, cx: &EventContext<'_>) -> Result<bool, Rejection> {
        let Some(mode) = self.0.settings.only_mode else { return Ok(false) };
        Ok(cx.livemode()? != (mode == Mode::Live))
    }

    /// The event's API version if it is of another release train than ours: versions that share the word after the date are compatible.
    fn other_api_version(&self, cx: &EventContext<'_>) -> Option<ApiVersion> {
        let mismatch = self.0.settings.on_api_version_mismatch;
        if mismatch == ApiVersionMismatch::Ignore || cx.envelope.form != Some(EventForm::Snapshot) {
            return None;
        }
        let version = cx.envelope.text("api_version").ok().flatten()?;
        if version == crate::API_VERSION || train(&version) == train(crate::API_VERSION) {
            return None;
        }
        let version = ApiVersion::from(version.into_owned());
        // Bounded, so that a caller with a secret cannot make it grow.
        let mut seen = self.0.api_versions.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() < 64 && seen.insert(version.as_str().to_owned()) {
            tracing::warn!(
                api_version = version.as_str(),
                "events come in another API version than {}, which the objects of this crate follow; set the version of the webhook \
                 endpoint in Stripe",
                crate::API_VERSION
            );
        }
        Some(version)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("name", &self.0.name)
            .field("counts", &self.counts())
            .finish_non_exhaustive()
    }
}

/// Takes an event out of what an event bus wraps around it. What is an event already has a string in `object`, and a thin event may have
/// a `data` of its own, so that is looked at first.
fn unwrap_event(body: &str) -> &str {
    let inner = match Members::of(body, &["object", "detail", "data"]) {
        Ok(Some(members)) if members.get("object").is_none() => {
            members.get("detail").or_else(|| members.get("data"))
        }
        _ => None,
    };
    inner.unwrap_or(body)
}
