//! Events that come again, and together.

use std::time::Duration;

use stripe_hooks::{EventId, Outcome, State, on_event};

use crate::{
    bench::{Bench, Seen, deliver, event, on_both},
    database::Database,
};

on_both! {
    an_event_whose_run_is_parked_runs_nothing_when_it_comes_again,
    batches_that_have_events_in_common_never_wait_in_a_circle,
}

#[derive(stripe_hooks::EndpointName)]
struct Refusing;

#[on_event("charge.succeeded", endpoint = Refusing)]
async fn refuses(State(seen): State<Seen>) -> Outcome {
    seen.add("begun");
    Outcome::park("it will never work")
}

async fn an_event_whose_run_is_parked_runs_nothing_when_it_comes_again(bench: Bench) {
    let endpoint = bench.endpoint::<Refusing>();
    assert_eq!(deliver(&endpoint, &event("evt_1", "charge.succeeded")).await, 200);
    assert_eq!(bench.ended().await[0].brief(), ("refuses", "parked", 1));
    assert_eq!(deliver(&endpoint, &event("evt_1", "charge.succeeded")).await, 200);
    endpoint.shutdown(Duration::from_secs(60)).await.unwrap();
    assert_eq!((bench.runs().await.len(), bench.seen.times("begun")), (1, 1));
}

#[derive(stripe_hooks::EndpointName)]
struct Common;

#[on_event("charge.succeeded", endpoint = Common)]
async fn counts(id: EventId, State(seen): State<Seen>) {
    seen.add(id.as_str());
}

#[on_event("charge.succeeded", endpoint = Common)]
async fn counts_too(id: EventId, State(seen): State<Seen>) {
    seen.add(id.as_str());
}

async fn batches_that_have_events_in_common_never_wait_in_a_circle(bench: Bench) {
    let endpoints = [(); 3].map(|()| {
        let inbox = bench.inbox().simulate_another_process();
        bench.builder::<Common>().inbox(inbox).build().unwrap()
    });
    // Kept outside until there are enough of them for large batches that begin together.
    let lock = bench.database.lock_arrivals().await;
    let mut callers = Vec::new();
    for round in 0..8 {
        for (number, endpoint) in endpoints.iter().enumerate() {
            for place in 0..40 {
                // Each in an order of its own.
                let id = round * 40 + if number == 1 { 39 - place } else { (place + 13 * number) % 40 };
                let endpoint = endpoint.clone();
                callers.push(tokio::spawn(async move {
                    // Again until it is taken, as Stripe does.
                    while deliver(&endpoint, &event(&format!("evt_{id}"), "charge.succeeded")).await != 200 {
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                }));
            }
        }
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    lock.release().await;
    for caller in callers {
        caller.await.unwrap();
    }
    let runs = bench.ended().await;
    assert_eq!(runs.len(), 640);
    assert!(runs.iter().all(|run| run.state == "done" && run.attempts == 1));
    assert!((0..320).all(|id| bench.seen.times(&format!("evt_{id}")) == 2));
    for endpoint in endpoints {
        endpoint.shutdown(Duration::from_secs(60)).await.unwrap();
    }
    if let Database::Server(_) = bench.database {
        let circles = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
        assert_eq!(bench.count(circles).await, 0);
    }
}
