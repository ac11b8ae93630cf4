//! What is logged, and what never is.

mod refusals;

use std::fmt;

use delivery::{deliver_event, endpoint_builder, snapshot_event, thin_event};
use serde_json::{Value, json};
use stripe_hooks::{
    ApiVersionMismatch, ConnectedAccount, DefaultEndpoint, EndpointBuilder, Event, Livemode, Outcome,
    PreviousAttributes, Raw, RequestId, ThinEvent, objects::Charge, on_event,
};

use crate::log::{SECRET_MARKER, assert_shows, capture_log};

#[derive(stripe_hooks::EndpointName)]
struct LoggedEndpoint;

/// No endpoint has this name.
#[derive(stripe_hooks::EndpointName)]
struct NeverBuiltEndpoint;

#[on_event("charge.succeeded", endpoint = NeverBuiltEndpoint)]
async fn waits_in_vain() {}

#[on_event("charge.succeeded", endpoint = LoggedEndpoint)]
async fn decodes(_: Charge) {}

#[on_event("charge.failed", endpoint = LoggedEndpoint)]
async fn fails() -> Result<(), OuterError> {
    Err(OuterError(InnerError))
}

#[on_event("charge.pending", endpoint = LoggedEndpoint)]
async fn parks() -> Outcome {
    Outcome::park(OuterError(InnerError))
}

#[on_event("charge.expired", endpoint = LoggedEndpoint)]
async fn ignores() -> Outcome {
    Outcome::ignore(OuterError(InnerError))
}

#[on_event("charge.captured", endpoint = LoggedEndpoint)]
async fn panics() {
    std::panic::panic_any("as if by a mistake");
}

#[on_event("charge.refunded", endpoint = LoggedEndpoint)]
async fn reads_the_envelope(_: Event<Raw>) {}

#[on_event("charge.refund.updated", endpoint = LoggedEndpoint)]
async fn reads_parts_of_the_envelope(_: Livemode, _: Option<ConnectedAccount>, _: Option<RequestId>) {}

#[on_event("charge.updated", endpoint = LoggedEndpoint)]
async fn reads_an_old_value(previous: PreviousAttributes) -> Result<(), stripe_hooks::Rejection> {
    previous.get::<i64>("amount").map(drop)
}

#[on_event("v1.charge.failed", endpoint = LoggedEndpoint)]
async fn reads_a_thin_event(_: ThinEvent) {}

#[derive(Debug)]
struct OuterError(InnerError);

#[derive(Debug)]
struct InnerError;

impl fmt::Display for OuterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the order cannot be fulfilled")
    }
}

impl fmt::Display for InnerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the database is away")
    }
}

impl std::error::Error for InnerError {}

impl std::error::Error for OuterError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// An event that says something which is nobody's business wherever it can.
fn event_json(event_type: &str) -> Value {
    let mut event = snapshot_event(
        event_type,
        &json!({"id": SECRET_MARKER, SECRET_MARKER: {SECRET_MARKER: [SECRET_MARKER]}, "description": SECRET_MARKER}),
    );
    event["account"] = json!(SECRET_MARKER);
    event["context"] = json!(SECRET_MARKER);
    event["request"] = json!({"id": SECRET_MARKER, "idempotency_key": SECRET_MARKER});
    event["data"]["previous_attributes"] = json!({"amount": SECRET_MARKER, SECRET_MARKER: SECRET_MARKER});
    event[SECRET_MARKER] = json!(SECRET_MARKER);
    event
}

fn log_of_delivery(body: impl ToString) -> String {
    log_of_builder(endpoint_builder::<LoggedEndpoint>(), body)
}

fn log_of_builder(builder: EndpointBuilder, body: impl ToString) -> String {
    capture_log(builder, async move |endpoint| drop(deliver_event(endpoint, body).await))
}

#[test]
fn a_run_is_logged_with_event_type_handler_outcome_and_duration() {
    let log = log_of_delivery(event_json("charge.refunded"));
    assert_shows(
        &log,
        &[
            "INFO stripe_event{endpoint=\"all::logging::LoggedEndpoint\" id=evt_1SjW8b type=charge.refunded}",
            r#"handler="all::logging::reads_the_envelope" outcome="done" duration_ms="#,
        ],
    );
}

#[test]
fn the_endpoint_without_a_name_is_called_default() {
    let builder = endpoint_builder::<DefaultEndpoint>().on_unhandled(async |_| ());
    let log = log_of_builder(builder, snapshot_event("invoice.paid", &json!({})));
    assert_shows(&log, &["stripe_event{endpoint=\"default\" id="]);
}

#[test]
fn the_start_shows_the_handlers_and_those_whose_endpoint_was_not_built() {
    assert_shows(
        &log_of_delivery(event_json("charge.refunded")),
        &[
            "endpoint=\"all::logging::LoggedEndpoint\"",
            "INFO stripe_hooks::endpoint::startup_log: handler `all::logging::decodes` of `charge.succeeded` (tests/logging.rs:",
            "WARN stripe_hooks::endpoint::startup_log: handler `all::logging::waits_in_vain` of `charge.succeeded` (tests/logging.rs:",
            "belongs to endpoint `all::logging::NeverBuiltEndpoint`, which has not been built so far",
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
        let log = log_of_delivery(event_json(event_type));
        assert_shows(
            &log,
            &[level, &outcome, r#"error="the order cannot be fulfilled: the database is away""#],
        );
        let log = log_of_builder(
            endpoint_builder::<LoggedEndpoint>().log_handler_errors(false),
            event_json(event_type),
        );
        assert_shows(&log, &[&outcome, r#"error="(not logged)""#]);
        assert!(!log.contains("is away"), "{log}");
    }
    let log = log_of_delivery(event_json("charge.captured"));
    assert_shows(&log, &[r#"outcome="failed""#, r#"error="the handler panicked""#]);
}

#[test]
fn the_place_where_an_object_does_not_fit_shows_even_where_handlers_errors_are_not_logged() {
    let mut event = event_json("charge.succeeded");
    event["data"]["object"] = json!({"id": SECRET_MARKER, "object": "charge", "amount": SECRET_MARKER});
    let log = log_of_builder(endpoint_builder::<LoggedEndpoint>().log_handler_errors(false), event);
    assert_shows(&log, &["outcome=\"failed\"", "data.object.amount: expected"]);
}

#[test]
fn an_object_that_does_not_decode_shows_by_its_path_and_the_api_version() {
    let charge = |key: &str, value: Value| {
        let mut charge = json!({
            "id": SECRET_MARKER, "object": "charge", "amount": 1, "amount_captured": 1, "amount_refunded": 0,
            "billing_details": {"name": SECRET_MARKER}, "captured": true, "created": 1, "currency": "usd", "disputed": false,
            "livemode": false, "paid": true, "refunded": false, "metadata": {SECRET_MARKER: SECRET_MARKER}, "status": SECRET_MARKER,
        });
        charge[key] = value;
        let mut event = event_json("charge.succeeded");
        event["data"]["object"] = charge;
        log_of_delivery(event)
    };
    assert_shows(&charge("status", json!("succeeded")), &["outcome=\"done\""]);
    let version = format!("(the event is of API version {})", stripe_hooks::API_VERSION);
    for (path, log) in [
        ("data.object.amount: ", charge("amount", json!(SECRET_MARKER))),
        ("data.object.amount: ", charge("amount", json!({SECRET_MARKER: SECRET_MARKER}))),
        ("data.object.billing_details.name: ", charge("billing_details", json!({"name": [SECRET_MARKER]}))),
        ("data.object.metadata", charge("metadata", json!({SECRET_MARKER: {SECRET_MARKER: SECRET_MARKER}}))),
        ("data.object: ", charge("object", json!(SECRET_MARKER))),
    ] {
        assert_shows(&log, &["outcome=\"failed\"", path, &version]);
    }
}

#[test]
fn an_envelope_that_does_not_hold_what_is_asked_for_shows_by_the_path() {
    let odd = json!({SECRET_MARKER: SECRET_MARKER});
    let with = |event_type: &str, key: &str, value: &Value| {
        let mut event = event_json(event_type);
        event[key] = value.clone();
        log_of_delivery(event)
    };
    for key in ["created", "livemode", "account", "context", "api_version", "pending_webhooks"] {
        let log = with("charge.refunded", key, &odd);
        assert_shows(&log, &["outcome=\"failed\"", &format!("error=\"{key}: expected ")]);
    }
    assert_shows(
        &with("charge.refund.updated", "request", &json!([SECRET_MARKER])),
        &["error=\"request: expected an object"],
    );
    assert_shows(
        &with("charge.refund.updated", "request", &json!({"id": odd})),
        &["error=\"request.id: expected a string"],
    );
    assert_shows(
        &with("charge.refunded", "data", &json!(SECRET_MARKER)),
        &["error=\"data: expected an object"],
    );
    assert_shows(
        &with("charge.refunded", "data", &odd),
        &["error=\"data.object: the event does not have it"],
    );
    assert_shows(
        &log_of_delivery(event_json("charge.updated")),
        &["error=\"data.previous_attributes.amount: expected i64"],
    );

    let mut event = thin_event("v1.charge.failed", &odd);
    assert_shows(&log_of_delivery(&event), &["error=\"related_object.id: the event does not have it"]);
    event["reason"] = json!(SECRET_MARKER);
    assert_shows(&log_of_delivery(&event), &["error=\"reason: expected an object"]);
}

#[test]
fn an_event_that_nobody_takes_shows_with_what_is_known_of_it() {
    let object = json!({"id": SECRET_MARKER});
    assert_shows(&log_of_delivery(snapshot_event("charge.of_the_future", &object)), &["known=false"]);
    assert_shows(&log_of_delivery(snapshot_event("invoice.paid", &object)), &["known=true"]);
    assert_shows(
        &log_of_delivery(thin_event("charge.succeeded", &object)),
        &["the name of the event does not fit its `object`"],
    );
    assert_shows(
        &log_of_delivery(thin_event("v1.charge.succeeded", &object)),
        &["this is a thin event, and handlers take its snapshot twin `charge.succeeded`"],
    );
}

#[test]
fn the_other_mode_and_another_api_version_show() {
    let mut event = event_json("charge.refunded");
    event["livemode"] = json!(true);
    assert_shows(
        &log_of_builder(endpoint_builder::<LoggedEndpoint>().only_test(), &event),
        &["acknowledged an event of the other mode"],
    );
    event["livemode"] = json!(SECRET_MARKER);
    assert_shows(
        &log_of_builder(endpoint_builder::<LoggedEndpoint>().only_test(), &event),
        &["cannot read the mode of the event"],
    );
    event["livemode"] = json!(true);
    event["api_version"] = json!("2020-08-27");
    let log = capture_log(endpoint_builder::<LoggedEndpoint>(), async |endpoint| {
        for _ in 0..3 {
            deliver_event(endpoint, &event).await;
        }
    });
    assert_eq!(log.matches("another API version").count(), 1, "{log}");
    assert_shows(&log, &["api_version=\"2020-08-27\"", "events come in another API version"]);
    let ignoring = endpoint_builder::<LoggedEndpoint>().on_api_version_mismatch(ApiVersionMismatch::Ignore);
    assert!(!log_of_builder(ignoring, &event).contains("another API version"));
}
