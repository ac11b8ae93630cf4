//! What is done to thousands of runs: in batches, each a transaction of its own, so that nobody waits long for one.

use std::{collections::BTreeSet, time::Duration};

use stripe_hooks::{
    EndpointName,
    inbox::{Filter, Inbox, RunState},
    on_event,
};

use crate::{
    random::random_below,
    test_inbox::{TestInbox, WAIT_TIMEOUT, on_both_engines, wait_until},
};

on_both_engines! {
    thousands_of_runs_are_replayed_and_skipped_in_batches_with_an_audit_row_each,
    what_is_replayed_while_retention_is_at_work_keeps_its_body,
    what_was_done_to_runs_that_are_gone_is_removed_however_much_that_is,
}

#[derive(stripe_hooks::EndpointName)]
struct ManyEndpoint;

#[on_event("charge.updated", name = "many", order = "object", parked = "holds", endpoint = ManyEndpoint)]
async fn many() {}

const RUN_COUNT: i64 = 2_500;
const SECONDS_PER_DAY: i64 = 86_400;

/// Writes so many runs of the handler in this state, with their events, which came so many days ago. The lane is SQL, of the number `n`.
async fn insert_runs(test_inbox: &TestInbox, state: &str, count: i64, days: i64, lane: &str) {
    let (then, state_literal) =
        (test_inbox.database.time_literal(-days * SECONDS_PER_DAY), format!("'{state}'"));
    let result = if state == "done" { "'handled'" } else { "NULL" };
    let reason = if state == "parked" { "'attempts_exhausted'" } else { "NULL" };
    let columns = [
        ("handler", "'many'"),
        ("state", &*state_literal),
        ("result", result),
        ("reason", reason),
        ("lane", lane),
        ("lane_at", &*then),
    ];
    test_inbox.insert_events::<ManyEndpoint>(&format!("evt_{state}"), 1..=count, &then, &columns).await;
}

/// The inbox, in which no run of the handler begins.
async fn open_paused_inbox(test_inbox: &TestInbox) -> Inbox {
    let inbox = test_inbox.open_inbox().operator();
    inbox.pause(ManyEndpoint::NAME, "many", "ada").await.unwrap();
    inbox
}

async fn count_audit_rows(test_inbox: &TestInbox, what: &str) -> i64 {
    test_inbox
        .query_integer(format!("SELECT count({what}) FROM stripe_hooks_audit WHERE run IS NOT NULL"))
        .await
}

async fn thousands_of_runs_are_replayed_and_skipped_in_batches_with_an_audit_row_each(test_inbox: TestInbox) {
    let inbox = open_paused_inbox(&test_inbox).await;
    // Every second one in one of fifty lanes.
    insert_runs(&test_inbox, "parked", RUN_COUNT, 0, "CASE WHEN n % 2 = 0 THEN 'test/o' || (n % 100) END")
        .await;
    let filter = Filter::new().handler("many");
    // The newest, and never more than were asked for.
    let some = inbox.replay(&filter.clone().limit(700), "ada").await.unwrap();
    assert_eq!(some.len(), 700);
    let oldest =
        test_inbox.query_integer("SELECT min(id) FROM stripe_hooks_runs WHERE state = 'pending'").await;
    assert_eq!(
        (some[0], test_inbox.query_integer("SELECT max(id) FROM stripe_hooks_runs").await),
        (oldest, some[699])
    );
    let rest = inbox.replay(&filter, "ada").await.unwrap();
    let all: BTreeSet<_> = some.iter().chain(&rest).collect();
    assert_eq!((rest.len(), all.len()), (1_800, 2_500));
    let pending = "SELECT count(*) FROM stripe_hooks_runs WHERE state = 'pending' AND attempts = 0";
    assert_eq!(test_inbox.query_integer(pending).await, RUN_COUNT);
    assert_eq!(
        (count_audit_rows(&test_inbox, "*").await, count_audit_rows(&test_inbox, "DISTINCT run").await),
        (RUN_COUNT, RUN_COUNT)
    );
    // An audit row has the time of its transaction.
    assert!(count_audit_rows(&test_inbox, "DISTINCT at").await > 2, "all in one transaction");
    let ready = "SELECT count(*) FROM stripe_hooks_runs WHERE lane IS NOT NULL AND NOT blocked";
    assert_eq!(test_inbox.query_integer(ready).await, 50);

    let skipped = inbox.skip(&filter, "ada", "known to be odd").await.unwrap();
    assert_eq!(skipped.iter().collect::<BTreeSet<_>>(), all);
    let done = "SELECT count(*) FROM stripe_hooks_runs WHERE state = 'done' AND error = 'known to be odd'";
    assert_eq!(
        (test_inbox.query_integer(done).await, count_audit_rows(&test_inbox, "*").await),
        (RUN_COUNT, 2 * RUN_COUNT)
    );
    assert_eq!(count_audit_rows(&test_inbox, "note").await, RUN_COUNT);
    assert!(inbox.skip(&filter, "ada", "again").await.unwrap().is_empty());
}

async fn what_is_replayed_while_retention_is_at_work_keeps_its_body(test_inbox: TestInbox) {
    drop(open_paused_inbox(&test_inbox).await);
    // Events are removed whole, with their bodies.
    let inbox = test_inbox
        .open_inbox()
        .keep_bodies(Duration::from_secs(1_000 * SECONDS_PER_DAY.unsigned_abs()))
        .operator();
    insert_runs(&test_inbox, "done", 1_200, 40, "CASE WHEN n % 2 = 0 THEN 'test/o' || (n % 100) END").await;
    let all = Filter::new().limit(2_000);
    let some = inbox.list(&all).await.unwrap();
    let mut some: Vec<i64> = some.iter().map(|run| run.id).filter(|_| random_below(2) == 0).collect();
    some.sort_by_cached_key(|_| random_below(u64::MAX));
    let pruning = {
        let inbox = inbox.clone();
        tokio::spawn(async move { inbox.prune().await.unwrap() })
    };
    // Several at once, each with a connection of its own.
    let operators: Vec<_> = some
        .chunks(some.len() / 3 + 1)
        .map(|runs| {
            let (inbox, runs) = (test_inbox.open_inbox().operator(), runs.to_owned());
            tokio::spawn(async move {
                let mut replayed = Vec::new();
                for run in runs {
                    let filter = Filter::new().run(run).state(RunState::Done);
                    replayed.extend(inbox.replay(&filter, "ada").await.unwrap());
                }
                replayed
            })
        })
        .collect();
    let mut replayed = Vec::new();
    for operator in operators {
        replayed.extend(operator.await.unwrap());
    }
    let removed = pruning.await.unwrap();
    let left: Vec<_> = inbox.list(&all).await.unwrap().iter().map(|run| run.id).rev().collect();
    replayed.sort_unstable();
    // What was replayed is there, whole; all else is gone.
    assert_eq!(left, replayed);
    let whole = "SELECT count(*) FROM stripe_hooks_runs AS run JOIN stripe_hooks_events AS event \
         ON event.key = run.event WHERE state = 'pending' AND body IS NOT NULL";
    assert_eq!(test_inbox.query_integer(whole).await, i64::try_from(left.len()).unwrap());
    assert_eq!(
        test_inbox.query_integer("SELECT count(*) FROM stripe_hooks_events").await,
        test_inbox.query_integer(whole).await
    );
    assert!(removed > 0);
}

async fn what_was_done_to_runs_that_are_gone_is_removed_however_much_that_is(test_inbox: TestInbox) {
    let inbox = open_paused_inbox(&test_inbox).await;
    insert_runs(&test_inbox, "parked", 1, 40, "NULL").await;
    let then = test_inbox.database.time_literal(-40 * SECONDS_PER_DAY);
    test_inbox
        .execute_sql(format!(
            "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 350) \
             INSERT INTO stripe_hooks_audit (at, actor, action, run, endpoint, handler) \
             SELECT {then}, 'ada', 'replay', n, 'default', 'many' FROM numbers"
        ))
        .await;
    assert_eq!(inbox.prune().await.unwrap(), 0);
    // What was done to the run that is still there is kept, as is who paused its handler.
    assert_eq!(test_inbox.query_integer("SELECT count(*) FROM stripe_hooks_audit").await, 2);
    assert_eq!((count_audit_rows(&test_inbox, "*").await, test_inbox.all_runs().await.len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_lanes_are_freed_in_batches_where_nobody_saw_who_is_next() {
    let Some(test_inbox) = TestInbox::postgres() else { return };
    drop(open_paused_inbox(&test_inbox).await);
    insert_runs(&test_inbox, "pending", 2 * RUN_COUNT, 0, &format!("'test/o' || (n % {RUN_COUNT})")).await;
    // In one lane the first run is parked and blocks it, and in another the last, which blocks no
    // other run.
    let park = |which: &str, lane: &str| {
        format!(
            "UPDATE stripe_hooks_runs SET state = 'parked', reason = 'attempts_exhausted', blocks_when_parked = true \
             WHERE id = (SELECT {which}(id) FROM stripe_hooks_runs WHERE lane = '{lane}')"
        )
    };
    test_inbox.execute_sql(park("min", "test/o1")).await;
    test_inbox.execute_sql(park("max", "test/o2")).await;
    test_inbox.execute_sql("UPDATE stripe_hooks_runs SET blocked = true WHERE state = 'pending'").await;
    let endpoint = test_inbox
        .endpoint_builder::<ManyEndpoint>()
        .inbox(test_inbox.open_inbox().lease(Duration::from_secs(1)))
        .build()
        .unwrap();
    let ready = "SELECT count(DISTINCT lane) FROM stripe_hooks_runs WHERE state = 'pending' AND NOT blocked";
    wait_until("the freeing of the lanes", async || test_inbox.query_integer(ready).await >= RUN_COUNT - 1)
        .await;
    let unblocked =
        "SELECT count(*) FROM stripe_hooks_runs WHERE lane = 'test/o1' AND NOT blocked AND state = 'pending'";
    assert_eq!(test_inbox.query_integer(unblocked).await, 0);
    let transactions =
        "SELECT count(DISTINCT xmin::text) FROM stripe_hooks_runs WHERE state = 'pending' AND NOT blocked";
    assert!(test_inbox.query_integer(transactions).await >= 5, "all in one transaction");
    endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
}
