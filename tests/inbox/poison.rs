//! Events that no process survives, or that keep a thread for ever: they stop at their limit, over any number of restarts.

use std::{process::Command, time::Instant};

use crate::{
    bench::{Bench, PATIENCE, on_both},
    process::Process,
    switch,
};

on_both! {
    an_event_that_aborts_its_process_is_parked_at_its_limit_and_others_flow_on,
    an_event_whose_handler_panics_is_parked_at_its_limit_and_others_flow_on,
    an_event_that_loops_for_ever_is_parked_at_its_limit_and_others_flow_on,
    an_event_that_eats_all_memory_is_parked_at_its_limit_and_others_flow_on,
}

/// A process in which the poison works so.
fn start(bench: &Bench, poison: &str) -> Process {
    // So much address space, of which the poison alone takes all.
    let mut limited = Command::new("sh");
    limited.args(["-c", "ulimit -c 0 -v 6000000; exec \"$0\""]).env("POISON", poison);
    Process::start_ahead(limited, bench, 0)
}

/// Restarts until the run is parked: after its first attempt by a kill, unless it has taken its process down itself.
async fn parked(bench: Bench, poison: &str) {
    const STARTS: usize = 2;
    let bench = bench.with_ledger().await;
    let (mut processes, mut begun) = (0, 0);
    let last = loop {
        let mut process = start(&bench, poison);
        processes += 1;
        // Others are there, too, and must not be held up.
        let good = format!("evt_good_{processes}");
        process.deliver("evt_poison", "charge.failed");
        process.deliver(&good, "charge.succeeded");
        let deadline = Instant::now() + PATIENCE;
        let mut here = 0;
        let parked = loop {
            here += process.lines().iter().filter(|line| line.starts_with("poisoned")).count();
            let runs = bench.runs().await;
            if runs.iter().any(|run| run.handler == "poison" && run.state == "parked") {
                break true;
            }
            if process.is_gone() {
                break false;
            }
            if processes == 1 && here == 1 {
                process.signal("-KILL");
            }
            assert!(Instant::now() < deadline, "neither parked nor dead: {runs:#?}");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        };
        begun += here;
        if parked {
            break process;
        }
        assert!(processes <= STARTS, "it goes on for ever");
    };
    assert!(begun <= STARTS, "{begun} starts");
    assert_eq!(last.deliver("evt_good", "charge.succeeded"), Some(200));
    let runs = bench.ended().await;
    let (poisonous, good): (Vec<_>, Vec<_>) = runs.iter().partition(|run| run.handler == "poison");
    assert_eq!((poisonous.len(), poisonous[0].brief()), (1, ("poison", "parked", 2)));
    assert_eq!(poisonous[0].reason.as_deref(), Some("attempts_exhausted"));
    assert!(poisonous[0].error.is_some());
    assert!(good.iter().all(|run| run.state == "done"), "{good:#?}");
}

async fn an_event_that_aborts_its_process_is_parked_at_its_limit_and_others_flow_on(bench: Bench) {
    parked(bench, "abort").await;
}

async fn an_event_whose_handler_panics_is_parked_at_its_limit_and_others_flow_on(bench: Bench) {
    parked(bench, "panic").await;
}

async fn an_event_that_loops_for_ever_is_parked_at_its_limit_and_others_flow_on(bench: Bench) {
    // What does not yield is waited for some seconds.
    if switch::is_on(switch::LONG) {
        parked(bench, "loop").await;
    }
}

async fn an_event_that_eats_all_memory_is_parked_at_its_limit_and_others_flow_on(bench: Bench) {
    parked(bench, "hog").await;
}
