//! kill -9 at each point on the way of an event, hit exactly: the process says that it is there and waits, or waits for a lock that the test
//! holds.

use std::{sync::Arc, thread, time::Duration};

use crate::{
    bench::{Bench, on_both},
    database::Database,
    process::Process,
};

on_both! {
    a_kill_before_the_commit_leaves_no_answer_and_the_event_comes_again,
    a_kill_between_the_commit_and_the_answer_leaves_one_run,
    a_kill_after_the_claim_begins_the_run_again,
    a_kill_in_a_transactional_handler_before_its_effect_books_once,
    a_kill_in_a_transactional_handler_after_its_effect_books_once,
    a_kill_after_an_effect_elsewhere_repeats_it_and_marks_it_done_once,
    a_kill_before_the_end_of_a_run_is_written_begins_it_again,
    a_kill_after_the_end_of_a_run_is_written_changes_nothing,
}

/// Sends the event from a thread of its own.
fn delivering(process: &Arc<Process>, event_type: &'static str) -> thread::JoinHandle<Option<u16>> {
    let process = Arc::clone(process);
    thread::spawn(move || process.deliver("evt_1", event_type))
}

async fn booked(bench: &Bench) -> i64 {
    bench.count("SELECT count(*) FROM ledger").await
}

async fn a_kill_before_the_commit_leaves_no_answer_and_the_event_comes_again(bench: Bench) {
    let bench = bench.with_ledger().await;
    let dying = Arc::new(Process::start(&bench, &[]));
    let lock = bench.database.lock().await;
    let answer = delivering(&dying, "charge.succeeded");
    dying.wait_for("asked");
    dying.signal("-KILL");
    assert_eq!(answer.join().unwrap(), None);
    lock.release().await;
    if let Database::File(_) = bench.database {
        // On a server, what has reached it may be committed without its client.
        assert_eq!(bench.count("SELECT count(*) FROM stripe_hooks_events").await, 0);
    }
    let living = Process::start(&bench, &[]);
    assert_eq!(living.deliver("evt_1", "charge.succeeded"), Some(200));
    assert_eq!(bench.ended().await[0].brief(), ("book", "done", 1));
    assert_eq!(booked(&bench).await, 1);
}

async fn a_kill_between_the_commit_and_the_answer_leaves_one_run(bench: Bench) {
    let bench = bench.with_ledger().await;
    let dying = Arc::new(Process::start(&bench, &[("HOLD", "answer")]));
    let answer = delivering(&dying, "charge.succeeded");
    dying.wait_for("held answer");
    assert_eq!(bench.count("SELECT count(*) FROM stripe_hooks_events").await, 1);
    dying.signal("-KILL");
    assert_eq!(answer.join().unwrap(), None);
    let living = Process::start(&bench, &[]);
    assert_eq!(living.deliver("evt_1", "charge.succeeded"), Some(200));
    let runs = bench.ended().await;
    assert_eq!((runs.len(), &*runs[0].state), (1, "done"));
    assert_eq!(booked(&bench).await, 1);
}

/// Kills a process that has come to this point in a handler, and starts another.
async fn killed_at(bench: &Bench, point: &str, event_type: &str) -> Process {
    let dying = Process::start(bench, &[("HOLD", point)]);
    assert_eq!(dying.deliver("evt_1", event_type), Some(200));
    dying.wait_for(&format!("held {point}"));
    dying.kill();
    let runs = bench.runs().await;
    assert_eq!((&*runs[0].state, runs[0].attempts), ("running", 1));
    Process::start(bench, &[])
}

async fn a_kill_after_the_claim_begins_the_run_again(bench: Bench) {
    let living = killed_at(&bench, "claim", "charge.captured").await;
    living.wait_for("noted evt_1");
    assert_eq!(bench.ended().await[0].brief(), ("note", "done", 2));
}

async fn a_kill_in_a_transactional_handler_before_its_effect_books_once(bench: Bench) {
    let bench = bench.with_ledger().await;
    let _living = killed_at(&bench, "before", "charge.succeeded").await;
    assert_eq!(bench.ended().await[0].brief(), ("book", "done", 2));
    assert_eq!(booked(&bench).await, 1);
}

async fn a_kill_in_a_transactional_handler_after_its_effect_books_once(bench: Bench) {
    let bench = bench.with_ledger().await;
    let _living = killed_at(&bench, "within", "charge.succeeded").await;
    assert_eq!(bench.ended().await[0].brief(), ("book", "done", 2));
    assert_eq!(booked(&bench).await, 1);
}

async fn a_kill_after_an_effect_elsewhere_repeats_it_and_marks_it_done_once(bench: Bench) {
    // The effect is what it prints.
    let living = killed_at(&bench, "after", "charge.captured").await;
    living.wait_for("noted evt_1");
    assert_eq!(bench.ended().await[0].brief(), ("note", "done", 2));
}

async fn a_kill_before_the_end_of_a_run_is_written_begins_it_again(bench: Bench) {
    let go = bench.go("go");
    let dying = Process::start(&bench, &[("HOLD", "after"), go.variable()]);
    assert_eq!(dying.deliver("evt_1", "charge.captured"), Some(200));
    dying.wait_for("held after");
    let lock = bench.database.lock().await;
    go.give();
    dying.wait_for("went on");
    // The handler has ended, and what it ended with cannot be written.
    tokio::time::sleep(Duration::from_millis(100)).await;
    dying.kill();
    lock.release().await;
    assert_eq!(bench.runs().await[0].brief(), ("note", "running", 1));
    let living = Process::start(&bench, &[]);
    living.wait_for("noted evt_1");
    assert_eq!(bench.ended().await[0].brief(), ("note", "done", 2));
}

async fn a_kill_after_the_end_of_a_run_is_written_changes_nothing(bench: Bench) {
    let bench = bench.with_ledger().await;
    let dying = Process::start(&bench, &[]);
    assert_eq!(dying.deliver("evt_1", "charge.succeeded"), Some(200));
    bench.ended().await;
    dying.kill();
    let living = Process::start(&bench, &[]);
    for id in ["evt_1", "evt_2"] {
        assert_eq!(living.deliver(id, "charge.succeeded"), Some(200));
    }
    bench.runs_when("the second's end", |runs| runs.len() == 2 && runs[1].state == "done").await;
    assert_eq!(bench.runs().await[0].brief(), ("book", "done", 1));
    assert_eq!(booked(&bench).await, 2);
}
