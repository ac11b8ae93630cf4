//! Rows on a server that somebody keeps locked, as a lost connection does.

use std::time::Duration;

use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use stripe_hooks::{EventId, Reply, State, on_event};

use crate::test_inbox::{
    CallCounts, HandlerGate, TestInbox, WAIT_TIMEOUT, deliver_event, event_json, wait_until,
};

#[derive(stripe_hooks::EndpointName)]
struct LockedEndpoint;

#[on_event("charge.succeeded", name = "ends", endpoint = LockedEndpoint)]
async fn ends(id: EventId, State(calls): State<CallCounts>, State(gate): State<HandlerGate>) {
    calls.count_call(id.as_str());
    let _permit = gate.0.acquire().await;
}

#[on_event("charge.updated", name = "ends_in_order", order = "object", endpoint = LockedEndpoint)]
async fn ends_in_order(id: EventId, State(calls): State<CallCounts>, State(gate): State<HandlerGate>) {
    calls.count_call(id.as_str());
    let _permit = gate.0.acquire().await;
}

/// Checks that a query that keeps a lock of one run blocks the end of that run, and of no other
/// run.
async fn check_blocked_by(locking_query: &str, name: &str) {
    let Some(test_inbox) = TestInbox::postgres() else { return };
    let endpoint = test_inbox
        .endpoint_builder::<LockedEndpoint>()
        .inbox(test_inbox.open_inbox().lease(Duration::from_secs(1)))
        .build()
        .unwrap();
    for id in ["evt_locked", "evt_beside"] {
        let mut event = event_json(id, name);
        event["data"]["object"]["id"] = json!(id);
        assert_eq!(deliver_event(&endpoint, &event).await, 200);
        test_inbox.wait_for_runs("its beginning", |_| test_inbox.call_counts.calls_of(id) == 1).await;
    }
    let mut holder = PgConnection::connect(&test_inbox.database.address()).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(format!("BEGIN; {locking_query}"))).execute(&mut holder).await.unwrap();
    test_inbox.handler_gate.0.add_permits(1_000);
    for id in 0..40 {
        assert_eq!(
            deliver_event(&endpoint, &event_json(&format!("evt_{id}"), "charge.succeeded")).await,
            200
        );
    }
    let runs = test_inbox.wait_for_runs("the ends of the others", |runs| {
        runs.len() == 42 && runs.iter().filter(|run| run.state == "done").count() == 41
    });
    assert_eq!(runs.await[0].state, "running");
    sqlx::raw_sql("ROLLBACK").execute(&mut holder).await.unwrap();
    let runs = test_inbox.wait_until_ended().await;
    assert!(runs.iter().all(|run| run.state == "done" && run.attempts == 1), "{runs:#?}");
    endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lane_that_is_locked_keeps_no_other_event_out_and_its_own_until_it_is_free() {
    let Some(test_inbox) = TestInbox::postgres() else { return };
    let endpoint = test_inbox
        .endpoint_builder::<LockedEndpoint>()
        .inbox(test_inbox.open_inbox().accept_timeout(WAIT_TIMEOUT))
        .build()
        .unwrap();
    let of = |id: String, object: &str| {
        let mut event = event_json(&id, "charge.updated");
        event["data"]["object"]["id"] = json!(object);
        event
    };
    test_inbox.handler_gate.0.add_permits(1_000);
    assert_eq!(deliver_event(&endpoint, &of("evt_first".to_owned(), "locked")).await, 200);
    let mut holder = PgConnection::connect(&test_inbox.database.address()).await.unwrap();
    let lock = "BEGIN; SELECT stripe_hooks.lock_lane(stripe_hooks.lane_lock(endpoint, tenant, handler, lane)) FROM stripe_hooks.runs";
    test_inbox.wait_until_ended().await;
    sqlx::raw_sql(lock).execute(&mut holder).await.unwrap();
    let deliver_all = |name: &'static str, object: &'static str| -> Vec<_> {
        let delivering = |number: usize| {
            let object = if object == "other" { format!("other {number}") } else { object.to_owned() };
            let (endpoint, event) = (endpoint.clone(), of(format!("evt_{name}_{number}"), &object));
            tokio::spawn(async move { deliver_event(&endpoint, &event).await })
        };
        (0..20).map(delivering).collect()
    };
    let own = deliver_all("own", "locked");
    for other in deliver_all("other", "other") {
        assert_eq!(other.await.unwrap(), 200);
    }
    assert!(own.iter().all(|own| !own.is_finished()));
    sqlx::raw_sql("ROLLBACK").execute(&mut holder).await.unwrap();
    for own in own {
        assert_eq!(own.await.unwrap(), 200);
    }
    assert_eq!(test_inbox.wait_until_ended().await.len(), 41);
    endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_whose_row_is_locked_holds_up_no_end_of_another() {
    let query = "SELECT 1 FROM stripe_hooks.runs WHERE counts_for_id = 'evt_locked' FOR UPDATE";
    check_blocked_by(query, "charge.succeeded").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_whose_lane_is_locked_holds_up_no_end_of_another() {
    let query = "SELECT stripe_hooks.lock_lane(stripe_hooks.lane_lock(endpoint, tenant, handler, lane)) \
         FROM stripe_hooks.runs WHERE counts_for_id = 'evt_locked'";
    check_blocked_by(query, "charge.updated").await;
}

#[derive(stripe_hooks::EndpointName)]
struct LockedReplyEndpoint;

#[on_event("issuing_authorization.request", inline = "20s", endpoint = LockedReplyEndpoint)]
async fn replies(
    id: EventId,
    State(calls): State<CallCounts>,
    State(gate): State<HandlerGate>,
) -> Reply<serde_json::Value> {
    calls.count_call(id.as_str());
    let _permit = gate.0.acquire().await;
    Reply::new(json!({"approved": true}))
}

/// The completion of a run that decides an answer writes into the event, too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_whose_event_is_locked_holds_up_no_end_of_another() {
    let Some(test_inbox) = TestInbox::postgres() else { return };
    let endpoint = test_inbox.build_endpoint::<LockedReplyEndpoint>();
    let deliver = |id: &'static str| {
        let (endpoint, event) = (endpoint.clone(), event_json(id, "issuing_authorization.request"));
        tokio::spawn(async move { deliver_event(&endpoint, &event).await })
    };
    let locked = deliver("evt_locked");
    wait_until("its attempt", async || test_inbox.call_counts.calls_of("evt_locked") == 1).await;
    let mut holder = PgConnection::connect(&test_inbox.database.address()).await.unwrap();
    let lock = "BEGIN; SELECT FROM stripe_hooks.events WHERE id = 'evt_locked' FOR UPDATE";
    sqlx::raw_sql(lock).execute(&mut holder).await.unwrap();
    test_inbox.handler_gate.0.add_permits(1_000);
    let waiting = "SELECT count(*) FROM pg_stat_activity \
         WHERE datname = current_database() AND wait_event_type = 'Lock'";
    wait_until("the completion at the lock", async || test_inbox.query_integer(waiting).await == 1).await;
    assert_eq!(deliver("evt_beside").await.unwrap(), 200);
    assert!(!locked.is_finished());
    sqlx::raw_sql("ROLLBACK").execute(&mut holder).await.unwrap();
    assert_eq!(locked.await.unwrap(), 200);
    endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
}
