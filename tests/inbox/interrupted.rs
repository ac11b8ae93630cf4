//! What interrupts a process: a lock that another holds for long, a signal to stand still, and a signal to end.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicBool, Ordering::SeqCst},
    thread,
    time::{Duration, Instant},
};

use stripe_hooks::SqliteInbox;

use crate::{
    child_process::ChildProcess,
    environment,
    test_inbox::{TestInbox, WAIT_TIMEOUT, on_both_engines, wait_until},
};

on_both_engines! {
    a_lock_that_is_held_for_13_seconds_is_answered_503_and_outlived,
    a_sigterm_under_load_loses_nothing_whatever_its_grace,
}

async fn a_lock_that_is_held_for_13_seconds_is_answered_503_and_outlived(test_inbox: TestInbox) {
    if !environment::is_enabled(environment::LONG_TESTS_VARIABLE) {
        return;
    }
    let test_inbox = test_inbox.with_ledger().await;
    let process = ChildProcess::start(&test_inbox, &[]);
    // One that ends while nothing can be written, and long after its lease has passed.
    assert_eq!(process.deliver("evt_1", "charge.updated"), Some(200));
    process.wait_for_line("begun evt_1");
    let (lock, since) = (test_inbox.database.lock_events_and_runs().await, Instant::now());
    assert_eq!(process.deliver("evt_2", "charge.succeeded"), Some(503));
    tokio::time::sleep(Duration::from_secs(13).saturating_sub(since.elapsed())).await;
    lock.release().await;
    process.deliver_until_taken("evt_2", "charge.succeeded");
    let runs = test_inbox.wait_until_ended().await;
    let of = |handler: &str| runs.iter().find(|run| run.handler == handler).unwrap().summary();
    assert_eq!((of("last"), of("book")), (("last", "done", 1), ("book", "done", 1)));
    assert_eq!(test_inbox.query_integer("SELECT count(*) FROM ledger").await, 1);
}

/// What a file's transaction holds is the write lock: nobody takes the run over, however long ago its lease has passed, and nobody else writes.
async fn stands_still_within_a_files_transaction(goes_on: bool) {
    let test_inbox = TestInbox::sqlite().with_ledger().await;
    let go = test_inbox.go_file("go");
    let variables = [("ACCEPT_MS", "300"), go.environment_variable()];
    let [one, two] = [(); 2].map(|()| ChildProcess::start(&test_inbox, &variables));
    let has_booked = |process: &ChildProcess| process.lines().iter().any(|line| line == "booked evt_1");
    let deadline = Instant::now() + WAIT_TIMEOUT;
    // Either of the two may claim the run. On a busy machine, an event may be stored and begun after
    // its delivery was answered 503; from then on the lock of the run refuses it for ever.
    let mut is_taken = false;
    let (still, other) = loop {
        is_taken = is_taken || one.deliver("evt_1", "charge.refunded") == Some(200);
        if has_booked(&one) {
            break (one, two);
        }
        if has_booked(&two) {
            break (two, one);
        }
        assert!(Instant::now() < deadline, "nobody begins");
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    still.pause_process();
    let passed = format!(
        "SELECT count(*) FROM stripe_hooks_runs WHERE lease_until < {}",
        test_inbox.database.time_literal(-1)
    );
    wait_until("the end of its lease", async || test_inbox.query_integer(&passed).await > 0).await;
    for id in ["evt_1", "evt_2"] {
        assert_eq!(other.deliver(id, "charge.refunded"), Some(503));
    }
    assert_eq!(test_inbox.all_runs().await[0].summary(), ("book_slowly", "running", 1));
    let error = SqliteInbox::open(test_inbox.sqlite_file()).unwrap_err().to_string();
    assert!(error.contains("has been locked by another program for 5s"), "{error}");
    go.create_file();
    let attempts = if goes_on {
        still.resume_process();
        still.wait_for_line("ended evt_1");
        1
    } else {
        still.kill();
        2
    };
    other.deliver_until_taken("evt_2", "charge.refunded");
    let runs = test_inbox.wait_until_ended().await;
    assert_eq!((runs.len(), runs[0].summary()), (2, ("book_slowly", "done", attempts)));
    assert_eq!(
        test_inbox.database.query_texts("SELECT event FROM ledger ORDER BY event").await,
        ["evt_1", "evt_2"]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_stood_still_within_a_files_transaction_ends_it_when_it_goes_on() {
    stands_still_within_a_files_transaction(true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_process_held_that_stood_still_within_a_files_transaction_is_free_once_it_is_killed() {
    stands_still_within_a_files_transaction(false).await;
}

async fn a_sigterm_under_load_loses_nothing_whatever_its_grace(test_inbox: TestInbox) {
    for grace in ["10000", "100"] {
        let test_inbox = test_inbox.new_of_same_engine().with_ledger().await;
        let process = ChildProcess::start(&test_inbox, &[("GRACE_MS", grace)]);
        let over = AtomicBool::new(false);
        let answered: BTreeSet<String> = thread::scope(|scope| {
            let (process, over) = (&process, &over);
            let callers: Vec<_> = (0..4)
                .map(|caller| {
                    scope.spawn(move || {
                        let mut answered = Vec::new();
                        for number in 0.. {
                            let id = format!("evt_{caller}_{number}");
                            // Now and then one that takes longer than the short grace.
                            let name = if number % 25 == 0 { "charge.updated" } else { "charge.succeeded" };
                            if process.deliver(&id, name) == Some(200) {
                                answered.push(id);
                            } else if over.load(SeqCst) {
                                return answered;
                            }
                        }
                        unreachable!()
                    })
                })
                .collect();
            process.wait_for_line("begun");
            thread::sleep(Duration::from_millis(200));
            process.send_signal("-TERM");
            process.wait_for_line("stopped");
            over.store(true, SeqCst);
            callers.into_iter().flat_map(|caller| caller.join().unwrap()).collect()
        });
        // Nothing is held any more, and what was given back has lost no attempt.
        let runs = test_inbox.all_runs().await;
        assert!(
            runs.iter().all(|run| run.state == "done" || (&*run.state, run.attempts) == ("pending", 0)),
            "{runs:#?}"
        );
        let living = ChildProcess::start(&test_inbox, &[]);
        let runs = test_inbox.wait_until_ended().await;
        assert!(runs.iter().all(|run| (&*run.state, run.attempts) == ("done", 1)), "{runs:#?}");
        let stored = test_inbox.database.query_texts("SELECT id FROM stripe_hooks_events").await;
        assert!(answered.is_subset(&stored.iter().cloned().collect()), "an event is lost");
        let booked = test_inbox.query_integer("SELECT count(*) FROM ledger").await;
        assert_eq!(booked, test_inbox.query_integer("SELECT count(DISTINCT event) FROM ledger").await);
        let books = runs.iter().filter(|run| run.handler == "book").count();
        assert_eq!(usize::try_from(booked).unwrap(), books);
        living.kill();
    }
}
