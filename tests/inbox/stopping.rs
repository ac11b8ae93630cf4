//! The end of a program: what runs is finished, or given back.

use std::time::Duration;

use crate::bench::{Bench, Gate, PATIENCE, Seen, deliver, event, on_both, until};
use stripe_hooks::{State, on_event};

on_both! {
    a_stop_waits_for_what_runs_and_lets_nothing_more_in,
    what_runs_longer_than_the_grace_is_given_back_and_its_attempt_does_not_count,
    what_does_not_yield_is_left_to_its_lease_and_said_so,
    an_endpoint_that_is_dropped_takes_its_inbox_along,
}

#[derive(stripe_hooks::EndpointName)]
struct Finishing;

#[on_event("charge.succeeded", endpoint = Finishing)]
async fn finishes(State(seen): State<Seen>, State(gate): State<Gate>) {
    seen.add("started");
    let _ = gate.0.acquire().await;
    seen.add("finished");
}

#[derive(stripe_hooks::EndpointName)]
struct Lasting;

#[on_event("charge.succeeded", endpoint = Lasting)]
async fn lasts(State(seen): State<Seen>) {
    if seen.add("started") == 1 {
        std::future::pending::<()>().await;
    }
    seen.add("finished");
}

async fn started(bench: &Bench) {
    until("the start of the handler", async || bench.seen.times("started") > 0).await;
}

async fn a_stop_waits_for_what_runs_and_lets_nothing_more_in(bench: Bench) {
    let endpoint = bench.endpoint::<Finishing>();
    assert_eq!(deliver(&endpoint, &event("evt_1", "charge.succeeded")).await, 200);
    started(&bench).await;
    let stopping = tokio::spawn({
        let endpoint = endpoint.clone();
        async move { endpoint.shutdown(PATIENCE).await }
    });
    // The endpoint takes a known event until the stop has begun.
    let is_refused = async || deliver(&endpoint, &event("evt_1", "charge.succeeded")).await == 503;
    until("the begin of the stop", is_refused).await;
    assert_eq!(deliver(&endpoint, &event("evt_2", "charge.succeeded")).await, 503);
    assert!(!stopping.is_finished());
    bench.gate.0.add_permits(1);
    stopping.await.unwrap().unwrap();
    assert_eq!(bench.seen.times("finished"), 1);
    let runs = bench.runs().await;
    assert_eq!((runs.len(), runs[0].brief()), (1, ("finishes", "done", 1)));
}

async fn what_runs_longer_than_the_grace_is_given_back_and_its_attempt_does_not_count(bench: Bench) {
    let endpoint = bench.endpoint::<Lasting>();
    assert_eq!(deliver(&endpoint, &event("evt_1", "charge.succeeded")).await, 200);
    started(&bench).await;
    endpoint.shutdown(Duration::from_millis(20)).await.unwrap();
    assert_eq!(bench.runs().await[0].brief(), ("lasts", "pending", 0));
    assert_eq!(bench.seen.times("finished"), 0);
    // The next start takes it up at once.
    let endpoint = bench.endpoint::<Lasting>();
    assert_eq!(bench.ended().await[0].brief(), ("lasts", "done", 1));
    endpoint.shutdown(PATIENCE).await.unwrap();
}

#[derive(stripe_hooks::EndpointName)]
struct Unyielding;

#[on_event("charge.succeeded", endpoint = Unyielding)]
fn does_not_yield(State(seen): State<Seen>) {
    seen.add("started");
    while seen.times("let go") == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
}

async fn what_does_not_yield_is_left_to_its_lease_and_said_so(bench: Bench) {
    let endpoint = bench.endpoint::<Unyielding>();
    assert_eq!(deliver(&endpoint, &event("evt_1", "charge.succeeded")).await, 200);
    started(&bench).await;
    let error = endpoint.shutdown(Duration::ZERO).await.unwrap_err();
    assert!(error.is_shutdown());
    assert!(error.to_string().contains("could be neither ended nor given back: 1"), "{error}");
    assert_eq!(bench.runs().await[0].brief(), ("does_not_yield", "running", 1));
    bench.seen.add("let go");
}

async fn an_endpoint_that_is_dropped_takes_its_inbox_along(bench: Bench) {
    drop(bench.endpoint::<Lasting>());
    // Nobody works for it any more: what another stores stays where it is, for more than ten times as long as it was looked for.
    let other = bench.builder::<Lasting>().inbox(bench.inbox().accept_only()).build().unwrap();
    assert_eq!(deliver(&other, &event("evt_1", "charge.succeeded")).await, 200);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(bench.runs().await[0].brief(), ("lasts", "pending", 0));
    assert_eq!(bench.seen.times("started"), 0);
}
