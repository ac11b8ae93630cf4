//! What becomes of a run: done, tried again, or parked.

use std::time::Duration;

use serde_json::json;
use stripe_hooks::{EndpointName, Outcome, Rejection, State, objects::Charge, on_event};

use crate::test_inbox::{CallCounts, RunRow, TestInbox, deliver_event, event_json, on_both_engines};

on_both_engines! {
    each_end_of_a_handler_has_its_meaning,
    what_a_handler_says_is_not_kept_where_it_is_not_logged,
    a_reason_of_the_applications_own_is_tried_again,
    a_run_of_a_process_that_died_begins_again_and_its_attempt_has_counted,
    a_run_that_took_its_process_down_with_each_attempt_is_parked_at_its_limit,
    a_run_whose_lease_has_not_passed_is_left_to_its_process,
    a_run_whose_handler_is_gone_is_parked_once_it_has_waited_long_enough,
    more_runs_than_one_step_takes_are_all_parked_and_all_taken_up_again,
    a_run_whose_handler_is_gone_waits_while_another_version_may_have_it,
    a_run_that_was_parked_for_want_of_its_handler_goes_on_when_the_handler_is_back,
    a_run_whose_handler_does_not_take_the_event_any_more_is_parked,
    a_run_whose_body_was_removed_is_parked,
    the_worker_outlives_a_database_that_is_away,
    a_long_queue_of_one_handler_keeps_no_other_waiting,
}

#[derive(stripe_hooks::EndpointName)]
struct AllOutcomesEndpoint;

#[on_event("charge.succeeded", endpoint = AllOutcomesEndpoint)]
async fn fails_twice(State(calls): State<CallCounts>) -> Outcome {
    match calls.count_call("fails twice") {
        1 | 2 => Outcome::retry_after(Duration::ZERO, "not yet"),
        _ => Outcome::done(),
    }
}

#[on_event("charge.succeeded", endpoint = AllOutcomesEndpoint)]
async fn ignores() -> Outcome {
    Outcome::ignore("not one of ours")
}

#[on_event("charge.succeeded", endpoint = AllOutcomesEndpoint)]
async fn parks() -> Outcome {
    Outcome::park("it will never work")
}

#[on_event("charge.succeeded", backoff = "1h", endpoint = AllOutcomesEndpoint)]
async fn panics() {
    panic!("as if by a mistake");
}

#[on_event("charge.succeeded", endpoint = AllOutcomesEndpoint)]
async fn cannot_decode(_: Charge) {}

#[on_event("charge.succeeded", endpoint = AllOutcomesEndpoint)]
fn blocks_its_thread(State(calls): State<CallCounts>) {
    std::thread::sleep(Duration::from_millis(50));
    calls.count_call("blocked");
}

fn run_of_handler<'r>(runs: &'r [RunRow], handler: &str) -> &'r RunRow {
    runs.iter().find(|run| run.handler == handler).unwrap()
}

async fn each_end_of_a_handler_has_its_meaning(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<AllOutcomesEndpoint>();
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.succeeded")).await, 200);
    let settled = |run: &RunRow| match &*run.handler {
        "panics" => run.attempts == 1 && run.state == "pending",
        _ => run.state == "done" || run.state == "parked",
    };
    let runs = test_inbox.wait_for_runs("the end of each", |runs| runs.iter().all(settled)).await;
    assert_eq!(run_of_handler(&runs, "fails_twice").summary(), ("fails_twice", "done", 3));
    assert_eq!(run_of_handler(&runs, "fails_twice").error, None);
    assert_eq!(run_of_handler(&runs, "fails_twice").result.as_deref(), Some("handled"));
    assert_eq!(run_of_handler(&runs, "ignores").summary(), ("ignores", "done", 1));
    assert_eq!(run_of_handler(&runs, "ignores").error.as_deref(), Some("not one of ours"));
    assert_eq!(run_of_handler(&runs, "ignores").result.as_deref(), Some("ignored"));
    assert_eq!(run_of_handler(&runs, "parks").summary(), ("parks", "parked", 1));
    assert_eq!(run_of_handler(&runs, "parks").reason.as_deref(), Some("parked_by_handler"));
    assert_eq!(run_of_handler(&runs, "parks").error.as_deref(), Some("it will never work"));
    assert_eq!(run_of_handler(&runs, "parks").result, None);
    assert_eq!(run_of_handler(&runs, "panics").error.as_deref(), Some("the handler panicked"));
    assert_eq!(run_of_handler(&runs, "cannot_decode").summary(), ("cannot_decode", "parked", 1));
    assert_eq!(run_of_handler(&runs, "cannot_decode").reason.as_deref(), Some("undecodable"));
    let error = run_of_handler(&runs, "cannot_decode").error.clone().unwrap();
    assert!(error.starts_with("data.object") && error.contains("API version"), "{error}");
    assert_eq!(run_of_handler(&runs, "blocks_its_thread").summary(), ("blocks_its_thread", "done", 1));
}

async fn what_a_handler_says_is_not_kept_where_it_is_not_logged(test_inbox: TestInbox) {
    let endpoint = test_inbox
        .endpoint_builder::<AllOutcomesEndpoint>()
        .log_handler_errors(false)
        .inbox(test_inbox.open_inbox())
        .build()
        .unwrap();
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.succeeded")).await, 200);
    let runs = test_inbox
        .wait_for_runs("its end", |runs| {
            runs.iter().any(|run| run.handler == "parks" && run.state == "parked")
        })
        .await;
    assert_eq!(run_of_handler(&runs, "parks").error.as_deref(), Some("(not logged)"));
}

#[derive(stripe_hooks::EndpointName)]
struct QueuedEndpoint;

#[on_event("charge.succeeded", name = "queued", endpoint = QueuedEndpoint)]
async fn queued(State(calls): State<CallCounts>) {
    calls.count_call("queued");
}

#[on_event("charge.refunded", name = "limited", concurrency = 1, endpoint = QueuedEndpoint)]
async fn limited(State(calls): State<CallCounts>) {
    calls.count_call(format!("limited after {}", calls.calls_of("queued")));
}

async fn a_long_queue_of_one_handler_keeps_no_other_waiting(test_inbox: TestInbox) {
    let receiver = test_inbox
        .endpoint_builder::<QueuedEndpoint>()
        .inbox(test_inbox.open_inbox().accept_only())
        .build()
        .unwrap();
    for number in 0..20 {
        assert_eq!(
            deliver_event(&receiver, &event_json(&format!("evt_{number}"), "charge.succeeded")).await,
            200
        );
    }
    assert_eq!(deliver_event(&receiver, &event_json("evt_20", "charge.refunded")).await, 200);
    let inbox = test_inbox.open_inbox().workers(1).simulate_another_process();
    let _worker = test_inbox.endpoint_builder::<QueuedEndpoint>().inbox(inbox).build().unwrap();
    test_inbox.wait_until_ended().await;
    // One of the queue may have gone before it, because somebody has to go first.
    assert_eq!(
        test_inbox.call_counts.calls_of("limited after 0")
            + test_inbox.call_counts.calls_of("limited after 1"),
        1
    );
}

#[derive(stripe_hooks::EndpointName)]
struct OddEndpoint;

/// Refuses every event.
struct Picky;

impl<'cx, E: stripe_hooks::EventType> stripe_hooks::FromEvent<'cx, E> for Picky {
    fn from_event(_: &stripe_hooks::EventContext<'cx>) -> Result<Self, Rejection> {
        Err(Rejection::new("not today"))
    }
}

#[on_event("charge.succeeded", backoff = "1h", endpoint = OddEndpoint)]
async fn is_picky(_: Picky) {}

async fn a_reason_of_the_applications_own_is_tried_again(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<OddEndpoint>();
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.succeeded")).await, 200);
    let tried = |runs: &[RunRow]| runs.iter().all(|run| run.error.is_some() || run.state == "done");
    let runs = test_inbox.wait_for_runs("one attempt each", tried).await;
    assert_eq!(run_of_handler(&runs, "is_picky").summary(), ("is_picky", "pending", 1));
    assert_eq!(run_of_handler(&runs, "is_picky").error.as_deref(), Some("not today"));
}

#[derive(stripe_hooks::EndpointName)]
struct LeftEndpoint;

#[on_event("charge.succeeded", name = "left", endpoint = LeftEndpoint)]
async fn left(State(calls): State<CallCounts>) {
    calls.count_call("left");
}

/// A run as another process has left it.
struct AbandonedRun {
    handler: &'static str,
    state: &'static str,
    attempts: u32,
    /// When its lease passes, in seconds from now.
    lease: Option<i64>,
    reason: Option<&'static str>,
}

const PENDING_RUN: AbandonedRun =
    AbandonedRun { handler: "left", state: "pending", attempts: 0, lease: None, reason: None };

/// Stores an event with these runs, as if another process had.
async fn insert_abandoned_runs(test_inbox: &TestInbox, runs: &[AbandonedRun]) {
    drop(test_inbox.open_inbox().open());
    let endpoint = <LeftEndpoint as stripe_hooks::EndpointName>::NAME;
    let body =
        test_inbox.database.bytes_literal(event_json("evt_1", "charge.succeeded").to_string().as_bytes());
    let long_ago = test_inbox.database.time_literal(-86_400);
    test_inbox
        .execute_sql(format!(
            "INSERT INTO stripe_hooks_events (endpoint, id, form, source, type, body, received_at) \
             VALUES ('{endpoint}', 'evt_1', 'snapshot', 'delivered', 'charge.succeeded', {body}, {long_ago})"
        ))
        .await;
    for AbandonedRun { handler, state, attempts, lease, reason } in runs {
        let lease = lease.map_or("NULL".to_owned(), |seconds| test_inbox.database.time_literal(seconds));
        let reason = reason.map_or("NULL".to_owned(), |reason| format!("'{reason}'"));
        test_inbox
            .execute_sql(format!(
                "INSERT INTO stripe_hooks_runs \
                 (event, endpoint, counts_for_id, counts_for_type, handler, state, attempts, fence, run_at, lease_until, reason, created_at) VALUES \
                 ((SELECT key FROM stripe_hooks_events), '{endpoint}', 'evt_1', 'charge.succeeded', '{handler}', '{state}', {attempts}, {attempts}, {long_ago}, {lease}, {reason}, {long_ago})"
            ))
            .await;
    }
}

async fn a_run_of_a_process_that_died_begins_again_and_its_attempt_has_counted(test_inbox: TestInbox) {
    insert_abandoned_runs(
        &test_inbox,
        &[AbandonedRun { state: "running", attempts: 4, lease: Some(-60), ..PENDING_RUN }],
    )
    .await;
    let _endpoint = test_inbox.build_endpoint::<LeftEndpoint>();
    let back = test_inbox.wait_for_runs("its return", |runs| runs[0].state == "pending").await;
    assert_eq!(back[0].summary(), ("left", "pending", 4));
    assert_eq!(back[0].error.as_deref(), Some("its process ended, or did not renew its lease"));
    test_inbox
        .execute_sql(format!(
            "UPDATE stripe_hooks_runs SET run_at = {}",
            test_inbox.database.time_literal(-1)
        ))
        .await;
    assert_eq!(test_inbox.wait_until_ended().await[0].summary(), ("left", "done", 5));
}

async fn a_run_that_took_its_process_down_with_each_attempt_is_parked_at_its_limit(test_inbox: TestInbox) {
    insert_abandoned_runs(
        &test_inbox,
        &[AbandonedRun { state: "running", attempts: 21, lease: Some(-60), ..PENDING_RUN }],
    )
    .await;
    let _endpoint = test_inbox.build_endpoint::<LeftEndpoint>();
    let run = test_inbox.wait_until_ended().await.remove(0);
    assert_eq!((run.summary(), run.reason.as_deref()), (("left", "parked", 21), Some("attempts_exhausted")));
    assert_eq!(test_inbox.call_counts.calls_of("left"), 0);
}

async fn a_run_whose_lease_has_not_passed_is_left_to_its_process(test_inbox: TestInbox) {
    insert_abandoned_runs(
        &test_inbox,
        &[AbandonedRun { state: "running", attempts: 1, lease: Some(86_400), ..PENDING_RUN }],
    )
    .await;
    let endpoint = test_inbox.build_endpoint::<LeftEndpoint>();
    assert_eq!(deliver_event(&endpoint, &event_json("evt_2", "charge.succeeded")).await, 200);
    test_inbox.wait_for_runs("the other's end", |runs| runs[1].state == "done").await;
    assert_eq!(test_inbox.all_runs().await[0].summary(), ("left", "running", 1));
}

async fn a_run_whose_handler_is_gone_is_parked_once_it_has_waited_long_enough(test_inbox: TestInbox) {
    let gone = AbandonedRun { handler: "gone", ..PENDING_RUN };
    let gone_too = AbandonedRun {
        handler: "gone too",
        state: "running",
        attempts: 1,
        lease: Some(-86_400),
        ..PENDING_RUN
    };
    insert_abandoned_runs(&test_inbox, &[gone, gone_too]).await;
    let _endpoint = test_inbox.build_endpoint::<LeftEndpoint>();
    let runs = test_inbox.wait_until_ended().await;
    assert!(
        runs.iter().all(|run| run.state == "parked" && run.reason.as_deref() == Some("no_handler")),
        "{runs:?}"
    );
}

async fn more_runs_than_one_step_takes_are_all_parked_and_all_taken_up_again(test_inbox: TestInbox) {
    let gone = AbandonedRun { handler: "gone", ..PENDING_RUN };
    insert_abandoned_runs(
        &test_inbox,
        &[gone, AbandonedRun { state: "parked", reason: Some("no_handler"), ..PENDING_RUN }],
    )
    .await;
    test_inbox
        .execute_sql(
            "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1100) \
             INSERT INTO stripe_hooks_runs \
               (event, endpoint, counts_for_id, counts_for_type, handler, state, attempts, fence, run_at, reason, created_at) \
             SELECT event, endpoint, counts_for_id || n, counts_for_type, handler, state, attempts, fence, run_at, reason, created_at \
             FROM stripe_hooks_runs CROSS JOIN numbers",
        )
        .await;
    test_inbox
        .execute_sql(format!(
            "INSERT INTO stripe_hooks_pauses (endpoint, handler) VALUES ('{}', 'left')",
            LeftEndpoint::NAME
        ))
        .await;
    let _endpoint = test_inbox.build_endpoint::<LeftEndpoint>();
    let runs = test_inbox
        .wait_for_runs("the end of the first sweep", |runs| {
            let count = |handler: &str, state: &str| {
                runs.iter().filter(|run| run.summary() == (handler, state, 0)).count()
            };
            count("gone", "parked") == 1_101 && count("left", "pending") == 1_101
        })
        .await;
    assert_eq!(runs.len(), 2_202);
}

async fn a_run_whose_handler_is_gone_waits_while_another_version_may_have_it(test_inbox: TestInbox) {
    insert_abandoned_runs(&test_inbox, &[AbandonedRun { handler: "gone", ..PENDING_RUN }]).await;
    let inbox = test_inbox.open_inbox().park_orphans_after(Duration::from_secs(u64::MAX / 1_000));
    let endpoint = test_inbox.endpoint_builder::<LeftEndpoint>().inbox(inbox).build().unwrap();
    assert_eq!(deliver_event(&endpoint, &event_json("evt_2", "charge.succeeded")).await, 200);
    test_inbox.wait_for_runs("the other's end", |runs| runs[1].state == "done").await;
    assert_eq!(test_inbox.all_runs().await[0].summary(), ("gone", "pending", 0));
}

async fn a_run_that_was_parked_for_want_of_its_handler_goes_on_when_the_handler_is_back(
    test_inbox: TestInbox,
) {
    insert_abandoned_runs(
        &test_inbox,
        &[AbandonedRun { state: "parked", reason: Some("no_handler"), ..PENDING_RUN }],
    )
    .await;
    let _endpoint = test_inbox.build_endpoint::<LeftEndpoint>();
    let run = test_inbox.wait_for_runs("its end", |runs| runs[0].state == "done").await.remove(0);
    assert_eq!((run.summary(), run.reason.as_deref()), (("left", "done", 1), None));
}

async fn a_run_whose_handler_does_not_take_the_event_any_more_is_parked(test_inbox: TestInbox) {
    insert_abandoned_runs(&test_inbox, &[PENDING_RUN]).await;
    let body = json!({"id": "evt_1", "object": "event", "type": "charge.failed"}).to_string();
    let body = test_inbox.database.bytes_literal(body.as_bytes());
    test_inbox.execute_sql(format!("UPDATE stripe_hooks_events SET body = {body}")).await;
    let _endpoint = test_inbox.build_endpoint::<LeftEndpoint>();
    let run = test_inbox.wait_until_ended().await.remove(0);
    assert_eq!((&*run.state, run.reason.as_deref()), ("parked", Some("not_taken")));
}

async fn a_run_whose_body_was_removed_is_parked(test_inbox: TestInbox) {
    insert_abandoned_runs(&test_inbox, &[PENDING_RUN]).await;
    test_inbox.execute_sql("UPDATE stripe_hooks_events SET body = NULL").await;
    let _endpoint = test_inbox.build_endpoint::<LeftEndpoint>();
    let run = test_inbox.wait_until_ended().await.remove(0);
    assert_eq!((&*run.state, run.reason.as_deref()), ("parked", Some("body_removed")));
}

async fn the_worker_outlives_a_database_that_is_away(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<LeftEndpoint>();
    test_inbox.execute_sql("ALTER TABLE stripe_hooks_runs RENAME COLUMN state TO elsewhere").await;
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.succeeded")).await, 503);
    tokio::time::sleep(Duration::from_millis(100)).await;
    test_inbox.execute_sql("ALTER TABLE stripe_hooks_runs RENAME COLUMN elsewhere TO state").await;
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.succeeded")).await, 200);
    assert_eq!(test_inbox.wait_until_ended().await[0].summary(), ("left", "done", 1));
}
