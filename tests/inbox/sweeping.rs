//! What is looked for from time to time: each step by itself.

use std::time::Duration;

use stripe_hooks::{State, on_event};

use crate::{
    bench::{Bench, PATIENCE, Seen, deliver, event, on_both},
    database::Database,
};

on_both! { a_step_that_fails_keeps_no_other_from_being_made }

#[derive(stripe_hooks::EndpointName)]
struct Swept;

#[on_event("charge.succeeded", name = "swept", retries = 1, backoff = "1ms", endpoint = Swept)]
async fn swept(State(seen): State<Seen>) {
    seen.add("swept");
}

async fn a_step_that_fails_keeps_no_other_from_being_made(bench: Bench) {
    drop(bench.inbox().open());
    // Nothing can be parked for want of a handler, as if the database failed there.
    bench
        .execute(match bench.database {
            Database::File(_) => {
                "CREATE TRIGGER refuses BEFORE UPDATE ON stripe_hooks_runs WHEN NEW.reason = 'no_handler' \
                 BEGIN SELECT RAISE(ABORT, 'refused'); END"
            }
            Database::Server(_) => {
                "CREATE FUNCTION refuse() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$; \
                 CREATE TRIGGER refuses BEFORE UPDATE ON stripe_hooks_runs FOR EACH ROW WHEN (NEW.reason = 'no_handler') \
                 EXECUTE FUNCTION refuse()"
            }
        })
        .await;
    let inbox = || bench.inbox().lease(Duration::from_secs(1)).park_orphans_after(Duration::ZERO);
    let endpoint = bench.builder::<Swept>().inbox(inbox().accept_only()).build().unwrap();
    for id in ["evt_orphan", "evt_back"] {
        assert_eq!(deliver(&endpoint, &event(id, "charge.succeeded")).await, 200);
    }
    endpoint.shutdown(PATIENCE).await.unwrap();
    // One that is to be parked at each look, and one that was parked and is to go on.
    bench
        .execute(
            "UPDATE stripe_hooks_runs SET handler = 'gone' WHERE counts_for_id = 'evt_orphan'; \
             DELETE FROM stripe_hooks_runs WHERE counts_for_id = 'evt_back'",
        )
        .await;
    let now = bench.database.moment(0);
    bench
        .execute(format!(
            "INSERT INTO stripe_hooks_runs (event, endpoint, counts_for_id, counts_for_type, handler, state, reason, run_at, created_at) \
             SELECT key, endpoint, id, type, 'swept', 'parked', 'no_handler', {now}, {now} FROM stripe_hooks_events WHERE id = 'evt_back'"
        ))
        .await;
    let endpoint = bench.builder::<Swept>().inbox(inbox()).build().unwrap();
    let runs = bench.runs_when("its end", |runs| runs.iter().any(|run| run.state == "done")).await;
    assert_eq!([runs[0].brief(), runs[1].brief()], [("gone", "pending", 0), ("swept", "done", 1)]);
    assert_eq!(bench.seen.times("swept"), 1);
    endpoint.shutdown(PATIENCE).await.unwrap();
}
