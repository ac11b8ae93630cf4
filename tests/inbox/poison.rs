//! Events that no process survives, or that keep a thread for ever: they stop at their limit, over any number of restarts.

use std::{process::Command, time::Instant};

use crate::{
    child_process::ChildProcess,
    environment,
    test_inbox::{TestInbox, WAIT_TIMEOUT, on_both_engines},
};

on_both_engines! {
    an_event_that_aborts_its_process_is_parked_at_its_limit_and_others_flow_on,
    an_event_whose_handler_panics_is_parked_at_its_limit_and_others_flow_on,
    an_event_that_loops_for_ever_is_parked_at_its_limit_and_others_flow_on,
    an_event_that_eats_all_memory_is_parked_at_its_limit_and_others_flow_on,
}

/// A process in which the poison works so.
fn start_process(test_inbox: &TestInbox, poison: &str) -> ChildProcess {
    // So much address space, of which the poison alone takes all.
    let mut limited = Command::new("sh");
    limited.args(["-c", "ulimit -c 0 -v 6000000; exec \"$0\""]).env("POISON", poison);
    ChildProcess::start_ahead(limited, test_inbox, 0)
}

/// Restarts until the run is parked: after its first attempt by a kill, unless it has taken its process down itself.
async fn check_poison_is_parked(test_inbox: TestInbox, poison: &str) {
    const MAX_ATTEMPTS: usize = 2;
    let test_inbox = test_inbox.with_ledger().await;
    let (mut processes, mut begun) = (0, 0);
    let last = loop {
        let mut process = start_process(&test_inbox, poison);
        processes += 1;
        // Others are there, too, and must not be held up.
        let good = format!("evt_good_{processes}");
        process.deliver("evt_poison", "charge.failed");
        process.deliver(&good, "charge.succeeded");
        let deadline = Instant::now() + WAIT_TIMEOUT;
        let mut here = 0;
        let parked = loop {
            here += process.lines().iter().filter(|line| line.starts_with("poisoned")).count();
            let runs = test_inbox.all_runs().await;
            if runs.iter().any(|run| run.handler == "poison" && run.state == "parked") {
                break true;
            }
            if process.has_exited() {
                break false;
            }
            if processes == 1 && here == 1 {
                process.send_signal("-KILL");
            }
            assert!(Instant::now() < deadline, "neither parked nor dead: {runs:#?}");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        };
        begun += here;
        if parked {
            break process;
        }
        assert!(processes <= MAX_ATTEMPTS, "it goes on for ever");
    };
    assert!(begun <= MAX_ATTEMPTS, "{begun} starts");
    assert_eq!(last.deliver("evt_good", "charge.succeeded"), Some(200));
    let runs = test_inbox.wait_until_ended().await;
    let (poisonous, good): (Vec<_>, Vec<_>) = runs.iter().partition(|run| run.handler == "poison");
    assert_eq!((poisonous.len(), poisonous[0].summary()), (1, ("poison", "parked", 2)));
    assert_eq!(poisonous[0].reason.as_deref(), Some("attempts_exhausted"));
    assert!(poisonous[0].error.is_some());
    assert!(good.iter().all(|run| run.state == "done"), "{good:#?}");
}

async fn an_event_that_aborts_its_process_is_parked_at_its_limit_and_others_flow_on(test_inbox: TestInbox) {
    check_poison_is_parked(test_inbox, "abort").await;
}

async fn an_event_whose_handler_panics_is_parked_at_its_limit_and_others_flow_on(test_inbox: TestInbox) {
    check_poison_is_parked(test_inbox, "panic").await;
}

async fn an_event_that_loops_for_ever_is_parked_at_its_limit_and_others_flow_on(test_inbox: TestInbox) {
    // What does not yield is waited for some seconds.
    if environment::is_enabled(environment::LONG_TESTS_VARIABLE) {
        check_poison_is_parked(test_inbox, "loop").await;
    }
}

async fn an_event_that_eats_all_memory_is_parked_at_its_limit_and_others_flow_on(test_inbox: TestInbox) {
    check_poison_is_parked(test_inbox, "hog").await;
}
