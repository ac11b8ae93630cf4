//! An old version and a new one side by side, as while one takes the place of the other.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    thread,
};

use sqlx::{Connection, PgConnection};
use stripe_hooks::{PostgresInbox, SqliteInbox};

use crate::{
    child_process::ChildProcess,
    database::TestDatabase,
    test_inbox::{TestInbox, on_both_engines, wait_until},
};

on_both_engines! { processes_at_work_go_on_while_a_newer_version_changes_the_tables_and_writes_into_them }

/// What a version after this one may do to the tables, which only adds to them: columns, an index, and a table.
const NEXT_VERSION_SQL: &str = "\
    ALTER TABLE stripe_hooks_events ADD COLUMN origin TEXT; \
    ALTER TABLE stripe_hooks_runs ADD COLUMN urgency INTEGER NOT NULL DEFAULT 1; \
    CREATE INDEX stripe_hooks_runs_urgent ON stripe_hooks_runs (endpoint, urgency) WHERE state = 'pending'; \
    CREATE TABLE stripe_hooks_labels (run INTEGER NOT NULL, label TEXT NOT NULL);";

/// Brings the tables to the next version, in one transaction and under the lock of those who do so.
async fn migrate_to_next(test_inbox: &TestInbox) {
    match &test_inbox.database {
        TestDatabase::File(_) => {
            let sql = format!(
                "BEGIN IMMEDIATE; {NEXT_VERSION_SQL} UPDATE stripe_hooks_schema SET version = 2; COMMIT"
            );
            test_inbox.execute_sql(sql).await;
        }
        TestDatabase::Server(url) => {
            let next = NEXT_VERSION_SQL
                .replace("INDEX stripe_hooks_", "INDEX ")
                .replace("stripe_hooks_", "stripe_hooks.");
            let sql = format!(
                "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('stripe_hooks.stripe_hooks', 0)); {next} \
                 UPDATE stripe_hooks.schema_version SET version = 2; COMMIT"
            );
            let mut connection = PgConnection::connect(url).await.unwrap();
            while let Err(error) = sqlx::raw_sql(sqlx::AssertSqlSafe(&*sql)).execute(&mut connection).await {
                // Those at work take some tables in the other order: one of the two gives way.
                assert!(error.to_string().contains("deadlock"), "{error}");
                sqlx::raw_sql("ROLLBACK").execute(&mut connection).await.unwrap();
            }
        }
    }
}

async fn processes_at_work_go_on_while_a_newer_version_changes_the_tables_and_writes_into_them(
    test_inbox: TestInbox,
) {
    let test_inbox = test_inbox.with_ledger().await;
    let (over, taken) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let old = [(); 2].map(|()| Arc::new(ChildProcess::start(&test_inbox, &[("LEASE_MS", "20000")])));
    let callers: Vec<_> = (0..4)
        .map(|caller| {
            let (old, over, taken) = (Arc::clone(&old[caller % 2]), Arc::clone(&over), Arc::clone(&taken));
            thread::spawn(move || {
                let ids = (0..).map(|id| format!("evt_{caller}_{id}")).take_while(|_| !over.load(SeqCst));
                ids.inspect(|id| {
                    old.deliver_until_taken(id, "charge.succeeded");
                    taken.fetch_add(1, SeqCst);
                })
                .collect::<Vec<_>>()
            })
        })
        .collect();
    wait_until("20 events", async || taken.load(SeqCst) >= 20).await;
    migrate_to_next(&test_inbox).await;
    // What the new version takes in is work of the old one, too, which knows nothing of its columns.
    test_inbox
        .execute_sql(
            "INSERT INTO stripe_hooks_events (endpoint, id, form, source, type, body, received_at, origin) \
               SELECT endpoint, 'evt_new', form, source, type, body, received_at, 'new' FROM stripe_hooks_events WHERE id = 'evt_0_0'; \
             INSERT INTO stripe_hooks_runs (event, endpoint, counts_for_id, counts_for_type, handler, state, run_at, created_at, urgency) \
               SELECT (SELECT key FROM stripe_hooks_events WHERE id = 'evt_new'), endpoint, 'evt_new', counts_for_type, handler, 'pending', \
                 run_at, created_at, 7 FROM stripe_hooks_runs \
               WHERE counts_for_id = 'evt_0_0'",
        )
        .await;
    let more = taken.load(SeqCst) + 40;
    wait_until("40 more events", async || taken.load(SeqCst) >= more).await;
    over.store(true, SeqCst);
    let mut booked: Vec<_> = callers.into_iter().flat_map(|caller| caller.join().unwrap()).collect();
    // Its body is that of the event from which it was made.
    booked.push("evt_0_0".to_owned());
    booked.sort_unstable();
    let runs = test_inbox.wait_until_ended().await;
    assert!(runs.iter().all(|run| run.state == "done"), "{runs:#?}");
    let mut ledger = test_inbox.database.query_texts("SELECT event FROM ledger").await;
    ledger.sort_unstable();
    assert_eq!(ledger, booked);
    let new = "SELECT count(*) FROM stripe_hooks_runs AS run JOIN stripe_hooks_events AS event ON event.key = run.event \
         WHERE event.id = 'evt_new' AND urgency = 7 AND origin = 'new' AND state = 'done'";
    let others = "SELECT count(*) FROM stripe_hooks_runs WHERE urgency = 1";
    assert_eq!(
        (test_inbox.query_integer(new).await, test_inbox.query_integer(others).await),
        (1, i64::try_from(runs.len()).unwrap() - 1)
    );
    // One of the old version that is started now is refused.
    let refused = match &test_inbox.database {
        TestDatabase::File(_) => SqliteInbox::open(test_inbox.sqlite_file()).map(drop),
        TestDatabase::Server(url) => PostgresInbox::connect(url).map(drop),
    };
    let refused = refused.unwrap_err().to_string();
    assert!(refused.ends_with("a newer program has used it, so start that one"), "{refused}");
    for process in old {
        process.send_signal("-TERM");
        process.wait_for_line("stopped");
    }
}
