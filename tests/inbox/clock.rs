//! A clock that is set while the inbox works. In a file, times are of the machine's clock, so that setting it is the same as moving what is
//! written the other way.

use std::time::Duration;

use stripe_hooks::{EventId, State, on_event};

use crate::test_inbox::{CallCounts, HandlerGate, TestInbox, WAIT_TIMEOUT, deliver_event, event_json};

/// How many runs are worked on at once.
const WORKER_COUNT: usize = 16;

#[derive(stripe_hooks::EndpointName)]
struct TimelessEndpoint;

#[on_event("charge.succeeded", backoff = "1ms", endpoint = TimelessEndpoint)]
async fn waits(id: EventId, State(calls): State<CallCounts>, State(gate): State<HandlerGate>) {
    calls.count_call(format!("begun {id}"));
    let _permit = gate.0.acquire().await;
}

#[on_event("charge.failed", retries = 3, backoff = "1s", endpoint = TimelessEndpoint)]
async fn fails_once(id: EventId, State(calls): State<CallCounts>) -> Result<(), &'static str> {
    if calls.count_call(format!("begun {id}")) == 1 { Err("as it happens") } else { Ok(()) }
}

/// Sets the clock ahead by this number of hours, or back if it is negative. It moves all recorded
/// times the other way, except `created` and `lane_at`, which are Stripe's times.
async fn set_clock(test_inbox: &TestInbox, hours: i64) {
    let ahead = hours * 3_600_000;
    test_inbox
        .execute_sql(format!(
            "UPDATE stripe_hooks_runs SET run_at = run_at - {ahead}, lease_until = lease_until - {ahead}, \
             created_at = created_at - {ahead}, started_at = started_at - {ahead}, finished_at = finished_at - {ahead}; \
             UPDATE stripe_hooks_events SET received_at = received_at - {ahead}, answered_at = answered_at - {ahead}; \
             UPDATE stripe_hooks_processes SET started_at = started_at - {ahead}, seen_at = seen_at - {ahead}; \
             UPDATE stripe_hooks_handlers SET first_seen = first_seen - {ahead}; \
             UPDATE stripe_hooks_audit SET at = at - {ahead}; \
             UPDATE stripe_hooks_inbox SET created_at = created_at - {ahead}"
        ))
        .await;
}

async fn nothing_is_lost_and_nothing_done_twice(hours: i64) {
    let test_inbox = TestInbox::sqlite();
    let inbox = test_inbox.open_inbox().lease(Duration::from_secs(1)).workers(WORKER_COUNT);
    let endpoint = test_inbox.endpoint_builder::<TimelessEndpoint>().inbox(inbox).build().unwrap();
    // More than are worked on at once, so that some wait for their turn.
    for id in 0..40 {
        assert_eq!(
            deliver_event(&endpoint, &event_json(&format!("evt_{id}"), "charge.succeeded")).await,
            200
        );
    }
    test_inbox
        .wait_for_runs("a full house", |runs| {
            runs.iter().filter(|run| run.state == "running").count() == WORKER_COUNT
        })
        .await;
    set_clock(&test_inbox, hours).await;
    // Long enough for leases to be looked at, and renewed.
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    assert_eq!(deliver_event(&endpoint, &event_json("evt_0", "charge.succeeded")).await, 200);
    test_inbox.handler_gate.0.add_permits(1_000);
    // What came after the clock was set goes on at once, whichever way that was.
    assert_eq!(deliver_event(&endpoint, &event_json("evt_new", "charge.succeeded")).await, 200);
    let new_is_done = |runs: &[crate::test_inbox::RunRow]| runs.last().is_some_and(|run| run.state == "done");
    test_inbox.wait_for_runs("the end of the new one", new_is_done).await;
    // What waited before a clock that was set back waits until it comes there again.
    set_clock(&test_inbox, -hours).await;
    let runs = test_inbox.wait_until_ended().await;
    assert_eq!(runs.len(), 41);
    assert!(runs.iter().all(|run| (&*run.state, run.attempts) == ("done", 1)), "{runs:#?}");
    assert!((0..40).all(|id| test_inbox.call_counts.calls_of(&format!("begun evt_{id}")) == 1));
    endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_set_an_hour_ahead_loses_nothing_and_does_nothing_twice() {
    nothing_is_lost_and_nothing_done_twice(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_set_an_hour_back_loses_nothing_and_does_nothing_twice() {
    nothing_is_lost_and_nothing_done_twice(-1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retry_that_waits_while_the_clock_is_set_is_still_made() {
    for hours in [1, -1] {
        let test_inbox = TestInbox::sqlite();
        let endpoint = test_inbox.build_endpoint::<TimelessEndpoint>();
        assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.failed")).await, 200);
        test_inbox.wait_for_runs("the first failure", |runs| runs[0].error.is_some()).await;
        set_clock(&test_inbox, hours).await;
        set_clock(&test_inbox, -hours).await;
        assert_eq!(test_inbox.wait_until_ended().await[0].summary(), ("fails_once", "done", 2));
        endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
    }
}
