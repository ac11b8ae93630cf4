//! Lanes: the runs of one handler for one object go one at a time, in the order in which their events happened.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};
use stripe_hooks::{Endpoint, EndpointName, EventId, Outcome, State, inbox::Filter, on_event};

use crate::bench::{Bench, Gate, Seen, deliver, event, on_both};

on_both! {
    runs_for_one_object_go_one_at_a_time_in_the_order_in_which_their_events_happened,
    events_of_one_second_go_in_the_order_in_which_they_came,
    other_objects_and_what_has_no_id_are_not_held_up,
    the_database_refuses_a_second_run_of_a_lane,
    a_failed_run_that_waits_for_its_retry_holds_its_lane,
    a_parked_run_lets_others_pass_unless_it_is_to_hold_them,
    who_skips_the_run_that_holds_a_lane_frees_it,
    an_event_is_stale_when_its_object_was_handled_from_one_of_a_later_second,
    a_newer_event_that_was_parked_or_skipped_makes_none_stale,
}

/// What handlers did, in its order.
#[derive(Clone, Default)]
pub(crate) struct Journal(Arc<Mutex<Vec<String>>>);

impl Journal {
    fn write(&self, line: impl Into<String>) {
        self.0.lock().unwrap().push(line.into());
    }

    /// The lines that speak of this object.
    pub(crate) fn of(&self, object: &str) -> Vec<String> {
        let about = |line: &&String| line.split([' ', '.']).nth(1) == Some(object);
        self.0.lock().unwrap().iter().filter(about).cloned().collect()
    }
}

/// The event `object.second`, which happened in that second.
pub(crate) fn happened(object: &str, second: i64) -> Value {
    let mut event = event(&format!("{object}.{second}"), "charge.updated");
    event["data"]["object"]["id"] = json!(object);
    event["created"] = json!(delivery::NOW - 1_000 + second);
    event
}

pub(crate) async fn deliver_all(endpoint: &Endpoint, events: impl IntoIterator<Item = Value>) {
    for event in events {
        assert_eq!(deliver(endpoint, &event).await, 200);
    }
}

/// The run of this handler on this event.
async fn run_of(bench: &Bench, endpoint: &Endpoint, handler: &str, event: &str) -> (String, Option<String>) {
    let runs = endpoint.inbox().unwrap().list(&Filter::new().handler(handler).event(event)).await.unwrap();
    assert_eq!(runs.len(), 1, "{:#?}", bench.runs().await);
    (runs[0].state.as_str().to_owned(), runs[0].error.clone())
}

/// Waits until the run of this handler on this event is in this state.
async fn is(bench: &Bench, endpoint: &Endpoint, handler: &str, event: &str, state: &str) {
    let deadline = tokio::time::Instant::now() + crate::bench::PATIENCE;
    while run_of(bench, endpoint, handler, event).await.0 != state {
        assert!(tokio::time::Instant::now() < deadline, "{handler} on {event} is not {state}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[derive(stripe_hooks::EndpointName)]
pub(crate) struct Orderly;

#[on_event("charge.updated", name = "in_order", order = "object", backoff = "1ms", endpoint = Orderly)]
async fn in_order(
    id: EventId,
    State(journal): State<Journal>,
    State(seen): State<Seen>,
) -> Result<(), &'static str> {
    journal.write(format!("begun {id}"));
    tokio::time::sleep(Duration::from_millis(1)).await;
    journal.write(format!("ended {id}"));
    match seen.add(id.as_str()) {
        1 if id.as_str().ends_with('3') => Err("as it happens"),
        _ => Ok(()),
    }
}

async fn runs_for_one_object_go_one_at_a_time_in_the_order_in_which_their_events_happened(bench: Bench) {
    let journal = Journal::default();
    let endpoint = bench.builder::<Orderly>().state(journal.clone()).inbox(bench.inbox()).build().unwrap();
    let inbox = endpoint.inbox().unwrap();
    inbox.pause(Orderly::NAME, "in_order", "ada").await.unwrap();
    let objects = ["a", "b", "c"];
    // From the last to the first, and the objects' in turn.
    for second in (1..=12).rev() {
        deliver_all(&endpoint, objects.map(|object| happened(object, second))).await;
    }
    inbox.resume(Orderly::NAME, "in_order", "ada").await.unwrap();
    let runs = bench.ended().await;
    assert!(runs.iter().all(|run| run.state == "done"), "{runs:#?}");
    let expected = |object: &str| -> Vec<String> {
        let times = |second: i64| if second == 3 { 2 } else { 1 };
        let both = |second: i64| ["begun", "ended"].map(|word| format!("{word} {object}.{second}"));
        (1..=12).flat_map(|second| std::iter::repeat_n(both(second), times(second)).flatten()).collect()
    };
    for object in objects {
        assert_eq!(journal.of(object), expected(object));
    }
}

async fn events_of_one_second_go_in_the_order_in_which_they_came(bench: Bench) {
    let journal = Journal::default();
    let endpoint = bench.builder::<Orderly>().state(journal.clone()).inbox(bench.inbox()).build().unwrap();
    let inbox = endpoint.inbox().unwrap();
    inbox.pause(Orderly::NAME, "in_order", "ada").await.unwrap();
    let names = ["q", "b", "x", "a", "m"];
    for name in names {
        let mut event = happened("a", 7);
        event["id"] = json!(format!("a.7.{name}"));
        deliver_all(&endpoint, [event]).await;
    }
    inbox.resume(Orderly::NAME, "in_order", "ada").await.unwrap();
    bench.ended().await;
    let expected: Vec<_> =
        names.iter().flat_map(|name| ["begun", "ended"].map(|word| format!("{word} a.7.{name}"))).collect();
    assert_eq!(journal.of("a"), expected);
}

#[derive(stripe_hooks::EndpointName)]
struct Held;

#[on_event("charge.updated", name = "waits", order = "object", endpoint = Held)]
async fn waits(id: EventId, State(seen): State<Seen>, State(gate): State<Gate>) {
    seen.add(id.as_str());
    if id.as_str().starts_with("slow") {
        let _ = gate.0.acquire().await;
    }
}

async fn other_objects_and_what_has_no_id_are_not_held_up(bench: Bench) {
    let endpoint = bench.endpoint::<Held>();
    let without_id = |name: &str| {
        let mut event = happened(name, 9);
        event["data"]["object"].as_object_mut().unwrap().remove("id");
        event
    };
    deliver_all(&endpoint, [happened("slow", 5)]).await;
    is(&bench, &endpoint, "waits", "slow.5", "running").await;
    deliver_all(&endpoint, (6..40).map(|second| happened("slow", second))).await;
    deliver_all(
        &endpoint,
        [happened("slow", 4), happened("other", 1), without_id("slow none"), without_id("none")],
    )
    .await;
    is(&bench, &endpoint, "waits", "other.1", "done").await;
    is(&bench, &endpoint, "waits", "none.9", "done").await;
    is(&bench, &endpoint, "waits", "slow none.9", "running").await;
    // Of a lane, only the first is ever looked at.
    let ready = "SELECT count(*) FROM stripe_hooks_runs WHERE state = 'pending' AND NOT blocked";
    assert_eq!(bench.count(ready).await, 0);
    assert_eq!((bench.seen.times("slow.4"), bench.seen.times("slow.6")), (0, 0));
    let details = endpoint.inbox().unwrap();
    let run = details.list(&Filter::new().event("slow.4")).await.unwrap()[0].id;
    assert_eq!(details.show(run).await.unwrap().unwrap().lane.as_deref(), Some("test/slow"));
    bench.gate.0.add_permits(100);
    assert!(bench.ended().await.iter().all(|run| run.state == "done" && run.attempts == 1));
}

async fn the_database_refuses_a_second_run_of_a_lane(bench: Bench) {
    let endpoint = bench.endpoint::<Guarded>();
    endpoint.inbox().unwrap().pause(Guarded::NAME, "never", "ada").await.unwrap();
    deliver_all(&endpoint, (1..=3).map(|second| happened("a", second))).await;
    assert!(bench.database.refuses("UPDATE stripe_hooks_runs SET state = 'running'").await);
}

#[derive(stripe_hooks::EndpointName)]
pub(crate) struct Guarded;

#[on_event("charge.updated", name = "never", order = "object", endpoint = Guarded)]
async fn never() {}

#[derive(stripe_hooks::EndpointName)]
struct Failing;

#[on_event("charge.updated", name = "fails_first", order = "object", endpoint = Failing)]
async fn fails_first(id: EventId, State(seen): State<Seen>) -> Outcome {
    match (id.as_str(), seen.add(id.as_str())) {
        ("a.1", 1) => Outcome::retry_after(Duration::from_secs(3_600), "not yet"),
        ("a.2", _) if seen.times("a.1") < 2 => panic!("it has passed the one before"),
        _ => Outcome::done(),
    }
}

async fn a_failed_run_that_waits_for_its_retry_holds_its_lane(bench: Bench) {
    let endpoint = bench.endpoint::<Failing>();
    deliver_all(&endpoint, [happened("a", 1), happened("a", 2), happened("b", 2)]).await;
    is(&bench, &endpoint, "fails_first", "b.2", "done").await;
    bench.runs_when("the first failure", |runs| runs[0].error.is_some()).await;
    assert_eq!(run_of(&bench, &endpoint, "fails_first", "a.2").await.0, "pending");
    // As if its hour had passed.
    let passed = bench.database.moment(-1);
    bench
        .execute(format!("UPDATE stripe_hooks_runs SET run_at = {passed} WHERE counts_for_id = 'a.1'"))
        .await;
    let runs = bench.ended().await;
    assert_eq!(runs.iter().map(|run| run.attempts).collect::<Vec<_>>(), [2, 1, 1]);
    assert!(runs.iter().all(|run| run.state == "done"), "{runs:#?}");
}

#[derive(stripe_hooks::EndpointName)]
struct Parking;

#[on_event("charge.updated", name = "passes", order = "object", endpoint = Parking)]
async fn passes(id: EventId, State(seen): State<Seen>) -> Outcome {
    refuse_once(&id, &seen, "passes")
}

#[on_event("charge.updated", name = "holds", order = "object", parked = "holds", endpoint = Parking)]
async fn holds(id: EventId, State(seen): State<Seen>) -> Outcome {
    refuse_once(&id, &seen, "holds")
}

/// Parks the event `a.1` the first time.
fn refuse_once(id: &EventId, seen: &Seen, handler: &str) -> Outcome {
    match (id.as_str(), seen.add(format!("{handler} {id}"))) {
        ("a.1", 1) => Outcome::park("it will never work"),
        _ => Outcome::done(),
    }
}

async fn a_parked_run_lets_others_pass_unless_it_is_to_hold_them(bench: Bench) {
    let endpoint = bench.endpoint::<Parking>();
    deliver_all(&endpoint, [happened("a", 1)]).await;
    is(&bench, &endpoint, "holds", "a.1", "parked").await;
    is(&bench, &endpoint, "passes", "a.1", "parked").await;
    // What happened before is not held.
    deliver_all(&endpoint, [happened("a", 2), happened("a", 3), happened("a", 0), happened("b", 2)]).await;
    for (handler, event) in [("passes", "a.3"), ("passes", "a.0"), ("holds", "a.0"), ("holds", "b.2")] {
        is(&bench, &endpoint, handler, event, "done").await;
    }
    assert_eq!(run_of(&bench, &endpoint, "holds", "a.2").await.0, "pending");
    assert_eq!((bench.seen.times("holds a.2"), bench.seen.times("holds a.3")), (0, 0));
    let inbox = endpoint.inbox().unwrap();
    let replayed = inbox.replay(&Filter::new().event("a.1").handler("holds"), "ada").await.unwrap();
    assert_eq!(replayed.len(), 1);
    is(&bench, &endpoint, "holds", "a.3", "done").await;
    assert_eq!(bench.seen.times("holds a.1"), 2);
}

async fn who_skips_the_run_that_holds_a_lane_frees_it(bench: Bench) {
    let endpoint = bench.endpoint::<Parking>();
    deliver_all(&endpoint, [happened("a", 1), happened("a", 2)]).await;
    is(&bench, &endpoint, "holds", "a.1", "parked").await;
    let inbox = endpoint.inbox().unwrap();
    inbox.skip(&Filter::new().event("a.1"), "ada", "known to be odd").await.unwrap();
    is(&bench, &endpoint, "holds", "a.2", "done").await;
}

#[derive(stripe_hooks::EndpointName)]
struct Fresh;

#[on_event("charge.updated", name = "fresh", order = "object", stale = "skip", retries = 0, endpoint = Fresh)]
async fn fresh(id: EventId, State(seen): State<Seen>) -> Result<(), &'static str> {
    seen.add(id.as_str());
    if id.as_str().starts_with("broken") { Err("as it happens") } else { Ok(()) }
}

/// Whether the event was worked on, or left out as stale.
async fn was_run(bench: &Bench, endpoint: &Endpoint, sent: Value) -> bool {
    let id = sent["id"].as_str().unwrap().to_owned();
    assert_eq!(deliver(endpoint, &sent).await, 200);
    is(bench, endpoint, "fresh", &id, "done").await;
    let note = run_of(bench, endpoint, "fresh", &id).await.1;
    let was_run = bench.seen.times(&id) == 1;
    assert_eq!(note.is_none(), was_run, "{note:?}");
    assert!(note.is_none_or(|note| note == "its object was handled from a newer event"));
    was_run
}

async fn an_event_is_stale_when_its_object_was_handled_from_one_of_a_later_second(bench: Bench) {
    let endpoint = bench.endpoint::<Fresh>();
    let same_second = |name: &str| {
        let mut event = happened("a", 10);
        event["id"] = json!(name);
        event
    };
    assert!(was_run(&bench, &endpoint, happened("a", 10)).await);
    assert!(!was_run(&bench, &endpoint, happened("a", 9)).await);
    assert!(was_run(&bench, &endpoint, same_second("the same second")).await);
    assert!(was_run(&bench, &endpoint, happened("a", 11)).await);
    assert!(!was_run(&bench, &endpoint, same_second("the same second, later")).await);
    assert!(was_run(&bench, &endpoint, happened("b", 1)).await);
    // What has the same id in another account, or in the other mode, is another object.
    let mut elsewhere = happened("a", 2);
    elsewhere["account"] = json!("acct_1");
    assert!(was_run(&bench, &endpoint, elsewhere).await);
    let mut live = happened("a", 3);
    live["livemode"] = json!(true);
    assert!(was_run(&bench, &endpoint, live).await);
}

async fn a_newer_event_that_was_parked_or_skipped_makes_none_stale(bench: Bench) {
    let endpoint = bench.endpoint::<Fresh>();
    deliver_all(&endpoint, [happened("broken", 10)]).await;
    is(&bench, &endpoint, "fresh", "broken.10", "parked").await;
    let older = |second: i64| {
        let mut event = happened("broken", second);
        event["id"] = json!(format!("older {second}"));
        event
    };
    assert!(was_run(&bench, &endpoint, older(8)).await);
    endpoint.inbox().unwrap().skip(&Filter::new().event("broken.10"), "ada", "odd").await.unwrap();
    assert!(was_run(&bench, &endpoint, older(9)).await);
    assert!(!was_run(&bench, &endpoint, older(7)).await);
}

#[test]
fn an_order_without_an_inbox_keeps_an_endpoint_from_being_built() {
    let error = delivery::endpoint::<Fresh>().state(Seen::default()).build().unwrap_err();
    assert!(error.is_handler());
    let error = error.to_string();
    assert!(
        error.contains("handler `fresh` of `charge.updated`")
            && error.contains("lanes.rs:")
            && error.contains("keeps an order, which an endpoint without an inbox cannot; give the builder one with `.inbox(…)`"),
        "{error}"
    );
}
