//! What is stored, and what Stripe is told.

use std::time::Duration;

use futures_util::{
    FutureExt,
    future::{Either, select},
};
use serde_json::json;
use stripe_hooks::{State, on_event};

use crate::test_inbox::{
    CallCounts, TestInbox, WAIT_TIMEOUT, deliver_event, event_json, on_both_engines, wait_until,
};

on_both_engines! {
    of_one_event_from_fifty_callers_at_once_each_handler_runs_once,
    new_and_known_events_that_arrive_together_each_get_their_own_answer,
    what_nobody_handles_is_not_stored,
    what_does_not_verify_leaves_no_row,
    the_row_of_an_event_tells_what_its_envelope_says,
    a_body_that_verifies_and_is_not_an_event_is_answered_400_and_kept_for_the_operator,
    an_update_makes_no_run_for_a_handler_that_it_does_not_concern,
    a_handler_of_a_snapshot_event_and_its_thin_twin_runs_once_for_the_two,
    while_the_database_is_locked_the_answer_is_503_and_nothing_is_lost_afterwards,
    what_waits_for_the_database_is_bounded_also_when_its_callers_have_gone,
    two_endpoints_with_one_inbox_each_have_their_own_runs_of_one_event,
    the_tables_call_the_endpoint_without_a_name_default,
    a_duplicate_runs_nothing_after_its_run_was_parked_and_after_its_body_was_removed,
}

#[derive(stripe_hooks::EndpointName)]
struct PlainEndpoint;

#[on_event("charge.succeeded", endpoint = PlainEndpoint)]
async fn counts(id: stripe_hooks::EventId, State(calls): State<CallCounts>) {
    calls.count_call(id.as_str());
}

#[on_event("charge.succeeded", endpoint = PlainEndpoint)]
fn counts_too(id: stripe_hooks::EventId, State(calls): State<CallCounts>) {
    calls.count_call(id.as_str());
}

async fn of_one_event_from_fifty_callers_at_once_each_handler_runs_once(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<PlainEndpoint>();
    let callers: Vec<_> = (0..50)
        .map(|_| {
            let endpoint = endpoint.clone();
            tokio::spawn(
                async move { deliver_event(&endpoint, &event_json("evt_1", "charge.succeeded")).await },
            )
        })
        .collect();
    for caller in callers {
        assert_eq!(caller.await.unwrap(), 200);
    }
    let runs = test_inbox.wait_until_ended().await;
    let brief: Vec<_> = runs.iter().map(super::test_inbox::RunRow::summary).collect();
    assert_eq!(brief, [("counts", "done", 1), ("counts_too", "done", 1)]);
    assert_eq!(test_inbox.call_counts.calls_of("evt_1"), 2);
    assert_eq!((endpoint.counts().stored, endpoint.counts().duplicate), (1, 49));
    // After done, too.
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.succeeded")).await, 200);
    endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
    assert_eq!(test_inbox.call_counts.calls_of("evt_1"), 2);
}

async fn new_and_known_events_that_arrive_together_each_get_their_own_answer(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<PlainEndpoint>();
    for known in 0..20 {
        assert_eq!(
            deliver_event(&endpoint, &event_json(&format!("evt_{known}"), "charge.succeeded")).await,
            200
        );
    }
    let callers: Vec<_> = (0..60)
        .map(|id| {
            let endpoint = endpoint.clone();
            tokio::spawn(async move {
                deliver_event(&endpoint, &event_json(&format!("evt_{}", id % 40), "charge.succeeded")).await
            })
        })
        .collect();
    for caller in callers {
        assert_eq!(caller.await.unwrap(), 200);
    }
    assert_eq!((endpoint.counts().stored, endpoint.counts().duplicate), (40, 40));
    test_inbox.wait_until_ended().await;
    assert!((0..40).all(|id| test_inbox.call_counts.calls_of(&format!("evt_{id}")) == 2));
}

async fn what_nobody_handles_is_not_stored(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<PlainEndpoint>();
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.failed")).await, 200);
    assert!(test_inbox.all_runs().await.is_empty());
    assert_eq!(endpoint.counts().unhandled, 1);
}

async fn what_does_not_verify_leaves_no_row(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<PlainEndpoint>();
    let body = bytes::Bytes::from(event_json("evt_1", "charge.succeeded").to_string());
    let wrong_signature = delivery::sign_body(b"{}");
    assert_eq!(endpoint.receive(Some(wrong_signature.as_bytes()), body).await.status(), 400);
    assert_eq!(test_inbox.query_integer("SELECT count(*) FROM stripe_hooks_events").await, 0);
}

async fn the_row_of_an_event_tells_what_its_envelope_says(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<PlainEndpoint>();
    let mut sent = event_json("evt_1", "charge.succeeded");
    sent["account"] = json!("acct_1");
    assert_eq!(deliver_event(&endpoint, &sent).await, 200);
    let columns = ["id", "form", "type", "api_version", "account", "object_id"];
    let columns = columns.join(" || ' ' || ");
    let texts = test_inbox.database.query_texts(format!("SELECT {columns} FROM stripe_hooks_events")).await;
    assert_eq!(
        texts,
        [format!("evt_1 snapshot charge.succeeded {} acct_1 obj_evt_1", stripe_hooks::API_VERSION)]
    );
    let created = test_inbox.database.milliseconds_expression("created");
    let created = test_inbox
        .query_integer(format!("SELECT {created} FROM stripe_hooks_events WHERE NOT livemode"))
        .await;
    assert_eq!(created, (delivery::NOW - 1) * 1_000);
    let bodies = test_inbox.database.query_blobs("SELECT body FROM stripe_hooks_events").await;
    assert_eq!(bodies, [sent.to_string().into_bytes()]);
}

async fn a_body_that_verifies_and_is_not_an_event_is_answered_400_and_kept_for_the_operator(
    test_inbox: TestInbox,
) {
    let endpoint = test_inbox.build_endpoint::<PlainEndpoint>();
    for _ in 0..3 {
        for body in [&b"[]"[..], b"\xff\xfe", b"{\"id\":\"evt_1\"}"] {
            let body = bytes::Bytes::from_static(body);
            let answer = endpoint.receive(Some(delivery::sign_body(&body).as_bytes()), body).await;
            assert_eq!(answer.status(), 400);
        }
    }
    let runs = test_inbox.all_runs().await;
    assert_eq!(runs.len(), 3);
    assert!(runs.iter().all(|run| run.state == "parked" && run.reason.as_deref() == Some("undecodable")));
    let errors: Vec<_> = runs.iter().map(|run| run.error.as_deref().unwrap()).collect();
    assert_eq!(
        errors,
        ["the body is not a JSON object", "the body is not UTF-8", "the event has no readable `type`"]
    );
    let bodies = test_inbox
        .database
        .query_blobs("SELECT body FROM stripe_hooks_events WHERE form = 'unreadable'")
        .await;
    assert!(bodies.iter().any(|body| body == b"\xff\xfe"));
}

#[derive(stripe_hooks::EndpointName)]
struct TransitionEndpoint;

#[on_event("customer.subscription.updated", when(status: "trialing" => "active"), endpoint = TransitionEndpoint)]
async fn when_it_becomes_active(State(calls): State<CallCounts>) {
    calls.count_call("active");
}

#[on_event("customer.subscription.updated", endpoint = TransitionEndpoint)]
async fn always(State(calls): State<CallCounts>) {
    calls.count_call("always");
}

#[derive(stripe_hooks::EndpointName)]
struct OnlyTransitionEndpoint;

#[on_event("customer.subscription.updated", changed(status), endpoint = OnlyTransitionEndpoint)]
async fn when_something_changed() {}

async fn an_update_makes_no_run_for_a_handler_that_it_does_not_concern(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<TransitionEndpoint>();
    let update = |id: &str, before: &str| {
        let mut update = event_json(id, "customer.subscription.updated");
        update["data"]["object"]["status"] = json!("active");
        update["data"]["previous_attributes"] = json!({"status": before});
        update
    };
    assert_eq!(deliver_event(&endpoint, &update("evt_1", "past_due")).await, 200);
    assert_eq!(deliver_event(&endpoint, &update("evt_2", "trialing")).await, 200);
    let runs = test_inbox.wait_until_ended().await;
    let mut handlers: Vec<_> = runs.iter().map(|run| &*run.handler).collect();
    handlers.sort_unstable();
    assert_eq!(handlers, ["always", "always", "when_it_becomes_active"]);
    assert_eq!(
        (test_inbox.call_counts.calls_of("always"), test_inbox.call_counts.calls_of("active")),
        (2, 1)
    );
    endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();

    let test_inbox = test_inbox.new_of_same_engine();
    let endpoint = test_inbox.build_endpoint::<OnlyTransitionEndpoint>();
    let mut other = update("evt_3", "x");
    other["data"]["previous_attributes"] = json!({"metadata": {}});
    assert_eq!(deliver_event(&endpoint, &other).await, 200);
    assert_eq!(
        (test_inbox.all_runs().await.len(), endpoint.counts().handled, endpoint.counts().stored),
        (0, 1, 0)
    );
}

async fn what_waits_for_the_database_is_bounded_also_when_its_callers_have_gone(test_inbox: TestInbox) {
    let sent = |id: usize| event_json(&format!("evt_{id:03}"), "charge.succeeded");
    let (size, room) = (sent(0).to_string().len(), 8);
    let hour = Duration::from_secs(3_600);
    let endpoint = test_inbox
        .endpoint_builder::<PlainEndpoint>()
        .body_limit(2 * size)
        .bodies_in_flight(room * size)
        .inbox(test_inbox.open_inbox().accept_timeout(hour))
        .build()
        .unwrap();
    let lock = test_inbox.database.lock_arrivals().await;
    let inbox = endpoint.inbox().unwrap();
    // Each hangs up when the inbox has answered the operator, who came after it. So the first is with the database, and the others wait for it.
    for id in 0..room {
        let sent = sent(id);
        let (delivering, asking) =
            (std::pin::pin!(deliver_event(&endpoint, &sent)), std::pin::pin!(inbox.stats()));
        assert!(matches!(select(delivering, asking).await, Either::Right(_)));
    }
    // There is no room for one more, and its answer waits for nothing, the database least of all.
    assert_eq!(deliver_event(&endpoint, &sent(room)).now_or_never(), Some(503));
    lock.release().await;
    wait_until("room", async || deliver_event(&endpoint, &sent(room)).await == 200).await;
    // The room is there again, but for what this last one may still hold.
    let again: Vec<_> = (1..room)
        .map(|id| {
            let (endpoint, sent) = (endpoint.clone(), sent(id));
            tokio::spawn(async move { deliver_event(&endpoint, &sent).await })
        })
        .collect();
    for answer in again {
        assert_eq!(answer.await.unwrap(), 200);
    }
    assert_eq!(deliver_event(&endpoint, &sent(0)).await, 200);
    assert_eq!(test_inbox.wait_until_ended().await.len(), 2 * (room + 1));
}

#[derive(stripe_hooks::EndpointName)]
struct TwinsEndpoint;

#[on_event("charge.succeeded", "v1.charge.succeeded", endpoint = TwinsEndpoint)]
async fn takes_both(State(calls): State<CallCounts>) {
    calls.count_call("both");
}

#[on_event("v1.charge.succeeded", endpoint = TwinsEndpoint)]
async fn takes_the_thin_one(State(calls): State<CallCounts>) {
    calls.count_call("thin");
}

async fn a_handler_of_a_snapshot_event_and_its_thin_twin_runs_once_for_the_two(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<TwinsEndpoint>();
    let related = json!({"id": "ch_1", "type": "charge", "url": "/v1/charges/ch_1"});
    let thin = |id: &str, snapshot: &str| {
        let mut thin = delivery::thin_event("v1.charge.succeeded", &related);
        thin["id"] = json!(id);
        thin["snapshot_event"] = json!(snapshot);
        thin
    };
    // Whichever of the two comes first.
    for sent in [
        event_json("evt_1", "charge.succeeded"),
        thin("evt_t1", "evt_1"),
        thin("evt_t2", "evt_2"),
        event_json("evt_2", "charge.succeeded"),
    ] {
        assert_eq!(deliver_event(&endpoint, &sent).await, 200);
    }
    assert_eq!(test_inbox.wait_until_ended().await.len(), 4);
    assert_eq!((test_inbox.call_counts.calls_of("both"), test_inbox.call_counts.calls_of("thin")), (2, 2));
}

async fn while_the_database_is_locked_the_answer_is_503_and_nothing_is_lost_afterwards(
    test_inbox: TestInbox,
) {
    let inbox = test_inbox.open_inbox().accept_timeout(Duration::from_millis(100));
    let endpoint = test_inbox.endpoint_builder::<PlainEndpoint>().inbox(inbox).build().unwrap();
    let lock = test_inbox.database.lock_events_and_runs().await;
    for _ in 0..3 {
        assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.succeeded")).await, 503);
    }
    lock.release().await;
    wait_until("a 200", async || {
        deliver_event(&endpoint, &event_json("evt_1", "charge.succeeded")).await == 200
    })
    .await;
    assert_eq!(test_inbox.wait_until_ended().await.len(), 2);
    assert_eq!(test_inbox.call_counts.calls_of("evt_1"), 2);
}

#[derive(stripe_hooks::EndpointName)]
struct TwoInOneInboxEndpoint;

#[on_event("charge.succeeded", endpoint = TwoInOneInboxEndpoint)]
async fn of_the_other(charge: stripe_hooks::Event<stripe_hooks::Raw>, State(calls): State<CallCounts>) {
    calls.count_call(format!("other {}", charge.id));
}

#[on_event("charge.succeeded", name = "of_the_default_endpoint")]
async fn of_the_default_endpoint(id: stripe_hooks::EventId, State(calls): State<CallCounts>) {
    calls.count_call(id.as_str());
}

async fn the_tables_call_the_endpoint_without_a_name_default(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<stripe_hooks::DefaultEndpoint>();
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.succeeded")).await, 200);
    assert_eq!(test_inbox.wait_until_ended().await[0].summary(), ("of_the_default_endpoint", "done", 1));
    for table in ["events", "runs"] {
        let names =
            test_inbox.database.query_texts(format!("SELECT endpoint FROM stripe_hooks_{table}")).await;
        assert_eq!(names, ["default"], "{table}");
    }
}

async fn two_endpoints_with_one_inbox_each_have_their_own_runs_of_one_event(test_inbox: TestInbox) {
    let (one, other) =
        (test_inbox.build_endpoint::<PlainEndpoint>(), test_inbox.build_endpoint::<TwoInOneInboxEndpoint>());
    for endpoint in [&one, &other] {
        assert_eq!(deliver_event(endpoint, &event_json("evt_1", "charge.succeeded")).await, 200);
    }
    assert_eq!(test_inbox.wait_until_ended().await.len(), 3);
    assert_eq!(
        (test_inbox.call_counts.calls_of("evt_1"), test_inbox.call_counts.calls_of("other evt_1")),
        (2, 1)
    );
}

#[derive(stripe_hooks::EndpointName)]
struct FailingEndpoint;

#[on_event("charge.succeeded", retries = 0, endpoint = FailingEndpoint)]
async fn always_fails(State(calls): State<CallCounts>) -> Result<(), &'static str> {
    calls.count_call("failed");
    Err("as it happens")
}

async fn a_duplicate_runs_nothing_after_its_run_was_parked_and_after_its_body_was_removed(
    test_inbox: TestInbox,
) {
    let endpoint = test_inbox.build_endpoint::<FailingEndpoint>();
    let known = async |duplicates| {
        assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.succeeded")).await, 200);
        assert_eq!((endpoint.counts().stored, endpoint.counts().duplicate), (1, duplicates));
    };
    known(0).await;
    assert_eq!(test_inbox.wait_until_ended().await[0].state, "parked");
    known(1).await;
    // As retention leaves it.
    test_inbox
        .execute_sql("UPDATE stripe_hooks_runs SET state = 'done', result = 'handled', reason = NULL")
        .await;
    test_inbox.execute_sql("UPDATE stripe_hooks_events SET body = NULL").await;
    known(2).await;
    endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
    assert_eq!((test_inbox.call_counts.calls_of("failed"), test_inbox.all_runs().await.len()), (1, 1));
}
