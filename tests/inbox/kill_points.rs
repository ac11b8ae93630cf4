//! kill -9 at each point on the way of an event, hit exactly: the process says that it is there and waits, or waits for a lock that the test
//! holds.

use std::{sync::Arc, thread, time::Duration};

use crate::{
    child_process::ChildProcess,
    database::TestDatabase,
    test_inbox::{TestInbox, on_both_engines},
};

on_both_engines! {
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
fn deliver_on_thread(
    process: &Arc<ChildProcess>,
    event_type: &'static str,
) -> thread::JoinHandle<Option<u16>> {
    let process = Arc::clone(process);
    thread::spawn(move || process.deliver("evt_1", event_type))
}

async fn count_booked(test_inbox: &TestInbox) -> i64 {
    test_inbox.query_integer("SELECT count(*) FROM ledger").await
}

async fn a_kill_before_the_commit_leaves_no_answer_and_the_event_comes_again(test_inbox: TestInbox) {
    let test_inbox = test_inbox.with_ledger().await;
    let dying = Arc::new(ChildProcess::start(&test_inbox, &[]));
    let lock = test_inbox.database.lock_events_and_runs().await;
    let answer = deliver_on_thread(&dying, "charge.succeeded");
    dying.wait_for_line("asked");
    dying.send_signal("-KILL");
    assert_eq!(answer.join().unwrap(), None);
    lock.release().await;
    if let TestDatabase::File(_) = test_inbox.database {
        // On a server, what has reached it may be committed without its client.
        assert_eq!(test_inbox.query_integer("SELECT count(*) FROM stripe_hooks_events").await, 0);
    }
    let living = ChildProcess::start(&test_inbox, &[]);
    assert_eq!(living.deliver("evt_1", "charge.succeeded"), Some(200));
    assert_eq!(test_inbox.wait_until_ended().await[0].summary(), ("book", "done", 1));
    assert_eq!(count_booked(&test_inbox).await, 1);
}

async fn a_kill_between_the_commit_and_the_answer_leaves_one_run(test_inbox: TestInbox) {
    let test_inbox = test_inbox.with_ledger().await;
    let dying = Arc::new(ChildProcess::start(&test_inbox, &[("HOLD", "answer")]));
    let answer = deliver_on_thread(&dying, "charge.succeeded");
    dying.wait_for_line("held answer");
    assert_eq!(test_inbox.query_integer("SELECT count(*) FROM stripe_hooks_events").await, 1);
    dying.send_signal("-KILL");
    assert_eq!(answer.join().unwrap(), None);
    let living = ChildProcess::start(&test_inbox, &[]);
    assert_eq!(living.deliver("evt_1", "charge.succeeded"), Some(200));
    let runs = test_inbox.wait_until_ended().await;
    assert_eq!((runs.len(), &*runs[0].state), (1, "done"));
    assert_eq!(count_booked(&test_inbox).await, 1);
}

/// Kills a process that has come to this point in a handler, and starts another.
async fn kill_at_point(test_inbox: &TestInbox, point: &str, event_type: &str) -> ChildProcess {
    let dying = ChildProcess::start(test_inbox, &[("HOLD", point)]);
    assert_eq!(dying.deliver("evt_1", event_type), Some(200));
    dying.wait_for_line(&format!("held {point}"));
    dying.kill();
    let runs = test_inbox.all_runs().await;
    assert_eq!((&*runs[0].state, runs[0].attempts), ("running", 1));
    ChildProcess::start(test_inbox, &[])
}

async fn a_kill_after_the_claim_begins_the_run_again(test_inbox: TestInbox) {
    let living = kill_at_point(&test_inbox, "claim", "charge.captured").await;
    living.wait_for_line("noted evt_1");
    assert_eq!(test_inbox.wait_until_ended().await[0].summary(), ("note", "done", 2));
}

async fn a_kill_in_a_transactional_handler_before_its_effect_books_once(test_inbox: TestInbox) {
    let test_inbox = test_inbox.with_ledger().await;
    let _living = kill_at_point(&test_inbox, "before", "charge.succeeded").await;
    assert_eq!(test_inbox.wait_until_ended().await[0].summary(), ("book", "done", 2));
    assert_eq!(count_booked(&test_inbox).await, 1);
}

async fn a_kill_in_a_transactional_handler_after_its_effect_books_once(test_inbox: TestInbox) {
    let test_inbox = test_inbox.with_ledger().await;
    let _living = kill_at_point(&test_inbox, "within", "charge.succeeded").await;
    assert_eq!(test_inbox.wait_until_ended().await[0].summary(), ("book", "done", 2));
    assert_eq!(count_booked(&test_inbox).await, 1);
}

async fn a_kill_after_an_effect_elsewhere_repeats_it_and_marks_it_done_once(test_inbox: TestInbox) {
    // The effect is what it prints.
    let living = kill_at_point(&test_inbox, "after", "charge.captured").await;
    living.wait_for_line("noted evt_1");
    assert_eq!(test_inbox.wait_until_ended().await[0].summary(), ("note", "done", 2));
}

async fn a_kill_before_the_end_of_a_run_is_written_begins_it_again(test_inbox: TestInbox) {
    let go = test_inbox.go_file("go");
    let dying = ChildProcess::start(&test_inbox, &[("HOLD", "after"), go.environment_variable()]);
    assert_eq!(dying.deliver("evt_1", "charge.captured"), Some(200));
    dying.wait_for_line("held after");
    let lock = test_inbox.database.lock_events_and_runs().await;
    go.create_file();
    dying.wait_for_line("went on");
    // The handler has ended, and what it ended with cannot be written.
    tokio::time::sleep(Duration::from_millis(100)).await;
    dying.kill();
    lock.release().await;
    assert_eq!(test_inbox.all_runs().await[0].summary(), ("note", "running", 1));
    let living = ChildProcess::start(&test_inbox, &[]);
    living.wait_for_line("noted evt_1");
    assert_eq!(test_inbox.wait_until_ended().await[0].summary(), ("note", "done", 2));
}

async fn a_kill_after_the_end_of_a_run_is_written_changes_nothing(test_inbox: TestInbox) {
    let test_inbox = test_inbox.with_ledger().await;
    let dying = ChildProcess::start(&test_inbox, &[]);
    assert_eq!(dying.deliver("evt_1", "charge.succeeded"), Some(200));
    test_inbox.wait_until_ended().await;
    dying.kill();
    let living = ChildProcess::start(&test_inbox, &[]);
    for id in ["evt_1", "evt_2"] {
        assert_eq!(living.deliver(id, "charge.succeeded"), Some(200));
    }
    test_inbox.wait_for_runs("the second's end", |runs| runs.len() == 2 && runs[1].state == "done").await;
    assert_eq!(test_inbox.all_runs().await[0].summary(), ("book", "done", 1));
    assert_eq!(count_booked(&test_inbox).await, 2);
}
