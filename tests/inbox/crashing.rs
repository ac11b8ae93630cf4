//! Real processes that are killed: what was answered 200 ends, and what a transactional handler does it does once.

use std::{
    collections::BTreeSet,
    thread,
    time::{Duration, Instant},
};

use crate::{
    bench::{Bench, PATIENCE, on_both},
    database::Database,
    process::Process,
    random::random,
};

on_both! {
    after_kills_at_random_each_event_that_was_answered_200_is_booked_exactly_once,
    a_process_that_dies_in_a_transactional_handler_leaves_nothing_of_it_behind,
    an_event_that_kills_its_process_stops_at_its_limit_and_others_go_on,
    one_event_sent_to_three_processes_at_once_is_one_run,
    a_sigterm_waits_for_what_runs_or_gives_it_back_by_its_grace,
    a_process_that_stood_still_past_its_lease_changes_nothing_when_it_goes_on,
}

async fn after_kills_at_random_each_event_that_was_answered_200_is_booked_exactly_once(bench: Bench) {
    let bench = bench.with_ledger().await;
    let mut answered = BTreeSet::new();
    let mut next = 0;
    for _ in 0..8 {
        let process = Process::start(&bench, &[]);
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
            process.wait_for("asked");
            thread::sleep(Duration::from_millis(random(400)));
            process.signal("-KILL");
            for caller in callers {
                answered.extend(caller.join().unwrap());
            }
        });
        next += 200;
    }
    assert!(!answered.is_empty());
    let _last = Process::start(&bench, &[]);
    let runs = bench.ended().await;
    assert!(runs.iter().all(|run| run.state == "done"), "{runs:#?}");
    let booked = bench.database.texts("SELECT event FROM ledger").await;
    let once: BTreeSet<_> = booked.iter().cloned().collect();
    assert_eq!(booked.len(), once.len(), "an event is booked twice");
    assert!(answered.is_subset(&once), "lost: {:?}", answered.difference(&once));
    assert_eq!(once.len(), runs.len());
}

async fn a_process_that_dies_in_a_transactional_handler_leaves_nothing_of_it_behind(bench: Bench) {
    for point in ["before", "within"] {
        let bench = bench.another().with_ledger().await;
        let mut dying = Process::start(&bench, &[("DIE", point)]);
        dying.deliver("evt_1", "charge.succeeded");
        let deadline = Instant::now() + PATIENCE;
        while !dying.is_gone() {
            assert!(Instant::now() < deadline, "it lives on");
            thread::sleep(Duration::from_millis(10));
        }
        assert_eq!(bench.count("SELECT count(*) FROM ledger").await, 0, "{point}");
        let living = Process::start(&bench, &[]);
        // Whether the first answer came before the end or not, Stripe may send it again.
        assert_eq!(living.deliver("evt_1", "charge.succeeded"), Some(200));
        assert_eq!(bench.ended().await[0].state, "done");
        assert_eq!(bench.count("SELECT count(*) FROM ledger").await, 1, "{point}");
        living.kill();
    }
}

async fn an_event_that_kills_its_process_stops_at_its_limit_and_others_go_on(bench: Bench) {
    let bench = bench.with_ledger().await;
    let mut starts = 0;
    let parked = loop {
        let mut process = Process::start(&bench, &[("DIE", "after")]);
        starts += 1;
        process.deliver("evt_poison", "charge.captured");
        let deadline = Instant::now() + PATIENCE;
        let parked = loop {
            let runs = bench.runs().await;
            if runs.iter().any(|run| run.state == "parked") {
                break true;
            }
            if process.is_gone() {
                break false;
            }
            assert!(Instant::now() < deadline, "neither parked nor dead: {runs:#?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        };
        if parked {
            assert_eq!(process.deliver("evt_good", "charge.succeeded"), Some(200));
            break bench.ended().await;
        }
    };
    // Three attempts, each in a process of its own, and the process that parked it.
    assert_eq!(starts, 4);
    assert_eq!(
        (parked[0].brief(), parked[0].reason.as_deref()),
        (("note", "parked", 3), Some("attempts_exhausted"))
    );
    assert_eq!(parked[1].brief(), ("book", "done", 1));
}

async fn one_event_sent_to_three_processes_at_once_is_one_run(bench: Bench) {
    let bench = bench.with_ledger().await;
    let processes: Vec<_> = (0..3).map(|_| Process::start(&bench, &[])).collect();
    thread::scope(|scope| {
        for process in &processes {
            for _ in 0..17 {
                scope.spawn(|| process.deliver_until_taken("evt_1", "charge.succeeded"));
            }
        }
    });
    let runs = bench.ended().await;
    assert_eq!((runs.len(), &*runs[0].state), (1, "done"));
    assert_eq!(bench.count("SELECT count(*) FROM ledger").await, 1);
}

async fn a_sigterm_waits_for_what_runs_or_gives_it_back_by_its_grace(bench: Bench) {
    for (grace, expected) in [("60000", ("last", "done", 1)), ("100", ("last", "pending", 0))] {
        let bench = bench.another();
        let go = bench.go("go");
        let process = Process::start(&bench, &[("GRACE_MS", grace), go.variable()]);
        assert_eq!(process.deliver("evt_1", "charge.updated"), Some(200));
        process.wait_for("begun evt_1");
        process.signal("-TERM");
        if expected.1 == "done" {
            process.wait_for("stopping");
            go.give();
        }
        process.wait_for("stopped");
        assert_eq!(bench.runs().await[0].brief(), expected, "grace of {grace} ms");
    }
}

/// Stops the process at a moment when it does not hold the lock of a file, which nobody could take from it.
async fn stop(bench: &Bench, process: &Process) {
    loop {
        process.stand_still();
        if let Database::Server(_) = bench.database {
            return;
        }
        let mut connection = bench.database.file_connection().await;
        sqlx::raw_sql("PRAGMA busy_timeout = 100").execute(&mut connection).await.unwrap();
        if sqlx::raw_sql("BEGIN IMMEDIATE; ROLLBACK").execute(&mut connection).await.is_ok() {
            return;
        }
        process.go_on();
    }
}

async fn a_process_that_stood_still_past_its_lease_changes_nothing_when_it_goes_on(bench: Bench) {
    let bench = bench.with_ledger().await;
    let go = bench.go("go");
    let first = Process::start(&bench, &[go.variable()]);
    assert_eq!(first.deliver("evt_1", "charge.updated"), Some(200));
    first.wait_for("begun evt_1");
    stop(&bench, &first).await;
    let second = Process::start(&bench, &[]);
    second.wait_for("ended evt_1");
    assert_eq!(bench.ended().await[0].brief(), ("last", "done", 2));
    let finished = "SELECT CAST(finished_at AS TEXT) FROM stripe_hooks_runs";
    let before = bench.database.texts(finished).await;
    go.give();
    first.go_on();
    first.wait_for("ended evt_1");
    first.signal("-TERM");
    first.wait_for("stopped");
    assert_eq!(bench.runs().await[0].brief(), ("last", "done", 2));
    assert_eq!(bench.database.texts(finished).await, before);
}

#[test]
fn a_backup_under_load_is_whole_and_keeps_no_delivery_out() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let bench = runtime.block_on(Bench::sqlite().with_ledger());
    let process = Process::start(&bench, &[]);
    let copy = bench.file().with_file_name("copy.db");
    thread::scope(|scope| {
        let loading = scope.spawn(|| {
            (0..60).for_each(|id| {
                assert_eq!(process.deliver(&format!("evt_{id}"), "charge.succeeded"), Some(200));
            });
        });
        let copying = async {
            let sql = format!("VACUUM INTO '{}'", copy.display());
            sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
                .execute(&mut bench.database.file_connection().await)
                .await
                .unwrap();
        };
        runtime.block_on(copying);
        loading.join().unwrap();
    });
    drop(stripe_hooks::SqliteInbox::open(copy).unwrap());
}
