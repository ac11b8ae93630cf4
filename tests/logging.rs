//! What is logged, and what never is.

mod refusals;

use std::fmt;

use delivery::{deliver, endpoint, snapshot, thin};
use serde_json::{Value, json};
use stripe_hooks::{
    ApiVersionMismatch, ConnectedAccount, DefaultEndpoint, EndpointBuilder, Event, Livemode, Outcome,
    PreviousAttributes, Raw, RequestId, ThinEvent, objects::Charge, on_event,
};

use crate::log::{CANARY, assert_shows, logged};

#[derive(stripe_hooks::EndpointName)]
struct Logged;

/// No endpoint has this name.
#[derive(stripe_hooks::EndpointName)]
struct NeverBuilt;

#[on_event("charge.succeeded", endpoint = NeverBuilt)]
async fn waits_in_vain() {}

#[on_event("charge.succeeded", endpoint = Logged)]
async fn decodes(_: Charge) {}

#[on_event("charge.failed", endpoint = Logged)]
async fn fails() -> Result<(), Outer> {
    Err(Outer(Inner))
}

#[on_event("charge.pending", endpoint = Logged)]
async fn parks() -> Outcome {
    Outcome::park(Outer(Inner))
}

#[on_event("charge.expired", endpoint = Logged)]
async fn ignores() -> Outcome {
    Outcome::ignore(Outer(Inner))
}

#[on_event("charge.captured", endpoint = Logged)]
async fn panics() {
    std::panic::panic_any("as if by a mistake");
}

#[on_event("charge.refunded", endpoint = Logged)]
async fn reads_the_envelope(_: Event<Raw>) {}

#[on_event("charge.refund.updated", endpoint = Logged)]
async fn reads_parts_of_the_envelope(_: Livemode, _: Option<ConnectedAccount>, _: Option<RequestId>) {}

#[on_event("charge.updated", endpoint = Logged)]
async fn reads_an_old_value(previous: PreviousAttributes) -> Result<(), stripe_hooks::Rejection> {
    previous.get::<i64>("amount").map(drop)
}

#[on_event("v1.charge.failed", endpoint = Logged)]
async fn reads_a_thin_event(_: ThinEvent) {}

#[derive(Debug)]
struct Outer(Inner);

#[derive(Debug)]
struct Inner;

impl fmt::Display for Outer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the order cannot be fulfilled")
    }
}

impl fmt::Display for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the database is away")
    }
}

impl std::error::Error for Inner {}

impl std::error::Error for Outer {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// An event that says something which is nobody's business wherever it can.
fn event(event_type: &str) -> Value {
    let mut event =
        snapshot(event_type, &json!({"id": CANARY, CANARY: {CANARY: [CANARY]}, "description": CANARY}));
    event["account"] = json!(CANARY);
    event["context"] = json!(CANARY);
    event["request"] = json!({"id": CANARY, "idempotency_key": CANARY});
    event["data"]["previous_attributes"] = json!({"amount": CANARY, CANARY: CANARY});
    event[CANARY] = json!(CANARY);
    event
}

fn log_of(body: impl ToString) -> String {
    log_of_builder(endpoint::<Logged>(), body)
}

fn log_of_builder(builder: EndpointBuilder, body: impl ToString) -> String {
    logged(builder, async move |endpoint| drop(deliver(endpoint, body).await))
}

#[test]
fn a_run_is_logged_with_event_type_handler_outcome_and_duration() {
    let log = log_of(event("charge.refunded"));
    assert_shows(
        &log,
        &[
            "INFO stripe_event{endpoint=\"all::logging::Logged\" id=evt_1SjW8b type=charge.refunded}",
            r#"handler="all::logging::reads_the_envelope" outcome="done" duration_ms="#,
        ],
    );
}

#[test]
fn the_endpoint_without_a_name_is_called_default() {
    let builder = endpoint::<DefaultEndpoint>().on_unhandled(async |_| ());
    let log = log_of_builder(builder, snapshot("invoice.paid", &json!({})));
    assert_shows(&log, &["stripe_event{endpoint=\"default\" id="]);
}

#[test]
fn the_start_shows_the_handlers_and_those_whose_endpoint_was_not_built() {
    assert_shows(
        &log_of(event("charge.refunded")),
        &[
            "endpoint=\"all::logging::Logged\"",
            "INFO stripe_hooks::endpoint::starting: handler `all::logging::decodes` of `charge.succeeded` (tests/logging.rs:",
            "WARN stripe_hooks::endpoint::starting: handler `all::logging::waits_in_vain` of `charge.succeeded` (tests/logging.rs:",
            "belongs to endpoint `all::logging::NeverBuilt`, which has not been built so far",
        ],
    );
}

#[test]
fn a_handlers_own_error_shows_with_its_causes_unless_that_is_switched_off() {
    for (event_type, outcome, level) in [
        ("charge.failed", "failed", "ERROR"),
        ("charge.pending", "parked", "ERROR"),
        ("charge.expired", "ignored", "INFO"),
    ] {
        let outcome = format!("outcome=\"{outcome}\"");
        let log = log_of(event(event_type));
        assert_shows(
            &log,
            &[level, &outcome, r#"error="the order cannot be fulfilled: the database is away""#],
        );
        let log = log_of_builder(endpoint::<Logged>().log_handler_errors(false), event(event_type));
        assert_shows(&log, &[&outcome, r#"error="(not logged)""#]);
        assert!(!log.contains("is away"), "{log}");
    }
    let log = log_of(event("charge.captured"));
    assert_shows(&log, &[r#"outcome="failed""#, r#"error="the handler panicked""#]);
}

#[test]
fn the_place_where_an_object_does_not_fit_shows_even_where_handlers_errors_are_not_logged() {
    let mut event = event("charge.succeeded");
    event["data"]["object"] = json!({"id": CANARY, "object": "charge", "amount": CANARY});
    let log = log_of_builder(endpoint::<Logged>().log_handler_errors(false), event);
    assert_shows(&log, &["outcome=\"failed\"", "data.object.amount: expected"]);
}

#[test]
fn an_object_that_does_not_decode_shows_by_its_path_and_the_api_version() {
    let charge = |key: &str, value: Value| {
        let mut charge = json!({
            "id": CANARY, "object": "charge", "amount": 1, "amount_captured": 1, "amount_refunded": 0,
            "billing_details": {"name": CANARY}, "captured": true, "created": 1, "currency": "usd", "disputed": false,
            "livemode": false, "paid": true, "refunded": false, "metadata": {CANARY: CANARY}, "status": CANARY,
        });
        charge[key] = value;
        let mut event = event("charge.succeeded");
        event["data"]["object"] = charge;
        log_of(event)
    };
    assert_shows(&charge("status", json!("succeeded")), &["outcome=\"done\""]);
    let version = format!("(the event is of API version {})", stripe_hooks::API_VERSION);
    for (path, log) in [
        ("data.object.amount: ", charge("amount", json!(CANARY))),
        ("data.object.amount: ", charge("amount", json!({CANARY: CANARY}))),
        ("data.object.billing_details.name: ", charge("billing_details", json!({"name": [CANARY]}))),
        ("data.object.metadata", charge("metadata", json!({CANARY: {CANARY: CANARY}}))),
        ("data.object: ", charge("object", json!(CANARY))),
    ] {
        assert_shows(&log, &["outcome=\"failed\"", path, &version]);
    }
}

#[test]
fn an_envelope_that_does_not_hold_what_is_asked_for_shows_by_the_path() {
    let odd = json!({CANARY: CANARY});
    let with = |event_type: &str, key: &str, value: &Value| {
        let mut event = event(event_type);
        event[key] = value.clone();
        log_of(event)
    };
    for key in ["created", "livemode", "account", "context", "api_version", "pending_webhooks"] {
        let log = with("charge.refunded", key, &odd);
        assert_shows(&log, &["outcome=\"failed\"", &format!("error=\"{key}: expected ")]);
    }
    assert_shows(
        &with("charge.refund.updated", "request", &json!([CANARY])),
        &["error=\"request: expected an object"],
    );
    assert_shows(
        &with("charge.refund.updated", "request", &json!({"id": odd})),
        &["error=\"request.id: expected a string"],
    );
    assert_shows(&with("charge.refunded", "data", &json!(CANARY)), &["error=\"data: expected an object"]);
    assert_shows(
        &with("charge.refunded", "data", &odd),
        &["error=\"data.object: the event does not have it"],
    );
    assert_shows(
        &log_of(event("charge.updated")),
        &["error=\"data.previous_attributes.amount: expected i64"],
    );

    let mut event = thin("v1.charge.failed", &odd);
    assert_shows(&log_of(&event), &["error=\"related_object.id: the event does not have it"]);
    event["reason"] = json!(CANARY);
    assert_shows(&log_of(&event), &["error=\"reason: expected an object"]);
}

#[test]
fn an_event_that_nobody_takes_shows_with_what_is_known_of_it() {
    let object = json!({"id": CANARY});
    assert_shows(&log_of(snapshot("charge.of_the_future", &object)), &["known=false"]);
    assert_shows(&log_of(snapshot("invoice.paid", &object)), &["known=true"]);
    assert_shows(
        &log_of(thin("charge.succeeded", &object)),
        &["the name of the event does not fit its `object`"],
    );
    assert_shows(
        &log_of(thin("v1.charge.succeeded", &object)),
        &["this is a thin event, and handlers take its snapshot twin `charge.succeeded`"],
    );
}

#[test]
fn the_other_mode_and_another_api_version_show() {
    let mut event = event("charge.refunded");
    event["livemode"] = json!(true);
    assert_shows(
        &log_of_builder(endpoint::<Logged>().only_test(), &event),
        &["acknowledged an event of the other mode"],
    );
    event["livemode"] = json!(CANARY);
    assert_shows(
        &log_of_builder(endpoint::<Logged>().only_test(), &event),
        &["cannot tell the mode of the event"],
    );
    event["livemode"] = json!(true);
    event["api_version"] = json!("2020-08-27");
    let log = logged(endpoint::<Logged>(), async |endpoint| {
        for _ in 0..3 {
            deliver(endpoint, &event).await;
        }
    });
    assert_eq!(log.matches("another API version").count(), 1, "{log}");
    assert_shows(&log, &["api_version=\"2020-08-27\"", "events come in another API version"]);
    let ignoring = endpoint::<Logged>().on_api_version_mismatch(ApiVersionMismatch::Ignore);
    assert!(!log_of_builder(ignoring, &event).contains("another API version"));
}
