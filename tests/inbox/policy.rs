//! What the keys of a handler's attribute say of its runs.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

use stripe_hooks::{State, on_event};

use crate::bench::{Bench, Gate, PATIENCE, Seen, deliver, event, on_both};

on_both! {
    a_run_is_parked_after_as_many_retries_as_its_handler_says,
    a_handler_that_hangs_is_cut_off_and_parked_while_others_go_on,
    no_more_runs_of_a_handler_go_on_at_once_than_it_says,
}

#[derive(stripe_hooks::EndpointName)]
struct Failing;

#[on_event("charge.succeeded", retries = 3, backoff = "1ms", endpoint = Failing)]
async fn fails(State(seen): State<Seen>) -> Result<(), String> {
    Err(format!("failure {}", seen.add("fails")))
}

#[on_event("charge.succeeded", retries = 0, endpoint = Failing)]
async fn panics_once(State(seen): State<Seen>) {
    seen.add("panics");
    panic!("as if by a mistake");
}

async fn a_run_is_parked_after_as_many_retries_as_its_handler_says(bench: Bench) {
    let endpoint = bench.endpoint::<Failing>();
    assert_eq!(deliver(&endpoint, &event("evt_1", "charge.succeeded")).await, 200);
    let runs = bench.ended().await;
    assert_eq!(runs[0].brief(), ("fails", "parked", 4));
    assert_eq!(
        (runs[0].reason.as_deref(), runs[0].error.as_deref()),
        (Some("attempts_exhausted"), Some("failure 4"))
    );
    assert_eq!(runs[1].brief(), ("panics_once", "parked", 1));
    assert_eq!((bench.seen.times("fails"), bench.seen.times("panics")), (4, 1));
}

#[derive(stripe_hooks::EndpointName)]
struct Slow;

#[on_event("charge.succeeded", retries = 1, backoff = "1ms", timeout = "30ms", endpoint = Slow)]
async fn never_ends(State(seen): State<Seen>) {
    seen.add("never ends");
    std::future::pending::<()>().await;
}

#[on_event("charge.succeeded", retries = 0, timeout = "30ms", endpoint = Slow)]
fn loops(State(seen): State<Seen>) {
    seen.add("loops");
    // The handler blocks its thread until the attempt has been given up, or the test has failed.
    let since = Instant::now();
    while seen.times("given up") == 0 && since.elapsed() < 2 * PATIENCE {
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[on_event("charge.failed", endpoint = Slow)]
async fn is_quick(State(seen): State<Seen>) {
    seen.add("quick");
}

async fn a_handler_that_hangs_is_cut_off_and_parked_while_others_go_on(bench: Bench) {
    let endpoint = bench.endpoint::<Slow>();
    assert_eq!(deliver(&endpoint, &event("evt_1", "charge.succeeded")).await, 200);
    assert_eq!(deliver(&endpoint, &event("evt_2", "charge.failed")).await, 200);
    bench.runs_when("the other's end", |runs| runs[2].state == "done").await;
    let runs = bench.ended().await;
    bench.seen.add("given up");
    let of = |handler: &str| runs.iter().find(|run| run.handler == handler).unwrap();
    assert_eq!(of("never_ends").brief(), ("never_ends", "parked", 2));
    assert_eq!(of("never_ends").error.as_deref(), Some("timed out after 30ms"));
    assert_eq!(of("loops").brief(), ("loops", "parked", 1));
    assert_eq!(of("loops").error.as_deref(), Some("timed out after 30ms, and did not stop"));
    assert_eq!((bench.seen.times("never ends"), bench.seen.times("loops")), (2, 1));
}

#[derive(stripe_hooks::EndpointName)]
struct Crowded;

/// How many runs go on.
#[derive(Clone, Default)]
struct Inside(Arc<AtomicUsize>);

#[on_event("charge.succeeded", concurrency = 2, endpoint = Crowded)]
async fn two_at_once(State(seen): State<Seen>, State(inside_now): State<Inside>, State(gate): State<Gate>) {
    let inside = inside_now.0.fetch_add(1, SeqCst) + 1;
    seen.add(format!("{inside} inside"));
    let _permit = gate.0.acquire().await;
    tokio::time::sleep(Duration::from_millis(5)).await;
    inside_now.0.fetch_sub(1, SeqCst);
}

async fn no_more_runs_of_a_handler_go_on_at_once_than_it_says(bench: Bench) {
    let endpoint = bench.builder::<Crowded>().state(Inside::default()).inbox(bench.inbox()).build().unwrap();
    for id in 0..12 {
        assert_eq!(deliver(&endpoint, &event(&format!("evt_{id}"), "charge.succeeded")).await, 200);
    }
    bench.runs_when("the second", |_| bench.seen.times("2 inside") == 1).await;
    bench.gate.0.add_permits(12);
    assert_eq!(bench.ended().await.len(), 12);
    assert_eq!(bench.seen.times("1 inside") + bench.seen.times("2 inside"), 12);
}
