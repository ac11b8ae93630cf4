//! Lanes: the runs of one handler for one object go one at a time, in the order in which their events happened.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};
use stripe_hooks::{Endpoint, EndpointName, EventId, Outcome, State, inbox::Filter, on_event};

use crate::test_inbox::{
    CallCounts, HandlerGate, TestInbox, deliver_event, event_json, on_both_engines, wait_until,
};

on_both_engines! {
    runs_for_one_object_go_one_at_a_time_in_the_order_in_which_their_events_happened,
    events_of_one_second_go_in_the_order_in_which_they_came,
    other_objects_and_what_has_no_id_are_not_blocked,
    the_database_refuses_a_second_run_of_a_lane,
    a_failed_run_that_waits_for_its_retry_blocks_its_lane,
    a_parked_run_lets_others_pass_unless_it_is_to_block_them,
    who_skips_the_run_that_blocks_a_lane_frees_it,
    an_event_is_stale_when_its_object_was_handled_from_one_of_a_later_second,
    a_newer_event_that_was_parked_or_skipped_makes_none_stale,
}

/// What handlers did, in its order.
#[derive(Clone, Default)]
pub(crate) struct OrderLog(Arc<Mutex<Vec<String>>>);

impl OrderLog {
    fn add_line(&self, line: impl Into<String>) {
        self.0.lock().unwrap().push(line.into());
    }

    /// The lines that speak of this object.
    pub(crate) fn lines_of_object(&self, object: &str) -> Vec<String> {
        let is_of_object = |line: &&String| line.split([' ', '.']).nth(1) == Some(object);
        self.0.lock().unwrap().iter().filter(is_of_object).cloned().collect()
    }
}

/// The event `object.second`, which happened in that second.
pub(crate) fn event_at_second(object: &str, second: i64) -> Value {
    let mut event = event_json(&format!("{object}.{second}"), "charge.updated");
    event["data"]["object"]["id"] = json!(object);
    event["created"] = json!(delivery::NOW - 1_000 + second);
    event
}

pub(crate) async fn deliver_all(endpoint: &Endpoint, events: impl IntoIterator<Item = Value>) {
    for event in events {
        assert_eq!(deliver_event(endpoint, &event).await, 200);
    }
}

/// The run of this handler on this event.
async fn state_of_run(
    test_inbox: &TestInbox,
    endpoint: &Endpoint,
    handler: &str,
    event: &str,
) -> (String, Option<String>) {
    let runs = endpoint.inbox().unwrap().list(&Filter::new().handler(handler).event(event)).await.unwrap();
    assert_eq!(runs.len(), 1, "{:#?}", test_inbox.all_runs().await);
    (runs[0].state.as_str().to_owned(), runs[0].error.clone())
}

/// Waits until the run of this handler on this event is in this state.
async fn wait_for_run_state(
    test_inbox: &TestInbox,
    endpoint: &Endpoint,
    handler: &str,
    event: &str,
    state: &str,
) {
    let what = format!("the state {state} of {handler} on {event}");
    wait_until(&what, async || state_of_run(test_inbox, endpoint, handler, event).await.0 == state).await;
}

#[derive(stripe_hooks::EndpointName)]
pub(crate) struct OrderlyEndpoint;

#[on_event("charge.updated", name = "in_order", order = "object", backoff = "1ms", endpoint = OrderlyEndpoint)]
async fn in_order(
    id: EventId,
    State(order_log): State<OrderLog>,
    State(calls): State<CallCounts>,
) -> Result<(), &'static str> {
    order_log.add_line(format!("begun {id}"));
    tokio::time::sleep(Duration::from_millis(1)).await;
    order_log.add_line(format!("ended {id}"));
    match calls.count_call(id.as_str()) {
        1 if id.as_str().ends_with('3') => Err("as it happens"),
        _ => Ok(()),
    }
}

async fn runs_for_one_object_go_one_at_a_time_in_the_order_in_which_their_events_happened(
    test_inbox: TestInbox,
) {
    let order_log = OrderLog::default();
    let endpoint = test_inbox
        .endpoint_builder::<OrderlyEndpoint>()
        .state(order_log.clone())
        .inbox(test_inbox.open_inbox())
        .build()
        .unwrap();
    let inbox = endpoint.inbox().unwrap();
    inbox.pause(OrderlyEndpoint::NAME, "in_order", "ada").await.unwrap();
    let objects = ["a", "b", "c"];
    // From the last to the first, and the objects' in turn.
    for second in (1..=12).rev() {
        deliver_all(&endpoint, objects.map(|object| event_at_second(object, second))).await;
    }
    inbox.resume(OrderlyEndpoint::NAME, "in_order", "ada").await.unwrap();
    let runs = test_inbox.wait_until_ended().await;
    assert!(runs.iter().all(|run| run.state == "done"), "{runs:#?}");
    let expected = |object: &str| -> Vec<String> {
        let times = |second: i64| if second == 3 { 2 } else { 1 };
        let both = |second: i64| ["begun", "ended"].map(|word| format!("{word} {object}.{second}"));
        (1..=12).flat_map(|second| std::iter::repeat_n(both(second), times(second)).flatten()).collect()
    };
    for object in objects {
        assert_eq!(order_log.lines_of_object(object), expected(object));
    }
}

async fn events_of_one_second_go_in_the_order_in_which_they_came(test_inbox: TestInbox) {
    let order_log = OrderLog::default();
    let endpoint = test_inbox
        .endpoint_builder::<OrderlyEndpoint>()
        .state(order_log.clone())
        .inbox(test_inbox.open_inbox())
        .build()
        .unwrap();
    let inbox = endpoint.inbox().unwrap();
    inbox.pause(OrderlyEndpoint::NAME, "in_order", "ada").await.unwrap();
    let names = ["q", "b", "x", "a", "m"];
    for name in names {
        let mut event = event_at_second("a", 7);
        event["id"] = json!(format!("a.7.{name}"));
        deliver_all(&endpoint, [event]).await;
    }
    inbox.resume(OrderlyEndpoint::NAME, "in_order", "ada").await.unwrap();
    test_inbox.wait_until_ended().await;
    let expected: Vec<_> =
        names.iter().flat_map(|name| ["begun", "ended"].map(|word| format!("{word} a.7.{name}"))).collect();
    assert_eq!(order_log.lines_of_object("a"), expected);
}

#[derive(stripe_hooks::EndpointName)]
struct BlockedEndpoint;

#[on_event("charge.updated", name = "waits", order = "object", endpoint = BlockedEndpoint)]
async fn waits(id: EventId, State(calls): State<CallCounts>, State(gate): State<HandlerGate>) {
    calls.count_call(id.as_str());
    if id.as_str().starts_with("slow") {
        let _ = gate.0.acquire().await;
    }
}

async fn other_objects_and_what_has_no_id_are_not_blocked(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<BlockedEndpoint>();
    let without_id = |name: &str| {
        let mut event = event_at_second(name, 9);
        event["data"]["object"].as_object_mut().unwrap().remove("id");
        event
    };
    deliver_all(&endpoint, [event_at_second("slow", 5)]).await;
    wait_for_run_state(&test_inbox, &endpoint, "waits", "slow.5", "running").await;
    deliver_all(&endpoint, (6..40).map(|second| event_at_second("slow", second))).await;
    deliver_all(
        &endpoint,
        [
            event_at_second("slow", 4),
            event_at_second("other", 1),
            without_id("slow none"),
            without_id("none"),
        ],
    )
    .await;
    wait_for_run_state(&test_inbox, &endpoint, "waits", "other.1", "done").await;
    wait_for_run_state(&test_inbox, &endpoint, "waits", "none.9", "done").await;
    wait_for_run_state(&test_inbox, &endpoint, "waits", "slow none.9", "running").await;
    // Of a lane, only the first is ever looked at.
    let ready = "SELECT count(*) FROM stripe_hooks_runs WHERE state = 'pending' AND NOT blocked";
    assert_eq!(test_inbox.query_integer(ready).await, 0);
    assert_eq!(
        (test_inbox.call_counts.calls_of("slow.4"), test_inbox.call_counts.calls_of("slow.6")),
        (0, 0)
    );
    let inbox = endpoint.inbox().unwrap();
    let run = inbox.list(&Filter::new().event("slow.4")).await.unwrap()[0].id;
    assert_eq!(inbox.show(run).await.unwrap().unwrap().lane.as_deref(), Some("test/slow"));
    test_inbox.handler_gate.0.add_permits(100);
    assert!(test_inbox.wait_until_ended().await.iter().all(|run| run.state == "done" && run.attempts == 1));
}

async fn the_database_refuses_a_second_run_of_a_lane(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<GuardedEndpoint>();
    endpoint.inbox().unwrap().pause(GuardedEndpoint::NAME, "never", "ada").await.unwrap();
    deliver_all(&endpoint, (1..=3).map(|second| event_at_second("a", second))).await;
    test_inbox.database.assert_unique_violation("UPDATE stripe_hooks_runs SET state = 'running'").await;
}

#[derive(stripe_hooks::EndpointName)]
pub(crate) struct GuardedEndpoint;

#[on_event("charge.updated", name = "never", order = "object", endpoint = GuardedEndpoint)]
async fn never() {}

#[derive(stripe_hooks::EndpointName)]
struct FailingInLaneEndpoint;

#[on_event("charge.updated", name = "fails_first", order = "object", endpoint = FailingInLaneEndpoint)]
async fn fails_first(id: EventId, State(calls): State<CallCounts>) -> Outcome {
    match (id.as_str(), calls.count_call(id.as_str())) {
        ("a.1", 1) => Outcome::retry_after(Duration::from_secs(3_600), "not yet"),
        ("a.2", _) if calls.calls_of("a.1") < 2 => panic!("it has passed the one before"),
        _ => Outcome::done(),
    }
}

async fn a_failed_run_that_waits_for_its_retry_blocks_its_lane(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<FailingInLaneEndpoint>();
    deliver_all(&endpoint, [event_at_second("a", 1), event_at_second("a", 2), event_at_second("b", 2)]).await;
    wait_for_run_state(&test_inbox, &endpoint, "fails_first", "b.2", "done").await;
    test_inbox.wait_for_runs("the first failure", |runs| runs[0].error.is_some()).await;
    assert_eq!(state_of_run(&test_inbox, &endpoint, "fails_first", "a.2").await.0, "pending");
    // As if its hour had passed.
    let passed = test_inbox.database.time_literal(-1);
    test_inbox
        .execute_sql(format!("UPDATE stripe_hooks_runs SET run_at = {passed} WHERE counts_for_id = 'a.1'"))
        .await;
    let runs = test_inbox.wait_until_ended().await;
    assert_eq!(runs.iter().map(|run| run.attempts).collect::<Vec<_>>(), [2, 1, 1]);
    assert!(runs.iter().all(|run| run.state == "done"), "{runs:#?}");
}

#[derive(stripe_hooks::EndpointName)]
struct ParkingEndpoint;

#[on_event("charge.updated", name = "passes", order = "object", endpoint = ParkingEndpoint)]
async fn passes(id: EventId, State(calls): State<CallCounts>) -> Outcome {
    park_first_attempt(&id, &calls, "passes")
}

#[on_event("charge.updated", name = "blocks", order = "object", parked = "holds", endpoint = ParkingEndpoint)]
async fn blocks(id: EventId, State(calls): State<CallCounts>) -> Outcome {
    park_first_attempt(&id, &calls, "blocks")
}

/// Parks the event `a.1` the first time.
fn park_first_attempt(id: &EventId, calls: &CallCounts, handler: &str) -> Outcome {
    match (id.as_str(), calls.count_call(format!("{handler} {id}"))) {
        ("a.1", 1) => Outcome::park("it will never work"),
        _ => Outcome::done(),
    }
}

async fn a_parked_run_lets_others_pass_unless_it_is_to_block_them(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<ParkingEndpoint>();
    deliver_all(&endpoint, [event_at_second("a", 1)]).await;
    wait_for_run_state(&test_inbox, &endpoint, "blocks", "a.1", "parked").await;
    wait_for_run_state(&test_inbox, &endpoint, "passes", "a.1", "parked").await;
    // An earlier event is not blocked.
    deliver_all(
        &endpoint,
        [event_at_second("a", 2), event_at_second("a", 3), event_at_second("a", 0), event_at_second("b", 2)],
    )
    .await;
    for (handler, event) in [("passes", "a.3"), ("passes", "a.0"), ("blocks", "a.0"), ("blocks", "b.2")] {
        wait_for_run_state(&test_inbox, &endpoint, handler, event, "done").await;
    }
    assert_eq!(state_of_run(&test_inbox, &endpoint, "blocks", "a.2").await.0, "pending");
    assert_eq!(
        (test_inbox.call_counts.calls_of("blocks a.2"), test_inbox.call_counts.calls_of("blocks a.3")),
        (0, 0)
    );
    let inbox = endpoint.inbox().unwrap();
    let replayed = inbox.replay(&Filter::new().event("a.1").handler("blocks"), "ada").await.unwrap();
    assert_eq!(replayed.len(), 1);
    wait_for_run_state(&test_inbox, &endpoint, "blocks", "a.3", "done").await;
    assert_eq!(test_inbox.call_counts.calls_of("blocks a.1"), 2);
}

async fn who_skips_the_run_that_blocks_a_lane_frees_it(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<ParkingEndpoint>();
    deliver_all(&endpoint, [event_at_second("a", 1), event_at_second("a", 2)]).await;
    wait_for_run_state(&test_inbox, &endpoint, "blocks", "a.1", "parked").await;
    let inbox = endpoint.inbox().unwrap();
    inbox.skip(&Filter::new().event("a.1"), "ada", "known to be odd").await.unwrap();
    wait_for_run_state(&test_inbox, &endpoint, "blocks", "a.2", "done").await;
}

#[derive(stripe_hooks::EndpointName)]
struct FreshEndpoint;

#[on_event("charge.updated", name = "fresh", order = "object", stale = "skip", retries = 0, endpoint = FreshEndpoint)]
async fn fresh(id: EventId, State(calls): State<CallCounts>) -> Result<(), &'static str> {
    calls.count_call(id.as_str());
    if id.as_str().starts_with("broken") { Err("as it happens") } else { Ok(()) }
}

/// Delivers the event, and waits until its run is done. Returns `true` if the handler has run, and
/// checks that the run was otherwise skipped as stale.
async fn deliver_and_check_handled(test_inbox: &TestInbox, endpoint: &Endpoint, sent: Value) -> bool {
    let id = sent["id"].as_str().unwrap().to_owned();
    assert_eq!(deliver_event(endpoint, &sent).await, 200);
    wait_for_run_state(test_inbox, endpoint, "fresh", &id, "done").await;
    let note = state_of_run(test_inbox, endpoint, "fresh", &id).await.1;
    let was_run = test_inbox.call_counts.calls_of(&id) == 1;
    assert_eq!(note.is_none(), was_run, "{note:?}");
    assert!(note.is_none_or(|note| note == "its object was handled from a newer event"));
    was_run
}

async fn an_event_is_stale_when_its_object_was_handled_from_one_of_a_later_second(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<FreshEndpoint>();
    let same_second = |name: &str| {
        let mut event = event_at_second("a", 10);
        event["id"] = json!(name);
        event
    };
    assert!(deliver_and_check_handled(&test_inbox, &endpoint, event_at_second("a", 10)).await);
    assert!(!deliver_and_check_handled(&test_inbox, &endpoint, event_at_second("a", 9)).await);
    assert!(deliver_and_check_handled(&test_inbox, &endpoint, same_second("the same second")).await);
    assert!(deliver_and_check_handled(&test_inbox, &endpoint, event_at_second("a", 11)).await);
    assert!(!deliver_and_check_handled(&test_inbox, &endpoint, same_second("the same second, later")).await);
    assert!(deliver_and_check_handled(&test_inbox, &endpoint, event_at_second("b", 1)).await);
    // What has the same id in another account, or in the other mode, is another object.
    let mut elsewhere = event_at_second("a", 2);
    elsewhere["account"] = json!("acct_1");
    assert!(deliver_and_check_handled(&test_inbox, &endpoint, elsewhere).await);
    let mut live = event_at_second("a", 3);
    live["livemode"] = json!(true);
    assert!(deliver_and_check_handled(&test_inbox, &endpoint, live).await);
}

async fn a_newer_event_that_was_parked_or_skipped_makes_none_stale(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<FreshEndpoint>();
    deliver_all(&endpoint, [event_at_second("broken", 10)]).await;
    wait_for_run_state(&test_inbox, &endpoint, "fresh", "broken.10", "parked").await;
    let older = |second: i64| {
        let mut event = event_at_second("broken", second);
        event["id"] = json!(format!("older {second}"));
        event
    };
    assert!(deliver_and_check_handled(&test_inbox, &endpoint, older(8)).await);
    endpoint.inbox().unwrap().skip(&Filter::new().event("broken.10"), "ada", "odd").await.unwrap();
    assert!(deliver_and_check_handled(&test_inbox, &endpoint, older(9)).await);
    assert!(!deliver_and_check_handled(&test_inbox, &endpoint, older(7)).await);
}

#[test]
fn an_order_without_an_inbox_keeps_an_endpoint_from_being_built() {
    let error =
        delivery::endpoint_builder::<FreshEndpoint>().state(CallCounts::default()).build().unwrap_err();
    assert!(error.is_handler());
    let error = error.to_string();
    assert!(
        error.contains("handler `fresh` of `charge.updated`")
            && error.contains("lanes.rs:")
            && error.contains("keeps an order, which an endpoint without an inbox cannot; give the builder one with `.inbox(…)`"),
        "{error}"
    );
}
