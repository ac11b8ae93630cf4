//! The rows of the tables, as the documentation of the inbox describes them.

use std::time::Duration;

use serde_json::{Value, json};
use stripe_hooks::{
    Endpoint, EndpointName, EventId, InboxTx, Outcome, Reply, State,
    inbox::{Filter, RunResult, RunState},
    on_event,
    sqlx::{Postgres, Sqlite},
};

use crate::{
    database::TestDatabase,
    test_inbox::{
        CallCounts, HandlerGate, TestInbox, WAIT_TIMEOUT, deliver_event, event_json, on_both_engines,
        wait_until,
    },
};

on_both_engines! {
    two_events_of_different_types_with_one_id_are_two_events,
    test_events_of_the_dashboard_share_an_id_of_zeros_and_each_runs,
    the_row_of_an_event_has_its_account_its_context_its_object_and_its_source,
    an_event_counts_as_answered_when_it_is_stored_unless_its_handler_replies,
    a_transaction_that_replies_records_the_answer_with_its_commit,
    a_process_is_in_the_table_with_its_handlers_until_it_has_shut_down,
    a_handler_is_paused_at_one_endpoint_alone,
    an_event_is_never_lost_because_its_key_is_taken,
}

#[derive(EndpointName)]
struct KindsEndpoint;

#[on_event("customer.created", "plan.created", name = "kinds", endpoint = KindsEndpoint)]
async fn kinds(id: EventId, State(calls): State<CallCounts>) {
    calls.count_call(id.as_str());
}

async fn two_events_of_different_types_with_one_id_are_two_events(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<KindsEndpoint>();
    for event_type in ["customer.created", "plan.created", "customer.created"] {
        assert_eq!(deliver_event(&endpoint, &event_json("evt_1", event_type)).await, 200);
    }
    assert_eq!(test_inbox.wait_until_ended().await.len(), 2);
    assert_eq!((endpoint.counts().stored, endpoint.counts().duplicate), (2, 1));
    assert_eq!(test_inbox.call_counts.calls_of("evt_1"), 2);
}

/// A test event of the Dashboard.
fn test_event(event_type: &str, object: &str) -> Value {
    let mut event = event_json("evt_00000000000000", event_type);
    event["data"]["object"]["id"] = json!(object);
    event
}

async fn test_events_of_the_dashboard_share_an_id_of_zeros_and_each_runs(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<KindsEndpoint>();
    let sent = [
        test_event("customer.created", "cus_00000000000000"),
        test_event("plan.created", "gold_00000000000000"),
        test_event("customer.created", "cus_00000000000001"),
        test_event("customer.created", "cus_00000000000000"),
    ];
    for event in &sent {
        assert_eq!(deliver_event(&endpoint, event).await, 200);
    }
    assert_eq!(test_inbox.wait_until_ended().await.len(), 3);
    assert_eq!((endpoint.counts().stored, endpoint.counts().duplicate), (3, 1));
    // Handlers and operators see the id of the body.
    assert_eq!(test_inbox.call_counts.calls_of("evt_00000000000000"), 3);
    let inbox = endpoint.inbox().unwrap();
    let found = inbox.list(&Filter::new().event("evt_00000000000000")).await.unwrap();
    assert_eq!(found.len(), 3);
    assert!(found.iter().all(|run| run.event_id == "evt_00000000000000"), "{found:?}");
    let done = Filter::new().event("evt_00000000000000").state(RunState::Done);
    assert_eq!(inbox.replay(&done, "ada").await.unwrap().len(), 3);
    // The tables tell them apart.
    let ids = test_inbox.query_integer("SELECT count(DISTINCT counts_for_id) FROM stripe_hooks_runs").await;
    let same = test_inbox
        .query_integer(
            "SELECT count(*) FROM stripe_hooks_runs AS run JOIN stripe_hooks_events AS event \
             ON event.key = run.event AND event.id = run.counts_for_id AND event.type = run.counts_for_type",
        )
        .await;
    assert_eq!((ids, same), (3, 3));
}

#[derive(EndpointName)]
struct RowsEndpoint;

#[on_event("charge.succeeded", "v1.charge.succeeded", name = "rows", endpoint = RowsEndpoint)]
async fn rows() {}

async fn the_row_of_an_event_has_its_account_its_context_its_object_and_its_source(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<RowsEndpoint>();
    let mut snapshot = event_json("evt_1", "charge.succeeded");
    snapshot["account"] = json!("acct_1");
    assert_eq!(deliver_event(&endpoint, &snapshot).await, 200);
    let thin = json!({
        "id": "evt_2", "object": "v2.core.event", "type": "v1.charge.succeeded", "created": "2026-10-28T12:34:56.789Z",
        "livemode": false, "context": "acct_2", "snapshot_event": "evt_3",
        "related_object": { "id": "ch_1", "type": "charge", "url": "/v1/charges/ch_1" },
    });
    assert_eq!(endpoint.dispatch_verified(thin.to_string().into()).await.status(), 200);
    let columns = ["id", "form", "source", "account", "context", "object_kind", "object_id"]
        .map(|column| format!("coalesce({column}, 'none')"))
        .join(" || ' ' || ");
    let rows = test_inbox
        .database
        .query_texts(format!("SELECT {columns} FROM stripe_hooks_events ORDER BY key"))
        .await;
    assert_eq!(
        rows,
        [
            "evt_1 snapshot delivered acct_1 none charge obj_evt_1",
            "evt_2 thin dispatched none acct_2 charge ch_1"
        ]
    );
    // The run of a thin event counts for its snapshot twin.
    let counted = "SELECT counts_for_id || ' ' || counts_for_type FROM stripe_hooks_runs ORDER BY id";
    assert_eq!(
        test_inbox.database.query_texts(counted).await,
        ["evt_1 charge.succeeded", "evt_3 charge.succeeded"]
    );
}

#[derive(EndpointName)]
struct AnsweringEndpoint;

#[on_event("charge.succeeded", name = "in_the_background", endpoint = AnsweringEndpoint)]
async fn in_the_background() {}

#[on_event("charge.failed", name = "replies_when_let", inline = "20s", retries = 0, endpoint = AnsweringEndpoint)]
async fn replies_when_let(State(calls): State<CallCounts>, State(gate): State<HandlerGate>) -> Reply<bool> {
    calls.count_call("begun");
    let _ = gate.0.acquire().await;
    Reply::new(true)
}

#[on_event("charge.pending", name = "fails_inline", inline = "20s", retries = 0, endpoint = AnsweringEndpoint)]
async fn fails_inline() -> Result<Reply<bool>, &'static str> {
    Err("as it happens")
}

/// The ids of the events that may have been answered 2xx.
async fn answered(test_inbox: &TestInbox) -> Vec<String> {
    test_inbox
        .database
        .query_texts("SELECT id FROM stripe_hooks_events WHERE answered_at IS NOT NULL ORDER BY id")
        .await
}

async fn an_event_counts_as_answered_when_it_is_stored_unless_its_handler_replies(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<AnsweringEndpoint>();
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.succeeded")).await, 200);
    assert_eq!(answered(&test_inbox).await, ["evt_1"]);
    let waiting = tokio::spawn({
        let endpoint = endpoint.clone();
        async move { deliver_event(&endpoint, &event_json("evt_2", "charge.failed")).await }
    });
    wait_until("its handler", async || test_inbox.call_counts.calls_of("begun") == 1).await;
    assert_eq!(answered(&test_inbox).await, ["evt_1"]);
    test_inbox.handler_gate.0.add_permits(1);
    assert_eq!(waiting.await.unwrap(), 200);
    assert_eq!(answered(&test_inbox).await, ["evt_1", "evt_2"]);
    assert_eq!(deliver_event(&endpoint, &event_json("evt_3", "charge.pending")).await, 500);
    let body = bytes::Bytes::from_static(b"[]");
    let unreadable = endpoint.dispatch_verified(body).await;
    assert_eq!(unreadable.status(), 400);
    assert_eq!(answered(&test_inbox).await, ["evt_1", "evt_2"]);
}

macro_rules! transactional {
    ($Engine:ty) => {
        use super::*;

        #[derive(EndpointName)]
        pub(super) struct Transactional;

        #[on_event("charge.succeeded", name = "replies_in_it", inline = "20s", endpoint = Transactional)]
        async fn replies_in_it(_tx: &mut InboxTx<$Engine>) -> Reply<bool> {
            Reply::new(true)
        }

        #[on_event("charge.failed", name = "ignores_in_it", endpoint = Transactional)]
        async fn ignores_in_it(_tx: &mut InboxTx<$Engine>) -> Outcome {
            Outcome::ignore("nothing to book")
        }
    };
}

mod sqlite {
    transactional!(Sqlite);
}

mod postgres {
    transactional!(Postgres);
}

async fn a_transaction_that_replies_records_the_answer_with_its_commit(test_inbox: TestInbox) {
    let endpoint = match test_inbox.database {
        TestDatabase::File(_) => test_inbox.build_endpoint::<sqlite::Transactional>(),
        TestDatabase::Server(_) => test_inbox.build_endpoint::<postgres::Transactional>(),
    };
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.succeeded")).await, 200);
    assert_eq!(answered(&test_inbox).await, ["evt_1"]);
    assert_eq!(deliver_event(&endpoint, &event_json("evt_2", "charge.failed")).await, 200);
    let runs = test_inbox.wait_until_ended().await;
    let results: Vec<_> = runs.iter().map(|run| run.result.as_deref().unwrap()).collect();
    assert_eq!(results, ["handled", "ignored"]);
    assert_eq!(answered(&test_inbox).await, ["evt_1", "evt_2"]);
}

/// The endpoint and handler of each row of this table.
async fn handlers(test_inbox: &TestInbox, table: &str) -> Vec<String> {
    test_inbox
        .database
        .query_texts(format!("SELECT endpoint || ' ' || handler FROM {table} ORDER BY handler"))
        .await
}

async fn a_process_is_in_the_table_with_its_handlers_until_it_has_shut_down(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<RowsEndpoint>();
    let known = [format!("{} rows", RowsEndpoint::NAME)];
    let checked_in = async || handlers(&test_inbox, "stripe_hooks_process_handlers").await == known;
    wait_until("the row of its handler", checked_in).await;
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.succeeded")).await, 200);
    test_inbox.wait_until_ended().await;
    let own = format!(
        "SELECT count(*) FROM stripe_hooks_processes AS process JOIN stripe_hooks_runs AS run ON run.process = process.id \
         WHERE pid = {} AND program LIKE 'inbox-%' AND host <> '' AND version <> '' AND seen_at >= process.started_at",
        std::process::id()
    );
    assert_eq!(test_inbox.query_integer(own).await, 1);
    // Handlers without a run are listed too.
    let stats = endpoint.inbox().unwrap().stats().await.unwrap();
    let listed: Vec<_> = stats.handlers.iter().map(|of| format!("{} {}", of.endpoint, of.handler)).collect();
    assert_eq!(listed, known);
    endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
    assert_eq!(test_inbox.query_integer("SELECT count(*) FROM stripe_hooks_processes").await, 0);
    assert_eq!(handlers(&test_inbox, "stripe_hooks_process_handlers").await, [""; 0]);
    assert_eq!(handlers(&test_inbox, "stripe_hooks_handlers").await, known);
}

#[derive(EndpointName)]
struct PausedEndpoint;

#[on_event("charge.succeeded", name = "paused_at_one", endpoint = PausedEndpoint)]
async fn paused_at_one(State(calls): State<CallCounts>) {
    calls.count_call("paused_at_one");
}

/// Stores an event, skips its run or waits for it, and returns the run's result.
async fn result_of(test_inbox: &TestInbox, endpoint: &Endpoint, is_skipped: bool) -> Option<RunResult> {
    let inbox = endpoint.inbox().unwrap();
    if is_skipped {
        assert_eq!(inbox.skip(&Filter::new(), "ada", "not needed").await.unwrap().len(), 1);
    }
    test_inbox.wait_until_ended().await;
    inbox.list(&Filter::new().endpoint(PausedEndpoint::NAME)).await.unwrap().pop().unwrap().result
}

async fn a_handler_is_paused_at_one_endpoint_alone(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<PausedEndpoint>();
    let inbox = endpoint.inbox().unwrap();
    let name = PausedEndpoint::NAME;
    let known = async || inbox.endpoints_of("paused_at_one").await.unwrap() == [name];
    wait_until("the row of its handler", known).await;
    // A pause at an endpoint that has never had the handler would hold nothing.
    let error = inbox.pause("elsewhere", "paused_at_one", "ada").await.unwrap_err().to_string();
    let expected = format!("the endpoint `elsewhere` has no handler `paused_at_one`; it belongs to `{name}`");
    assert_eq!(error, expected);
    assert!(inbox.pause(name, "paused_at_one", "ada").await.unwrap());
    let stats = inbox.stats().await.unwrap();
    assert!(stats.handlers.iter().all(|of| of.paused && of.endpoint == name), "{stats:?}");
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.succeeded")).await, 200);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(test_inbox.all_runs().await[0].summary(), ("paused_at_one", "pending", 0));
    assert_eq!(result_of(&test_inbox, &endpoint, true).await, Some(RunResult::Skipped));
    assert!(inbox.resume(name, "paused_at_one", "ada").await.unwrap());
    assert_eq!(inbox.replay(&Filter::new().state(RunState::Done), "ada").await.unwrap().len(), 1);
    assert_eq!(result_of(&test_inbox, &endpoint, false).await, Some(RunResult::Handled));
    assert_eq!(test_inbox.call_counts.calls_of("paused_at_one"), 1);
    let actions = "SELECT endpoint || ' ' || action FROM stripe_hooks_audit ORDER BY id";
    let expected = ["pause", "skip", "resume", "replay"].map(|action| format!("{name} {action}"));
    assert_eq!(test_inbox.database.query_texts(actions).await, expected);
}

/// Lets the keys of events begin again at one, as after a copy of the tables without their
/// sequences.
async fn reset_keys(test_inbox: &TestInbox) {
    let reset = match test_inbox.database {
        TestDatabase::File(_) => "DELETE FROM sqlite_sequence WHERE name = 'stripe_hooks_events'",
        TestDatabase::Server(_) => "ALTER TABLE stripe_hooks_events ALTER COLUMN key RESTART WITH 1",
    };
    test_inbox.execute_sql(reset).await;
}

async fn an_event_is_never_lost_because_its_key_is_taken(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<RowsEndpoint>();
    for id in ["evt_1", "evt_2"] {
        assert_eq!(deliver_event(&endpoint, &event_json(id, "charge.succeeded")).await, 200);
    }
    reset_keys(&test_inbox).await;
    // The sequence of a server goes on with each delivery that Stripe repeats.
    let is_stored = async || deliver_event(&endpoint, &event_json("evt_3", "charge.succeeded")).await == 200;
    wait_until("its delivery", is_stored).await;
    test_inbox.wait_until_ended().await;
    let own = "SELECT event.id FROM stripe_hooks_runs AS run JOIN stripe_hooks_events AS event \
         ON event.key = run.event AND event.id = run.counts_for_id ORDER BY run.id";
    assert_eq!(test_inbox.database.query_texts(own).await, ["evt_1", "evt_2", "evt_3"]);
}
