//! The steps of a delivery with an inbox. The endpoint stores the event and answers, and the inbox
//! runs the handlers.

use std::{
    sync::{Arc, Weak},
    time::Instant,
};

use bytes::Bytes;
use tracing::Instrument;

use super::{Endpoint, inline::InlineWait, inner::EndpointInner};
use crate::{
    answer::Answer,
    catalogue::{self, EventForm},
    context::EventContext,
    envelope::{Envelope, Unreadable},
    fields::rfc3339,
    inbox::{
        Arrival, AttemptJob, AttemptResult, EventKey, Lane, NewRun, OpenInbox, ParkReason, RunStart, WorkFn,
        is_all_zero,
    },
    json::{ObjectMembers, read_text},
    meter,
    outcome::{Outcome, OutcomeKind},
    registry::Registration,
    source::EventSource,
};

/// Returns the function with which an inbox works on the runs of this endpoint. The function holds
/// the endpoint only while it works, and never its inbox: an endpoint is dropped with its last
/// clone, whatever runs.
pub(super) fn work_function(endpoint: Weak<EndpointInner>) -> WorkFn {
    Arc::new(move |job| {
        let endpoint = endpoint.upgrade().map(|inner| Endpoint(inner, None));
        Box::pin(async move {
            match endpoint {
                Some(endpoint) => endpoint.attempt_run(job).await,
                None => AttemptResult::Stopped,
            }
        })
    })
}

impl Endpoint {
    /// Stores the event with a run for each handler that the event concerns. Answers at once,
    /// except if inline handlers run.
    pub(super) async fn store_in_inbox(
        &self,
        inbox: &OpenInbox,
        handlers: &[&'static Registration],
        cx: &EventContext<'_>,
        source: EventSource,
    ) -> Answer {
        let since = Instant::now();
        // If the condition of a handler cannot be read, its run reports the error.
        let concerned: Vec<&'static Registration> =
            handlers.iter().copied().filter(|handler| handler.wants_event(cx).unwrap_or(true)).collect();
        let counters = &self.0.counters;
        if concerned.is_empty() {
            counters.handled.add_one();
            tracing::info!("the update meets no handler's conditions");
            return Answer::ok();
        }
        let mut arrival = arrival(cx, source);
        arrival.is_answered = !concerned.iter().any(|handler| handler.replies());
        arrival.runs = concerned.iter().map(|handler| new_run(handler, cx.envelope, &arrival)).collect();
        let waiting = InlineWait::for_runs(&concerned, &arrival.runs, since);
        let stored = match inbox.store_arrival(arrival).await {
            Ok(stored) => stored,
            Err(error) => {
                tracing::error!(%error, "cannot store the event; Stripe sends it again");
                return self.count_turned_away(Answer::unavailable());
            }
        };
        if stored.is_new {
            counters.stored.add_one();
            tracing::info!(runs = concerned.len(), "stored");
        } else {
            counters.duplicate.add_one();
            tracing::info!("a duplicate: already stored, so nothing runs again");
        }
        waiting.wait_for_answer(inbox, stored.inline_runs).await
    }

    /// Stores a verified body that is not an event, for the operator. The answer is 400 in any
    /// case.
    pub(super) async fn store_unreadable_body(&self, body: Bytes, source: EventSource, error: Unreadable) {
        let Some(inbox) = &self.1 else { return };
        let key = EventKey::from_unreadable_body(&body);
        let run = NewRun {
            handler: String::new(),
            counts_for: key.clone(),
            lane: None,
            start: RunStart::Parked(ParkReason::Undecodable, error.to_string()),
        };
        let arrival = Arrival {
            key,
            form: "unreadable",
            source,
            api_version: None,
            created: None,
            livemode: None,
            account: None,
            context: None,
            object_kind: None,
            object_id: None,
            body,
            is_answered: false,
            runs: vec![run],
        };
        match inbox.store_arrival(arrival).await {
            Ok(stored) if stored.is_new => {
                meter::count_parked(self.0.name.as_str(), "", ParkReason::Undecodable.as_str(), 1);
            }
            Ok(_) => {}
            Err(error) => {
                tracing::error!(endpoint = self.0.name.as_str(), %error, "cannot store the unreadable body");
            }
        }
    }

    /// Makes one attempt at one run.
    async fn attempt_run(&self, job: AttemptJob) -> AttemptResult {
        let envelope = match Envelope::parse(&job.body) {
            Ok(envelope) => envelope,
            Err(error) => return AttemptResult::Undecodable { error: error.to_string() },
        };
        let span = tracing::info_span!(
            "stripe_event",
            endpoint = self.0.name.as_str(),
            id = %envelope.id,
            r#type = %envelope.event_type,
            attempt = job.attempt
        );
        let work = async {
            let handlers = self.0.handlers.handlers_of_event(&envelope.event_type, envelope.form);
            let Some(handler) = handlers.iter().copied().find(|handler| handler.id == job.handler) else {
                return AttemptResult::EventTypeNotTaken;
            };
            let cx = EventContext {
                envelope: &envelope,
                states: &self.0.states,
                current_run: Some(&job.current_run),
            };
            match self.run_handler(handler, &cx).await {
                Some(outcome) => self.attempt_result(outcome),
                None => AttemptResult::Ignored {
                    note: "the update does not meet the handler's conditions".to_owned(),
                },
            }
        };
        work.instrument(span).await
    }

    /// Returns the end of an attempt for the inbox.
    fn attempt_result(&self, outcome: Outcome) -> AttemptResult {
        match outcome.0 {
            OutcomeKind::Done => AttemptResult::Handled { reply: None },
            OutcomeKind::Replied(reply) => AttemptResult::Handled { reply: Some(reply.to_text()) },
            OutcomeKind::Ignored(reason) => AttemptResult::Ignored { note: self.error_text(&*reason) },
            OutcomeKind::Parked(error) => AttemptResult::ParkedByHandler { error: self.error_text(&*error) },
            OutcomeKind::NotStarted(rejection) if rejection.is_from_crate() => {
                AttemptResult::Undecodable { error: rejection.to_string() }
            }
            OutcomeKind::NotStarted(rejection) => {
                AttemptResult::Failed { error: self.error_text(&rejection), retry_after: None }
            }
            OutcomeKind::Failed { error, retry_after } => {
                AttemptResult::Failed { error: self.error_text(&*error), retry_after }
            }
        }
    }
}

/// Returns the handler's run on this event. A handler that takes both a thin event and its snapshot
/// twin runs once for the two.
fn new_run(handler: &Registration, envelope: &Envelope<'_>, arrival: &Arrival) -> NewRun {
    let counts_for = snapshot_twin(handler, envelope).unwrap_or_else(|| arrival.key.clone());
    let order = handler.policy.order;
    let lane = order.and_then(|order| {
        Some(Lane { object: object_key(arrival)?, blocks_when_parked: order.parked_holds })
    });
    let first = if handler.policy.inline.is_some() { RunStart::AttemptNow } else { RunStart::Pending };
    NewRun { handler: handler.id.to_owned(), counts_for, lane, start: first }
}

/// Returns the snapshot twin of a thin event, if the handler takes both. A twin whose id names no
/// event is none.
fn snapshot_twin(handler: &Registration, envelope: &Envelope<'_>) -> Option<EventKey> {
    if envelope.form != Some(EventForm::Thin) {
        return None;
    }
    let twin = catalogue::lookup(&envelope.event_type)?.twin?;
    let id = envelope.text_member("snapshot_event").ok()??;
    let takes_twin = handler.events.iter().any(|event| event.name == twin);
    (takes_twin && !is_all_zero(&id)).then(|| EventKey { id: id.into_owned(), event_type: twin.to_owned() })
}

/// Returns a key for the object of an event that is unique across accounts and modes. An id that
/// people choose, such as the id of a coupon, is unique within one account and mode only.
fn object_key(arrival: &Arrival) -> Option<String> {
    let id = arrival.object_id.as_ref()?;
    let mode = if arrival.livemode == Some(false) { "test" } else { "live" };
    Some(match arrival.account.as_ref().or(arrival.context.as_ref()) {
        Some(account) => format!("{account}/{mode}/{id}"),
        None => format!("{mode}/{id}"),
    })
}

/// Returns the row of an event, without its runs. A member that cannot be read is left out: the
/// handler that needs it reports the error.
fn arrival(cx: &EventContext<'_>, source: EventSource) -> Arrival {
    let envelope = cx.envelope;
    let text = |found: Option<std::borrow::Cow<'_, str>>| found.map(std::borrow::Cow::into_owned);
    let is_thin = envelope.form == Some(EventForm::Thin);
    let (object_kind, object_id) = match is_thin {
        true => {
            let member = |name| text(envelope.nested_text_member("related_object", name).ok().flatten());
            (member("type"), member("id"))
        }
        false => kind_and_id(cx),
    };
    let body = envelope.received_bytes();
    Arrival {
        key: EventKey::new(&envelope.id, &envelope.event_type, &body),
        form: if is_thin { "thin" } else { "snapshot" },
        source,
        api_version: cx.api_version().ok().flatten().map(|version| version.as_str().to_owned()),
        created: created_milliseconds(envelope),
        livemode: cx.livemode().ok(),
        account: text(envelope.text_member("account").ok().flatten()),
        context: text(envelope.text_member("context").ok().flatten()),
        object_kind,
        object_id,
        body,
        is_answered: true,
        runs: Vec::new(),
    }
}

/// Returns the kind and the id of the object that a snapshot event carries. A few objects have no
/// id.
fn kind_and_id(cx: &EventContext<'_>) -> (Option<String>, Option<String>) {
    let object =
        cx.object_json().ok().and_then(|json| ObjectMembers::from_json(json, &["id", "object"]).ok()?);
    let member = |name| {
        let text = read_text(object.as_ref()?.get_by_name(name)?).ok()?;
        Some(text.into_owned())
    };
    (member("object"), member("id"))
}

/// Returns the time of the event in milliseconds since the Unix epoch.
fn created_milliseconds(envelope: &Envelope<'_>) -> Option<i64> {
    match envelope.form {
        Some(EventForm::Thin) => rfc3339::parse_rfc3339(&envelope.text_member("created").ok()??),
        _ => envelope.scalar_member::<i64>("created", "unix seconds").ok()??.checked_mul(1_000),
    }
}
