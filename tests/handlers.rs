//! What becomes of an event between its verification and the answer: which handlers run, in which order, and what their ends mean.

use std::{error::Error, time::Duration};

use bytes::Bytes;
use delivery::{deliver_event, endpoint_builder, snapshot_event, thin_event};
use serde_json::{Value, json};
use stripe_hooks::{
    Answer, Endpoint, EndpointName, Event, EventId, EventTypeName, OrDeleted, Outcome, Raw, Reply, State,
    ThinEvent,
    objects::{Charge, Customer},
    on_event,
};

use crate::call_log::CallLog;

fn endpoint_with_log<Name: EndpointName>() -> (Endpoint, CallLog) {
    let calls = CallLog::default();
    let unhandled = calls.clone();
    let endpoint = endpoint_builder::<Name>().state(calls.clone()).on_unhandled(move |_| {
        unhandled.add_call("unhandled");
        std::future::ready(())
    });
    (endpoint.build().unwrap(), calls)
}

fn charge_object() -> Value {
    json!({
        "id": "ch_1", "object": "charge", "amount": 1099, "amount_captured": 1099, "amount_refunded": 0, "billing_details": {}, "captured": true,
        "created": 1, "currency": "usd", "disputed": false, "livemode": false, "paid": true, "refunded": false,
        "metadata": {}, "status": "succeeded",
    })
}

#[derive(EndpointName)]
struct OrderedEndpoint;

#[on_event("charge.succeeded", "charge.failed", endpoint = OrderedEndpoint)]
async fn first(calls: State<CallLog>) -> Result<(), &'static str> {
    calls.0.add_call("first");
    Err("as it happens")
}

#[on_event("charge.succeeded", endpoint = OrderedEndpoint)]
fn second_which_is_no_async_fn(State(calls): State<CallLog>, id: EventId) {
    assert_eq!(id, "evt_1SjW8b");
    calls.add_call("second");
}

#[on_event("charge.succeeded", endpoint = OrderedEndpoint)]
async fn third_which_decodes(charge: Charge, State(calls): State<CallLog>) {
    assert_eq!(charge.amount, 1099);
    calls.add_call("third");
}

#[on_event("charge.succeeded", endpoint = OrderedEndpoint)]
async fn fourth_which_panics(State(calls): State<CallLog>) {
    calls.add_call("fourth");
    tokio::task::yield_now().await;
    panic!("as if by a mistake");
}

#[on_event("charge.succeeded", endpoint = OrderedEndpoint)]
fn fifth_which_panics_before_it_waits_for_anything(State(calls): State<CallLog>) {
    calls.add_call("fifth");
    panic!("as if by a mistake");
}

#[on_event("charge.succeeded", endpoint = OrderedEndpoint)]
async fn sixth_which_fails_in_a_way_that_cannot_be_shown(
    State(calls): State<CallLog>,
) -> Result<(), Unshowable> {
    calls.add_call("sixth");
    Err(Unshowable)
}

#[on_event("charge.succeeded", endpoint = OrderedEndpoint)]
async fn seventh(State(calls): State<CallLog>, raw: Event<Raw>) -> Outcome {
    assert_eq!(raw.event_type, "charge.succeeded");
    calls.add_call("seventh");
    Outcome::done()
}

/// An error whose words are themselves a mistake, and whose cause is itself.
#[derive(Debug)]
struct Unshowable;

impl std::fmt::Display for Unshowable {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Err(std::fmt::Error)
    }
}

impl Error for Unshowable {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self)
    }
}

#[tokio::test]
async fn all_handlers_of_an_event_run_in_the_order_of_the_source_whatever_becomes_of_the_others() {
    let (endpoint, calls) = endpoint_with_log::<OrderedEndpoint>();
    for _ in 0..2 {
        let answer = deliver_event(&endpoint, snapshot_event("charge.succeeded", &charge_object())).await;
        assert_eq!((answer.status(), &answer.body()[..]), (500, &b"a handler failed\n"[..]));
        assert_eq!(calls.take_calls(), ["first", "second", "third", "fourth", "fifth", "sixth", "seventh"]);
    }
    assert_eq!((endpoint.counts().failed, endpoint.counts().handled), (2, 0));
}

#[tokio::test]
async fn a_handler_whose_object_does_not_decode_fails_alone() {
    let (endpoint, calls) = endpoint_with_log::<OrderedEndpoint>();
    for odd in [json!({"id": "ch_1"}), json!({"object": "invoice"}), json!("ch_1"), json!(null), json!([])] {
        let answer = deliver_event(&endpoint, snapshot_event("charge.succeeded", &odd)).await;
        assert_eq!(answer.status(), 500, "{odd}");
        let calls = calls.take_calls();
        assert!(
            !calls.contains(&"third") && calls.contains(&"first") && calls.contains(&"second"),
            "{odd}: {calls:?}"
        );
    }
}

#[derive(EndpointName)]
struct ForgetfulEndpoint;

#[on_event("customer.deleted", endpoint = ForgetfulEndpoint)]
async fn forgets(
    customer: OrDeleted<Customer>,
    event: Event<OrDeleted<Customer>>,
    State(calls): State<CallLog>,
) {
    assert_eq!(customer, event.data.object);
    calls.add_call(match customer {
        OrDeleted::Deleted(_) => "stub",
        OrDeleted::Present(_) => "whole",
    });
}

#[tokio::test]
async fn the_stub_of_a_deleted_object_reaches_the_handler_that_asks_for_it() {
    let (endpoint, calls) = endpoint_with_log::<ForgetfulEndpoint>();
    let stub = json!({"id": "cus_1", "object": "customer", "deleted": true});
    let whole = json!({"id": "cus_1", "object": "customer", "created": 1, "livemode": false});
    for (object, found) in [(stub, "stub"), (whole, "whole")] {
        assert_eq!(deliver_event(&endpoint, snapshot_event("customer.deleted", &object)).await.status(), 200);
        assert_eq!(calls.take_calls(), [found]);
    }
}

#[tokio::test]
async fn an_event_without_its_data_fails_the_handlers_that_ask_for_it() {
    let (endpoint, calls) = endpoint_with_log::<OrderedEndpoint>();
    let mut event = snapshot_event("charge.succeeded", &charge_object());
    for odd in [json!({}), json!(null), json!(7), json!([charge_object()])] {
        event["data"] = odd;
        assert_eq!(deliver_event(&endpoint, &event).await.status(), 500);
        assert_eq!(calls.take_calls(), ["first", "second", "fourth", "fifth", "sixth"]);
    }
}

#[tokio::test]
async fn an_event_that_has_the_name_and_not_the_form_is_nobodys() {
    let (endpoint, calls) = endpoint_with_log::<OrderedEndpoint>();
    let mut event = snapshot_event("charge.failed", &charge_object());
    for object in [json!("v2.core.event"), json!("v3.event"), json!(null), json!(7), json!(["event"])] {
        event["object"] = object;
        assert_eq!(deliver_event(&endpoint, &event).await.status(), 200);
        assert_eq!(calls.take_calls(), ["unhandled"]);
    }
    event["object"] = json!("event");
    assert_eq!(deliver_event(&endpoint, &event).await.status(), 500);
    assert_eq!(calls.take_calls(), ["first"]);
}

#[derive(EndpointName)]
struct OutcomesEndpoint;

#[on_event("charge.succeeded", endpoint = OutcomesEndpoint)]
async fn ends(State(calls): State<CallLog>) {
    calls.add_call("ends");
}

#[on_event("charge.failed", endpoint = OutcomesEndpoint)]
async fn fails(State(calls): State<CallLog>) -> Result<(), Box<dyn Error + Send + Sync>> {
    calls.add_call("fails");
    Err("the database is away")?
}

#[on_event("charge.captured", endpoint = OutcomesEndpoint)]
async fn is_done() -> Result<Outcome, std::io::Error> {
    Ok(Outcome::done())
}

#[on_event("charge.expired", endpoint = OutcomesEndpoint)]
async fn ignores() -> Outcome {
    Outcome::ignore("not one of ours")
}

#[on_event("charge.pending", endpoint = OutcomesEndpoint)]
async fn parks() -> Result<Outcome, std::io::Error> {
    Ok(Outcome::park("it will never work"))
}

#[on_event("charge.updated", endpoint = OutcomesEndpoint)]
async fn is_busy() -> Outcome {
    Outcome::retry_after(Duration::from_secs(60), "busy")
}

#[on_event("charge.updated", endpoint = OutcomesEndpoint)]
async fn is_busy_for_longer() -> Outcome {
    Outcome::retry_after(Duration::from_millis(90_001), "busy")
}

#[on_event("charge.refunded", endpoint = OutcomesEndpoint)]
async fn is_busy_for_ever() -> Outcome {
    Outcome::retry_after(Duration::MAX, "busy")
}

#[on_event("issuing_authorization.request", endpoint = OutcomesEndpoint)]
async fn replies() -> Result<Reply<Value>, std::io::Error> {
    Ok(Reply::new(json!({"approved": true})).header("Stripe-Version", "2026-10-28.endive"))
}

#[on_event("issuing_authorization.created", endpoint = OutcomesEndpoint)]
fn replies_with_its_own_type() -> Reply<&'static str> {
    Reply::new("yes").header("Content-Type", "text/x-json")
}

#[on_event("issuing_authorization.updated", endpoint = OutcomesEndpoint)]
fn replies_with_what_is_no_header() -> Reply<()> {
    Reply::new(()).header("X", "a\r\nSet-Cookie: b")
}

#[on_event("issuing_card.created", endpoint = OutcomesEndpoint)]
fn replies_with_what_is_no_json() -> Reply<std::collections::HashMap<(), ()>> {
    Reply::new([((), ())].into())
}

#[on_event("issuing_card.updated", endpoint = OutcomesEndpoint)]
fn replies_in_vain() -> Reply<bool> {
    Reply::new(true)
}

#[on_event("issuing_card.updated", endpoint = OutcomesEndpoint)]
fn fails_after_the_reply() -> Outcome {
    Outcome::retry("broken")
}

/// Status, headers and body.
fn answer_parts(answer: &Answer) -> (u16, Vec<(&str, &str)>, &str) {
    (answer.status(), answer.headers().collect(), std::str::from_utf8(answer.body()).unwrap())
}

#[tokio::test]
async fn the_end_of_a_handler_is_the_answer() {
    const TEXT_CONTENT_TYPE: (&str, &str) = ("content-type", "text/plain; charset=utf-8");
    const FAILED_BODY: &str = "a handler failed\n";
    let (endpoint, _) = endpoint_with_log::<OutcomesEndpoint>();
    let cases: [(&str, (u16, Vec<_>, &str)); 12] = [
        ("charge.succeeded", (200, vec![TEXT_CONTENT_TYPE], "ok\n")),
        ("charge.failed", (500, vec![TEXT_CONTENT_TYPE], FAILED_BODY)),
        ("charge.captured", (200, vec![TEXT_CONTENT_TYPE], "ok\n")),
        ("charge.expired", (200, vec![TEXT_CONTENT_TYPE], "ok\n")),
        ("charge.pending", (200, vec![TEXT_CONTENT_TYPE], "ok\n")),
        ("charge.updated", (500, vec![TEXT_CONTENT_TYPE, ("retry-after", "91")], FAILED_BODY)),
        (
            "charge.refunded",
            (500, vec![TEXT_CONTENT_TYPE, ("retry-after", "18446744073709551615")], FAILED_BODY),
        ),
        (
            "issuing_authorization.request",
            (
                200,
                vec![("Stripe-Version", "2026-10-28.endive"), ("content-type", "application/json")],
                r#"{"approved":true}"#,
            ),
        ),
        ("issuing_authorization.created", (200, vec![("Content-Type", "text/x-json")], r#""yes""#)),
        ("issuing_authorization.updated", (500, vec![TEXT_CONTENT_TYPE], FAILED_BODY)),
        ("issuing_card.created", (500, vec![TEXT_CONTENT_TYPE], FAILED_BODY)),
        ("issuing_card.updated", (500, vec![TEXT_CONTENT_TYPE], FAILED_BODY)),
    ];
    for (event, expected) in cases {
        let answer = deliver_event(&endpoint, snapshot_event(event, &json!({}))).await;
        assert_eq!(answer_parts(&answer), expected, "{event}");
    }
    assert_eq!((endpoint.counts().handled, endpoint.counts().failed), (6, 6));
}

#[derive(EndpointName)]
struct PatternedEndpoint;

#[on_event("charge.*", except("charge.dispute.*"), endpoint = PatternedEndpoint)]
async fn of_charges(State(calls): State<CallLog>, name: EventTypeName) {
    assert!(name.as_str().starts_with("charge."));
    calls.add_call("charges");
}

#[on_event("*", except("charge.*"), endpoint = PatternedEndpoint)]
async fn of_everything_else(State(calls): State<CallLog>) {
    calls.add_call("everything");
}

#[on_event("ledger.entry.created", unlisted, endpoint = PatternedEndpoint)]
async fn of_something_new(State(calls): State<CallLog>) {
    calls.add_call("new");
}

#[on_event("v1.charge.succeeded", endpoint = PatternedEndpoint)]
async fn of_a_twin(State(calls): State<CallLog>, event: ThinEvent) {
    assert_eq!(event.related_object.unwrap().id, "ch_1".into());
    calls.add_call("twin");
}

#[tokio::test]
async fn a_pattern_takes_what_it_names() {
    let (endpoint, calls) = endpoint_with_log::<PatternedEndpoint>();
    let cases: [(&str, &[&str]); 6] = [
        ("charge.succeeded", &["charges"]),
        ("charge.dispute.created", &["unhandled"]),
        ("charge.of_the_future", &["unhandled"]),
        ("invoice.paid", &["everything"]),
        ("something.of.the.future", &["everything"]),
        ("ledger.entry.created", &["everything", "new"]),
    ];
    for (event, expected) in cases {
        assert_eq!(
            deliver_event(&endpoint, snapshot_event(event, &json!({}))).await.status(),
            200,
            "{event}"
        );
        assert_eq!(calls.take_calls(), expected, "{event}");
    }
    let charge = json!({"id": "ch_1", "type": "charge", "url": "/v1/charges/ch_1"});
    for (event, expected) in
        [("v1.charge.succeeded", ["twin"]), ("v1.charge.failed", ["unhandled"]), ("v9.x", ["unhandled"])]
    {
        assert_eq!(deliver_event(&endpoint, thin_event(event, &charge)).await.status(), 200, "{event}");
        assert_eq!(calls.take_calls(), expected, "{event}");
    }
}

#[tokio::test]
async fn a_handler_runs_for_the_events_of_its_endpoint_only() {
    let (endpoint, calls) = endpoint_with_log::<OutcomesEndpoint>();
    // `OrderedEndpoint` has handlers for both events, which would write their own names into this
    // log.
    for (event, status, handler) in [("charge.succeeded", 200, "ends"), ("charge.failed", 500, "fails")] {
        assert_eq!(deliver_event(&endpoint, snapshot_event(event, &charge_object())).await.status(), status);
        assert_eq!(calls.take_calls(), [handler], "{event}");
    }
}

#[test]
fn a_delivery_can_be_received_on_any_thread() {
    fn assert_send<T: Send>(_: &T) {}
    fn assert_sync<T: Send + Sync + Clone>(_: &T) {}
    let (endpoint, _) = endpoint_with_log::<OutcomesEndpoint>();
    assert_sync(&endpoint);
    assert_send(&endpoint.receive(None, Bytes::new()));
    assert_send(&endpoint.dispatch_verified(Bytes::new()));
    assert_send(&endpoint.shutdown(Duration::ZERO));
}
