//! What interrupts a process: a lock that another holds for long, a signal to stand still, and a signal to end.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicBool, Ordering::SeqCst},
    thread,
    time::Duration,
};

use crate::{
    bench::{Bench, on_both},
    process::Process,
    switch,
};

on_both! {
    a_lock_that_is_held_for_13_seconds_is_answered_503_and_outlived,
    a_process_that_stood_still_within_its_transaction_books_once,
    a_sigterm_under_load_loses_nothing_whatever_its_grace,
}

async fn a_lock_that_is_held_for_13_seconds_is_answered_503_and_outlived(bench: Bench) {
    if !switch::is_on(switch::LONG) {
        return;
    }
    let bench = bench.with_ledger().await;
    let process = Process::start(&bench, &[]);
    // One that ends while nothing can be written, and long after its lease has passed.
    assert_eq!(process.deliver("evt_1", "charge.updated"), Some(200));
    process.wait_for("begun evt_1");
    let lock = bench.database.lock().await;
    let held = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(13)).await;
        lock.release().await;
    });
    let refused = process.deliver("evt_2", "charge.succeeded");
    assert_eq!(refused, Some(503));
    assert!(!held.is_finished(), "the lock was gone before the answer");
    held.await.unwrap();
    process.deliver_until_taken("evt_2", "charge.succeeded");
    let runs = bench.ended().await;
    let of = |handler: &str| runs.iter().find(|run| run.handler == handler).unwrap().brief();
    assert_eq!((of("last"), of("book")), (("last", "done", 1), ("book", "done", 1)));
    assert_eq!(bench.count("SELECT count(*) FROM ledger").await, 1);
}

async fn a_process_that_stood_still_within_its_transaction_books_once(bench: Bench) {
    let bench = bench.with_ledger().await;
    let (still, other) = (Process::start(&bench, &[]), Process::start(&bench, &[("ACCEPT_MS", "200")]));
    assert_eq!(still.deliver("evt_1", "charge.refunded"), Some(200));
    // Whichever of the two it is.
    let first = loop {
        let begun = |process: &Process| process.lines().iter().any(|line| line == "booked evt_1");
        if begun(&still) {
            break &still;
        }
        if begun(&other) {
            break &other;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    first.signal("-STOP");
    // Past its lease. In a file it has the lock meanwhile; on a server another takes the run over.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    first.signal("-CONT");
    first.wait_for("ended evt_1");
    assert_eq!(bench.ended().await[0].state, "done");
    first.signal("-TERM");
    first.wait_for("stopped");
    assert_eq!(bench.ended().await.len(), 1);
    assert_eq!(bench.count("SELECT count(*) FROM ledger").await, 1);
}

async fn a_sigterm_under_load_loses_nothing_whatever_its_grace(bench: Bench) {
    for grace in ["10000", "100"] {
        let bench = bench.another().with_ledger().await;
        let process = Process::start(&bench, &[("GRACE_MS", grace)]);
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
            process.wait_for("begun");
            thread::sleep(Duration::from_millis(200));
            process.signal("-TERM");
            process.wait_for("stopped");
            over.store(true, SeqCst);
            callers.into_iter().flat_map(|caller| caller.join().unwrap()).collect()
        });
        // Nothing is held any more, and what was given back has lost no attempt.
        let runs = bench.runs().await;
        assert!(
            runs.iter().all(|run| run.state == "done" || (&*run.state, run.attempts) == ("pending", 0)),
            "{runs:#?}"
        );
        let living = Process::start(&bench, &[]);
        let runs = bench.ended().await;
        assert!(runs.iter().all(|run| (&*run.state, run.attempts) == ("done", 1)), "{runs:#?}");
        let stored = bench.database.texts("SELECT id FROM stripe_hooks_events").await;
        assert!(answered.is_subset(&stored.iter().cloned().collect()), "an event is lost");
        let booked = bench.count("SELECT count(*) FROM ledger").await;
        assert_eq!(booked, bench.count("SELECT count(DISTINCT event) FROM ledger").await);
        let books = runs.iter().filter(|run| run.handler == "book").count();
        assert_eq!(usize::try_from(booked).unwrap(), books);
        living.kill();
    }
}
