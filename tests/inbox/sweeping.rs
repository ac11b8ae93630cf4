//! What is looked for from time to time: each step by itself.

use std::time::Duration;

use stripe_hooks::{State, on_event};

use crate::{
    database::TestDatabase,
    test_inbox::{CallCounts, TestInbox, WAIT_TIMEOUT, deliver_event, event_json, on_both_engines},
};

on_both_engines! { a_step_that_fails_keeps_no_other_from_being_made }

#[derive(stripe_hooks::EndpointName)]
struct SweptEndpoint;

#[on_event("charge.succeeded", name = "swept", retries = 1, backoff = "1ms", endpoint = SweptEndpoint)]
async fn swept(State(calls): State<CallCounts>) {
    calls.count_call("swept");
}

async fn a_step_that_fails_keeps_no_other_from_being_made(test_inbox: TestInbox) {
    drop(test_inbox.open_inbox().open());
    // Nothing can be parked for want of a handler, as if the database failed there.
    test_inbox
        .execute_sql(match test_inbox.database {
            TestDatabase::File(_) => {
                "CREATE TRIGGER refuses BEFORE UPDATE ON stripe_hooks_runs WHEN NEW.reason = 'no_handler' \
                 BEGIN SELECT RAISE(ABORT, 'refused'); END"
            }
            TestDatabase::Server(_) => {
                "CREATE FUNCTION refuse() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$; \
                 CREATE TRIGGER refuses BEFORE UPDATE ON stripe_hooks_runs FOR EACH ROW WHEN (NEW.reason = 'no_handler') \
                 EXECUTE FUNCTION refuse()"
            }
        })
        .await;
    let inbox = || test_inbox.open_inbox().lease(Duration::from_secs(1)).park_orphans_after(Duration::ZERO);
    let endpoint =
        test_inbox.endpoint_builder::<SweptEndpoint>().inbox(inbox().accept_only()).build().unwrap();
    for id in ["evt_orphan", "evt_back"] {
        assert_eq!(deliver_event(&endpoint, &event_json(id, "charge.succeeded")).await, 200);
    }
    endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
    // One that is to be parked at each look, and one that was parked and is to go on.
    test_inbox
        .execute_sql(
            "UPDATE stripe_hooks_runs SET handler = 'gone' WHERE counts_for_id = 'evt_orphan'; \
             DELETE FROM stripe_hooks_runs WHERE counts_for_id = 'evt_back'",
        )
        .await;
    let now = test_inbox.database.time_literal(0);
    test_inbox
        .execute_sql(format!(
            "INSERT INTO stripe_hooks_runs (event, endpoint, counts_for_id, counts_for_type, handler, state, reason, run_at, created_at) \
             SELECT key, endpoint, id, type, 'swept', 'parked', 'no_handler', {now}, {now} FROM stripe_hooks_events WHERE id = 'evt_back'"
        ))
        .await;
    let endpoint = test_inbox.endpoint_builder::<SweptEndpoint>().inbox(inbox()).build().unwrap();
    let runs = test_inbox.wait_for_runs("its end", |runs| runs.iter().any(|run| run.state == "done")).await;
    assert_eq!([runs[0].summary(), runs[1].summary()], [("gone", "pending", 0), ("swept", "done", 1)]);
    assert_eq!(test_inbox.call_counts.calls_of("swept"), 1);
    endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
}
