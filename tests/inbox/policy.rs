//! What the keys of a handler's attribute say of its runs.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

use stripe_hooks::{State, on_event};

use crate::test_inbox::{
    CallCounts, HandlerGate, TestInbox, WAIT_TIMEOUT, deliver_event, event_json, on_both_engines,
};

on_both_engines! {
    a_run_is_parked_after_as_many_retries_as_its_handler_says,
    a_handler_that_hangs_is_cut_off_and_parked_while_others_go_on,
    no_more_runs_of_a_handler_go_on_at_once_than_it_says,
}

#[derive(stripe_hooks::EndpointName)]
struct FailingWithRetriesEndpoint;

#[on_event("charge.succeeded", retries = 3, backoff = "1ms", endpoint = FailingWithRetriesEndpoint)]
async fn fails(State(calls): State<CallCounts>) -> Result<(), String> {
    Err(format!("failure {}", calls.count_call("fails")))
}

#[on_event("charge.succeeded", retries = 0, endpoint = FailingWithRetriesEndpoint)]
async fn panics_once(State(calls): State<CallCounts>) {
    calls.count_call("panics");
    panic!("as if by a mistake");
}

async fn a_run_is_parked_after_as_many_retries_as_its_handler_says(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<FailingWithRetriesEndpoint>();
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.succeeded")).await, 200);
    let runs = test_inbox.wait_until_ended().await;
    assert_eq!(runs[0].summary(), ("fails", "parked", 4));
    assert_eq!(
        (runs[0].reason.as_deref(), runs[0].error.as_deref()),
        (Some("attempts_exhausted"), Some("failure 4"))
    );
    assert_eq!(runs[1].summary(), ("panics_once", "parked", 1));
    assert_eq!((test_inbox.call_counts.calls_of("fails"), test_inbox.call_counts.calls_of("panics")), (4, 1));
}

#[derive(stripe_hooks::EndpointName)]
struct SlowEndpoint;

#[on_event("charge.succeeded", retries = 1, backoff = "1ms", timeout = "30ms", endpoint = SlowEndpoint)]
async fn never_ends(State(calls): State<CallCounts>) {
    calls.count_call("never ends");
    std::future::pending::<()>().await;
}

#[on_event("charge.succeeded", retries = 0, timeout = "30ms", endpoint = SlowEndpoint)]
fn loops(State(calls): State<CallCounts>) {
    calls.count_call("loops");
    // The handler blocks its thread until the attempt has timed out, or the test has failed.
    let since = Instant::now();
    while calls.calls_of("timed out") == 0 && since.elapsed() < 2 * WAIT_TIMEOUT {
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[on_event("charge.failed", endpoint = SlowEndpoint)]
async fn is_quick(State(calls): State<CallCounts>) {
    calls.count_call("quick");
}

async fn a_handler_that_hangs_is_cut_off_and_parked_while_others_go_on(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<SlowEndpoint>();
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.succeeded")).await, 200);
    assert_eq!(deliver_event(&endpoint, &event_json("evt_2", "charge.failed")).await, 200);
    test_inbox.wait_for_runs("the other's end", |runs| runs[2].state == "done").await;
    let runs = test_inbox.wait_until_ended().await;
    test_inbox.call_counts.count_call("timed out");
    let of = |handler: &str| runs.iter().find(|run| run.handler == handler).unwrap();
    assert_eq!(of("never_ends").summary(), ("never_ends", "parked", 2));
    assert_eq!(of("never_ends").error.as_deref(), Some("timed out after 30ms"));
    assert_eq!(of("loops").summary(), ("loops", "parked", 1));
    assert_eq!(of("loops").error.as_deref(), Some("timed out after 30ms, and did not stop"));
    assert_eq!(
        (test_inbox.call_counts.calls_of("never ends"), test_inbox.call_counts.calls_of("loops")),
        (2, 1)
    );
}

#[derive(stripe_hooks::EndpointName)]
struct CrowdedEndpoint;

/// How many runs go on.
#[derive(Clone, Default)]
struct InsideCount(Arc<AtomicUsize>);

#[on_event("charge.succeeded", concurrency = 2, endpoint = CrowdedEndpoint)]
async fn two_at_once(
    State(calls): State<CallCounts>,
    State(inside_now): State<InsideCount>,
    State(gate): State<HandlerGate>,
) {
    let inside = inside_now.0.fetch_add(1, SeqCst) + 1;
    calls.count_call(format!("{inside} inside"));
    let _permit = gate.0.acquire().await;
    tokio::time::sleep(Duration::from_millis(5)).await;
    inside_now.0.fetch_sub(1, SeqCst);
}

async fn no_more_runs_of_a_handler_go_on_at_once_than_it_says(test_inbox: TestInbox) {
    let endpoint = test_inbox
        .endpoint_builder::<CrowdedEndpoint>()
        .state(InsideCount::default())
        .inbox(test_inbox.open_inbox())
        .build()
        .unwrap();
    for id in 0..12 {
        assert_eq!(
            deliver_event(&endpoint, &event_json(&format!("evt_{id}"), "charge.succeeded")).await,
            200
        );
    }
    test_inbox.wait_for_runs("the second", |_| test_inbox.call_counts.calls_of("2 inside") == 1).await;
    test_inbox.handler_gate.0.add_permits(12);
    assert_eq!(test_inbox.wait_until_ended().await.len(), 12);
    assert_eq!(test_inbox.call_counts.calls_of("1 inside") + test_inbox.call_counts.calls_of("2 inside"), 12);
}
