//! Events that come again, and together.

use std::time::Duration;

use stripe_hooks::{EventId, Outcome, State, on_event};

use crate::{
    database::TestDatabase,
    test_inbox::{CallCounts, TestInbox, WAIT_TIMEOUT, deliver_event, event_json, on_both_engines},
};

on_both_engines! {
    an_event_whose_run_is_parked_runs_nothing_when_it_comes_again,
    batches_that_have_events_in_common_never_wait_in_a_circle,
}

#[derive(stripe_hooks::EndpointName)]
struct ParkingEndpoint;

#[on_event("charge.succeeded", endpoint = ParkingEndpoint)]
async fn parks(State(calls): State<CallCounts>) -> Outcome {
    calls.count_call("begun");
    Outcome::park("it will never work")
}

async fn an_event_whose_run_is_parked_runs_nothing_when_it_comes_again(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<ParkingEndpoint>();
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.succeeded")).await, 200);
    assert_eq!(test_inbox.wait_until_ended().await[0].summary(), ("parks", "parked", 1));
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.succeeded")).await, 200);
    endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
    assert_eq!((test_inbox.all_runs().await.len(), test_inbox.call_counts.calls_of("begun")), (1, 1));
}

#[derive(stripe_hooks::EndpointName)]
struct CommonEndpoint;

#[on_event("charge.succeeded", endpoint = CommonEndpoint)]
async fn counts(id: EventId, State(calls): State<CallCounts>) {
    calls.count_call(id.as_str());
}

#[on_event("charge.succeeded", endpoint = CommonEndpoint)]
async fn counts_too(id: EventId, State(calls): State<CallCounts>) {
    calls.count_call(id.as_str());
}

async fn batches_that_have_events_in_common_never_wait_in_a_circle(test_inbox: TestInbox) {
    let endpoints = [(); 3].map(|()| {
        let inbox = test_inbox.open_inbox().simulate_another_process();
        test_inbox.endpoint_builder::<CommonEndpoint>().inbox(inbox).build().unwrap()
    });
    // Kept outside until there are enough of them for large batches that begin together.
    let lock = test_inbox.database.lock_arrivals().await;
    let mut callers = Vec::new();
    for round in 0..8 {
        for (number, endpoint) in endpoints.iter().enumerate() {
            for place in 0..40 {
                // Each in an order of its own.
                let id = round * 40 + if number == 1 { 39 - place } else { (place + 13 * number) % 40 };
                let endpoint = endpoint.clone();
                callers.push(tokio::spawn(async move {
                    // Again until it is taken, as Stripe does.
                    while deliver_event(&endpoint, &event_json(&format!("evt_{id}"), "charge.succeeded"))
                        .await
                        != 200
                    {
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
    let runs = test_inbox.wait_until_ended().await;
    assert_eq!(runs.len(), 640);
    assert!(runs.iter().all(|run| run.state == "done" && run.attempts == 1));
    assert!((0..320).all(|id| test_inbox.call_counts.calls_of(&format!("evt_{id}")) == 2));
    for endpoint in endpoints {
        endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
    }
    if let TestDatabase::Server(_) = test_inbox.database {
        let circles = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
        assert_eq!(test_inbox.query_integer(circles).await, 0);
    }
}
