//! The end of a program: what runs is finished, or given back.

use std::time::Duration;

use crate::test_inbox::{
    CallCounts, HandlerGate, TestInbox, WAIT_TIMEOUT, deliver_event, event_json, on_both_engines, wait_until,
};
use stripe_hooks::{State, on_event};

on_both_engines! {
    a_stop_waits_for_what_runs_and_lets_nothing_more_in,
    what_runs_longer_than_the_grace_is_given_back_and_its_attempt_does_not_count,
    what_does_not_yield_is_left_to_its_lease_and_said_so,
    an_endpoint_that_is_dropped_takes_its_inbox_along,
}

#[derive(stripe_hooks::EndpointName)]
struct FinishingEndpoint;

#[on_event("charge.succeeded", endpoint = FinishingEndpoint)]
async fn finishes(State(calls): State<CallCounts>, State(gate): State<HandlerGate>) {
    calls.count_call("started");
    let _ = gate.0.acquire().await;
    calls.count_call("finished");
}

#[derive(stripe_hooks::EndpointName)]
struct LastingEndpoint;

#[on_event("charge.succeeded", endpoint = LastingEndpoint)]
async fn lasts(State(calls): State<CallCounts>) {
    if calls.count_call("started") == 1 {
        std::future::pending::<()>().await;
    }
    calls.count_call("finished");
}

async fn wait_until_started(test_inbox: &TestInbox) {
    wait_until("the start of the handler", async || test_inbox.call_counts.calls_of("started") > 0).await;
}

async fn a_stop_waits_for_what_runs_and_lets_nothing_more_in(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<FinishingEndpoint>();
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.succeeded")).await, 200);
    wait_until_started(&test_inbox).await;
    let stopping = tokio::spawn({
        let endpoint = endpoint.clone();
        async move { endpoint.shutdown(WAIT_TIMEOUT).await }
    });
    // The endpoint takes a known event until the stop has begun.
    let is_refused = async || deliver_event(&endpoint, &event_json("evt_1", "charge.succeeded")).await == 503;
    wait_until("the begin of the stop", is_refused).await;
    assert_eq!(deliver_event(&endpoint, &event_json("evt_2", "charge.succeeded")).await, 503);
    assert!(!stopping.is_finished());
    test_inbox.handler_gate.0.add_permits(1);
    stopping.await.unwrap().unwrap();
    assert_eq!(test_inbox.call_counts.calls_of("finished"), 1);
    let runs = test_inbox.all_runs().await;
    assert_eq!((runs.len(), runs[0].summary()), (1, ("finishes", "done", 1)));
}

async fn what_runs_longer_than_the_grace_is_given_back_and_its_attempt_does_not_count(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<LastingEndpoint>();
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.succeeded")).await, 200);
    wait_until_started(&test_inbox).await;
    endpoint.shutdown(Duration::from_millis(20)).await.unwrap();
    assert_eq!(test_inbox.all_runs().await[0].summary(), ("lasts", "pending", 0));
    assert_eq!(test_inbox.call_counts.calls_of("finished"), 0);
    // The next start takes it up at once.
    let endpoint = test_inbox.build_endpoint::<LastingEndpoint>();
    assert_eq!(test_inbox.wait_until_ended().await[0].summary(), ("lasts", "done", 1));
    endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
}

#[derive(stripe_hooks::EndpointName)]
struct UnyieldingEndpoint;

#[on_event("charge.succeeded", endpoint = UnyieldingEndpoint)]
fn does_not_yield(State(calls): State<CallCounts>) {
    calls.count_call("started");
    while calls.calls_of("let go") == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
}

async fn what_does_not_yield_is_left_to_its_lease_and_said_so(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<UnyieldingEndpoint>();
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.succeeded")).await, 200);
    wait_until_started(&test_inbox).await;
    let error = endpoint.shutdown(Duration::ZERO).await.unwrap_err();
    assert!(error.is_shutdown());
    assert!(error.to_string().contains("could be neither ended nor given back: 1"), "{error}");
    assert_eq!(test_inbox.all_runs().await[0].summary(), ("does_not_yield", "running", 1));
    test_inbox.call_counts.count_call("let go");
}

async fn an_endpoint_that_is_dropped_takes_its_inbox_along(test_inbox: TestInbox) {
    drop(test_inbox.build_endpoint::<LastingEndpoint>());
    // Nobody works for it any more: what another stores stays where it is, for more than ten times as long as it was looked for.
    let other = test_inbox
        .endpoint_builder::<LastingEndpoint>()
        .inbox(test_inbox.open_inbox().accept_only())
        .build()
        .unwrap();
    assert_eq!(deliver_event(&other, &event_json("evt_1", "charge.succeeded")).await, 200);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(test_inbox.all_runs().await[0].summary(), ("lasts", "pending", 0));
    assert_eq!(test_inbox.call_counts.calls_of("started"), 0);
}
