//! Operators who act while runs are in progress.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Duration,
};

use stripe_hooks::{
    EndpointName, EventId, State,
    inbox::{Filter, RunState},
    on_event,
};

use crate::bench::{Bench, Gate, PATIENCE, Seen, deliver, event, on_both};

on_both! {
    a_run_in_progress_ends_once_whatever_operators_ask_for_meanwhile,
    what_is_skipped_while_workers_claim_is_either_skipped_or_worked_on,
    what_two_operators_replay_at_once_begins_anew_once,
}

#[derive(stripe_hooks::EndpointName)]
struct Busy;

#[on_event("charge.succeeded", name = "busy", endpoint = Busy)]
async fn waits(id: EventId, State(seen): State<Seen>, State(gate): State<Gate>) {
    seen.add(format!("begun {id}"));
    let _permit = gate.0.acquire().await;
}

#[on_event("charge.failed", name = "failing", retries = 0, endpoint = Busy)]
async fn fails_at_first(State(seen): State<Seen>) -> Result<(), &'static str> {
    if seen.add("failing") == 1 { Err("a bug") } else { Ok(()) }
}

#[on_event("charge.updated", name = "counted", endpoint = Busy)]
async fn counts(id: EventId, State(seen): State<Seen>) {
    seen.add(format!("begun {id}"));
    tokio::time::sleep(Duration::from_millis(2)).await;
}

async fn audited(bench: &Bench, action: &str) -> i64 {
    bench.count(format!("SELECT count(*) FROM stripe_hooks_audit WHERE action = '{action}'")).await
}

async fn a_run_in_progress_ends_once_whatever_operators_ask_for_meanwhile(bench: Bench) {
    let endpoint = bench.endpoint::<Busy>();
    let inbox = endpoint.inbox().unwrap();
    assert_eq!(deliver(&endpoint, &event("evt_1", "charge.succeeded")).await, 200);
    bench.runs_when("its beginning", |_| bench.seen.times("begun evt_1") == 1).await;
    // Neither takes what is being worked on, and so neither has anything to write down.
    assert!(inbox.replay(&Filter::new().event("evt_1"), "ada").await.unwrap().is_empty());
    assert!(inbox.skip(&Filter::new().event("evt_1"), "ada", "no").await.unwrap().is_empty());
    // A pause keeps others from beginning, and this one from nothing.
    assert!(inbox.pause(Busy::NAME, "busy", "ada").await.unwrap());
    assert_eq!(deliver(&endpoint, &event("evt_2", "charge.succeeded")).await, 200);
    bench.gate.0.add_permits(10);
    let runs = bench.runs_when("its end", |runs| runs[0].state == "done").await;
    assert_eq!((runs[0].attempts, runs[1].brief()), (1, ("busy", "pending", 0)));
    // One that waits is skipped, and another begins when the pause is over.
    assert_eq!(inbox.skip(&Filter::new().event("evt_2"), "ada", "by hand").await.unwrap().len(), 1);
    assert_eq!(deliver(&endpoint, &event("evt_3", "charge.succeeded")).await, 200);
    assert!(inbox.resume(Busy::NAME, "busy", "ada").await.unwrap());
    bench.ended().await;
    let begun = ["evt_1", "evt_2", "evt_3"].map(|id| bench.seen.times(&format!("begun {id}")));
    assert_eq!(begun, [1, 0, 1]);
    let mut rows = Vec::new();
    for action in ["replay", "skip", "pause", "resume"] {
        rows.push(audited(&bench, action).await);
    }
    assert_eq!(rows, [0, 1, 1, 1]);
    endpoint.shutdown(PATIENCE).await.unwrap();
}

async fn what_is_skipped_while_workers_claim_is_either_skipped_or_worked_on(bench: Bench) {
    let endpoint = bench.endpoint::<Busy>();
    let inbox = endpoint.inbox().unwrap();
    let ids: Vec<_> = (0..200).map(|id| format!("evt_{id}")).collect();
    let all_came = Arc::new(AtomicBool::new(false));
    let skipping = {
        let (inbox, all_came) = (inbox.clone(), Arc::clone(&all_came));
        tokio::spawn(async move {
            let mut skipped = 0;
            loop {
                let is_last = all_came.load(SeqCst);
                skipped +=
                    inbox.skip(&Filter::new().state(RunState::Pending), "ada", "no").await.unwrap().len();
                if is_last {
                    return skipped;
                }
            }
        })
    };
    for id in &ids {
        assert_eq!(deliver(&endpoint, &event(id, "charge.updated")).await, 200);
    }
    all_came.store(true, SeqCst);
    let skipped = skipping.await.unwrap();
    let runs = bench.ended().await;
    assert!(runs.iter().all(|run| run.state == "done"), "{runs:#?}");
    let begun: Vec<_> = ids.iter().map(|id| bench.seen.times(&format!("begun {id}"))).collect();
    assert!(begun.iter().all(|times| *times <= 1), "{begun:?}");
    assert_eq!(begun.iter().sum::<usize>() + skipped, ids.len());
    assert_eq!(audited(&bench, "skip").await, i64::try_from(skipped).unwrap());
    endpoint.shutdown(PATIENCE).await.unwrap();
}

async fn what_two_operators_replay_at_once_begins_anew_once(bench: Bench) {
    let endpoint = bench.endpoint::<Busy>();
    let inbox = endpoint.inbox().unwrap();
    assert_eq!(deliver(&endpoint, &event("evt_1", "charge.failed")).await, 200);
    assert_eq!(bench.ended().await[0].state, "parked");
    let replays = ["ada", "grace"].map(|actor| {
        let inbox = inbox.clone();
        tokio::spawn(async move { inbox.replay(&Filter::new(), actor).await.unwrap().len() })
    });
    let mut begun = 0;
    for replay in replays {
        begun += replay.await.unwrap();
    }
    bench.runs_when("its end", |runs| runs[0].state == "done").await;
    assert_eq!((begun, bench.seen.times("failing"), audited(&bench, "replay").await), (1, 2, 1));
    endpoint.shutdown(PATIENCE).await.unwrap();
}
