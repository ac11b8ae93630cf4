//! Real processes that are killed: what was answered 200 ends, and what a transactional handler does it does once.

use std::{
    collections::BTreeSet,
    thread,
    time::{Duration, Instant},
};

use crate::{
    child_process::ChildProcess,
    database::TestDatabase,
    random::random_below,
    test_inbox::{TestInbox, WAIT_TIMEOUT, on_both_engines, wait_until},
};

on_both_engines! {
    after_kills_at_random_each_event_that_was_answered_200_is_booked_exactly_once,
    a_process_that_dies_in_a_transactional_handler_leaves_nothing_of_it_behind,
    an_event_that_kills_its_process_stops_at_its_limit_and_others_go_on,
    one_event_sent_to_three_processes_at_once_is_one_run,
    a_sigterm_waits_for_what_runs_or_gives_it_back_by_its_grace,
    a_process_that_stood_still_past_its_lease_changes_nothing_when_it_goes_on,
}

async fn after_kills_at_random_each_event_that_was_answered_200_is_booked_exactly_once(
    test_inbox: TestInbox,
) {
    let test_inbox = test_inbox.with_ledger().await;
    let mut answered = BTreeSet::new();
    let mut next = 0;
    for _ in 0..8 {
        let process = ChildProcess::start(&test_inbox, &[]);
        thread::scope(|scope| {
            let callers: Vec<_> = (0..4)
                .map(|caller| {
                    let (process, first) = (&process, next + caller * 50);
                    scope.spawn(move || {
                        // Each event comes twice, as Stripe's do.
                        let ids = (first..first + 50).map(|id| format!("evt_{id}"));
                        ids.filter(|id| {
                            let once = process.deliver(id, "charge.succeeded");
                            [once, process.deliver(id, "charge.succeeded")].contains(&Some(200))
                        })
                        .collect::<Vec<_>>()
                    })
                })
                .collect();
            // Once something was taken, at any moment.
            process.wait_for_line("asked");
            thread::sleep(Duration::from_millis(random_below(400)));
            process.send_signal("-KILL");
            for caller in callers {
                answered.extend(caller.join().unwrap());
            }
        });
        next += 200;
    }
    assert!(!answered.is_empty());
    let _last = ChildProcess::start(&test_inbox, &[]);
    let runs = test_inbox.wait_until_ended().await;
    assert!(runs.iter().all(|run| run.state == "done"), "{runs:#?}");
    let booked = test_inbox.database.query_texts("SELECT event FROM ledger").await;
    let once: BTreeSet<_> = booked.iter().cloned().collect();
    assert_eq!(booked.len(), once.len(), "an event is booked twice");
    assert!(answered.is_subset(&once), "lost: {:?}", answered.difference(&once));
    assert_eq!(once.len(), runs.len());
}

async fn a_process_that_dies_in_a_transactional_handler_leaves_nothing_of_it_behind(test_inbox: TestInbox) {
    for point in ["before", "within"] {
        let test_inbox = test_inbox.new_of_same_engine().with_ledger().await;
        let mut dying = ChildProcess::start(&test_inbox, &[("DIE", point)]);
        dying.deliver("evt_1", "charge.succeeded");
        wait_until("the end of the process", async || dying.has_exited()).await;
        assert_eq!(test_inbox.query_integer("SELECT count(*) FROM ledger").await, 0, "{point}");
        let living = ChildProcess::start(&test_inbox, &[]);
        // Whether the first answer came before the end or not, Stripe may send it again.
        assert_eq!(living.deliver("evt_1", "charge.succeeded"), Some(200));
        assert_eq!(test_inbox.wait_until_ended().await[0].state, "done");
        assert_eq!(test_inbox.query_integer("SELECT count(*) FROM ledger").await, 1, "{point}");
        living.kill();
    }
}

async fn an_event_that_kills_its_process_stops_at_its_limit_and_others_go_on(test_inbox: TestInbox) {
    let test_inbox = test_inbox.with_ledger().await;
    let mut starts = 0;
    let parked = loop {
        let mut process = ChildProcess::start(&test_inbox, &[("DIE", "after")]);
        starts += 1;
        process.deliver("evt_poison", "charge.captured");
        let deadline = Instant::now() + WAIT_TIMEOUT;
        let parked = loop {
            let runs = test_inbox.all_runs().await;
            if runs.iter().any(|run| run.state == "parked") {
                break true;
            }
            if process.has_exited() {
                break false;
            }
            assert!(Instant::now() < deadline, "neither parked nor dead: {runs:#?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        };
        if parked {
            assert_eq!(process.deliver("evt_good", "charge.succeeded"), Some(200));
            break test_inbox.wait_until_ended().await;
        }
    };
    // Three attempts, each in a process of its own, and the process that parked it.
    assert_eq!(starts, 4);
    assert_eq!(
        (parked[0].summary(), parked[0].reason.as_deref()),
        (("note", "parked", 3), Some("attempts_exhausted"))
    );
    assert_eq!(parked[1].summary(), ("book", "done", 1));
}

async fn one_event_sent_to_three_processes_at_once_is_one_run(test_inbox: TestInbox) {
    let test_inbox = test_inbox.with_ledger().await;
    let processes: Vec<_> = (0..3).map(|_| ChildProcess::start(&test_inbox, &[])).collect();
    thread::scope(|scope| {
        for process in &processes {
            for _ in 0..17 {
                scope.spawn(|| process.deliver_until_taken("evt_1", "charge.succeeded"));
            }
        }
    });
    let runs = test_inbox.wait_until_ended().await;
    assert_eq!((runs.len(), &*runs[0].state), (1, "done"));
    assert_eq!(test_inbox.query_integer("SELECT count(*) FROM ledger").await, 1);
}

async fn a_sigterm_waits_for_what_runs_or_gives_it_back_by_its_grace(test_inbox: TestInbox) {
    for (grace, expected) in [("60000", ("last", "done", 1)), ("100", ("last", "pending", 0))] {
        let test_inbox = test_inbox.new_of_same_engine();
        let go = test_inbox.go_file("go");
        let process = ChildProcess::start(&test_inbox, &[("GRACE_MS", grace), go.environment_variable()]);
        assert_eq!(process.deliver("evt_1", "charge.updated"), Some(200));
        process.wait_for_line("begun evt_1");
        process.send_signal("-TERM");
        if expected.1 == "done" {
            process.wait_for_line("stopping");
            go.create_file();
        }
        process.wait_for_line("stopped");
        assert_eq!(test_inbox.all_runs().await[0].summary(), expected, "grace of {grace} ms");
    }
}

/// Pauses the process at a moment when it does not hold the write lock of a file, because nobody
/// could take the lock from it.
async fn pause_outside_write_lock(test_inbox: &TestInbox, process: &ChildProcess) {
    loop {
        process.pause_process();
        if let TestDatabase::Server(_) = test_inbox.database {
            return;
        }
        let mut connection = test_inbox.database.file_connection().await;
        sqlx::raw_sql("PRAGMA busy_timeout = 100").execute(&mut connection).await.unwrap();
        if sqlx::raw_sql("BEGIN IMMEDIATE; ROLLBACK").execute(&mut connection).await.is_ok() {
            return;
        }
        process.resume_process();
    }
}

async fn a_process_that_stood_still_past_its_lease_changes_nothing_when_it_goes_on(test_inbox: TestInbox) {
    let test_inbox = test_inbox.with_ledger().await;
    let go = test_inbox.go_file("go");
    let first = ChildProcess::start(&test_inbox, &[go.environment_variable()]);
    assert_eq!(first.deliver("evt_1", "charge.updated"), Some(200));
    first.wait_for_line("begun evt_1");
    pause_outside_write_lock(&test_inbox, &first).await;
    let second = ChildProcess::start(&test_inbox, &[]);
    second.wait_for_line("ended evt_1");
    assert_eq!(test_inbox.wait_until_ended().await[0].summary(), ("last", "done", 2));
    let finished = "SELECT CAST(finished_at AS TEXT) FROM stripe_hooks_runs";
    let before = test_inbox.database.query_texts(finished).await;
    go.create_file();
    first.resume_process();
    first.wait_for_line("ended evt_1");
    first.send_signal("-TERM");
    first.wait_for_line("stopped");
    assert_eq!(test_inbox.all_runs().await[0].summary(), ("last", "done", 2));
    assert_eq!(test_inbox.database.query_texts(finished).await, before);
}

#[test]
fn a_backup_under_load_is_whole_and_keeps_no_delivery_out() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let test_inbox = runtime.block_on(TestInbox::sqlite().with_ledger());
    let process = ChildProcess::start(&test_inbox, &[]);
    let copy = test_inbox.sqlite_file().with_file_name("copy.db");
    thread::scope(|scope| {
        let loading = scope.spawn(|| {
            (0..60).for_each(|id| {
                assert_eq!(process.deliver(&format!("evt_{id}"), "charge.succeeded"), Some(200));
            });
        });
        let copying = async {
            let sql = format!("VACUUM INTO '{}'", copy.display());
            sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
                .execute(&mut test_inbox.database.file_connection().await)
                .await
                .unwrap();
        };
        runtime.block_on(copying);
        loading.join().unwrap();
    });
    drop(stripe_hooks::SqliteInbox::open(copy).unwrap());
}
