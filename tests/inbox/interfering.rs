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

use crate::test_inbox::{
    CallCounts, HandlerGate, TestInbox, WAIT_TIMEOUT, deliver_event, event_json, on_both_engines,
};

on_both_engines! {
    a_run_in_progress_ends_once_whatever_operators_ask_for_meanwhile,
    what_is_skipped_while_workers_claim_is_either_skipped_or_worked_on,
    what_two_operators_replay_at_once_begins_anew_once,
}

#[derive(stripe_hooks::EndpointName)]
struct BusyEndpoint;

#[on_event("charge.succeeded", name = "busy", endpoint = BusyEndpoint)]
async fn waits(id: EventId, State(calls): State<CallCounts>, State(gate): State<HandlerGate>) {
    calls.count_call(format!("begun {id}"));
    let _permit = gate.0.acquire().await;
}

#[on_event("charge.failed", name = "failing", retries = 0, endpoint = BusyEndpoint)]
async fn fails_at_first(State(calls): State<CallCounts>) -> Result<(), &'static str> {
    if calls.count_call("failing") == 1 { Err("a bug") } else { Ok(()) }
}

#[on_event("charge.updated", name = "counted", endpoint = BusyEndpoint)]
async fn counts(id: EventId, State(calls): State<CallCounts>) {
    calls.count_call(format!("begun {id}"));
    tokio::time::sleep(Duration::from_millis(2)).await;
}

async fn count_audit_rows(test_inbox: &TestInbox, action: &str) -> i64 {
    test_inbox
        .query_integer(format!("SELECT count(*) FROM stripe_hooks_audit WHERE action = '{action}'"))
        .await
}

async fn a_run_in_progress_ends_once_whatever_operators_ask_for_meanwhile(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<BusyEndpoint>();
    let inbox = endpoint.inbox().unwrap();
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.succeeded")).await, 200);
    test_inbox.wait_for_runs("its beginning", |_| test_inbox.call_counts.calls_of("begun evt_1") == 1).await;
    // Neither takes what is being worked on, and so neither has anything to write down.
    assert!(inbox.replay(&Filter::new().event("evt_1"), "ada").await.unwrap().is_empty());
    assert!(inbox.skip(&Filter::new().event("evt_1"), "ada", "no").await.unwrap().is_empty());
    // A pause keeps others from beginning, and this one from nothing.
    assert!(inbox.pause(BusyEndpoint::NAME, "busy", "ada").await.unwrap());
    assert_eq!(deliver_event(&endpoint, &event_json("evt_2", "charge.succeeded")).await, 200);
    test_inbox.handler_gate.0.add_permits(10);
    let runs = test_inbox.wait_for_runs("its end", |runs| runs[0].state == "done").await;
    assert_eq!((runs[0].attempts, runs[1].summary()), (1, ("busy", "pending", 0)));
    // One that waits is skipped, and another begins when the pause is over.
    assert_eq!(inbox.skip(&Filter::new().event("evt_2"), "ada", "by hand").await.unwrap().len(), 1);
    assert_eq!(deliver_event(&endpoint, &event_json("evt_3", "charge.succeeded")).await, 200);
    assert!(inbox.resume(BusyEndpoint::NAME, "busy", "ada").await.unwrap());
    test_inbox.wait_until_ended().await;
    let begun = ["evt_1", "evt_2", "evt_3"].map(|id| test_inbox.call_counts.calls_of(&format!("begun {id}")));
    assert_eq!(begun, [1, 0, 1]);
    let mut rows = Vec::new();
    for action in ["replay", "skip", "pause", "resume"] {
        rows.push(count_audit_rows(&test_inbox, action).await);
    }
    assert_eq!(rows, [0, 1, 1, 1]);
    endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
}

async fn what_is_skipped_while_workers_claim_is_either_skipped_or_worked_on(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<BusyEndpoint>();
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
        assert_eq!(deliver_event(&endpoint, &event_json(id, "charge.updated")).await, 200);
    }
    all_came.store(true, SeqCst);
    let skipped = skipping.await.unwrap();
    let runs = test_inbox.wait_until_ended().await;
    assert!(runs.iter().all(|run| run.state == "done"), "{runs:#?}");
    let begun: Vec<_> =
        ids.iter().map(|id| test_inbox.call_counts.calls_of(&format!("begun {id}"))).collect();
    assert!(begun.iter().all(|times| *times <= 1), "{begun:?}");
    assert_eq!(begun.iter().sum::<usize>() + skipped, ids.len());
    assert_eq!(count_audit_rows(&test_inbox, "skip").await, i64::try_from(skipped).unwrap());
    endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
}

async fn what_two_operators_replay_at_once_begins_anew_once(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<BusyEndpoint>();
    let inbox = endpoint.inbox().unwrap();
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.failed")).await, 200);
    assert_eq!(test_inbox.wait_until_ended().await[0].state, "parked");
    let replays = ["ada", "grace"].map(|actor| {
        let inbox = inbox.clone();
        tokio::spawn(async move { inbox.replay(&Filter::new(), actor).await.unwrap().len() })
    });
    let mut begun = 0;
    for replay in replays {
        begun += replay.await.unwrap();
    }
    test_inbox.wait_for_runs("its end", |runs| runs[0].state == "done").await;
    assert_eq!(
        (begun, test_inbox.call_counts.calls_of("failing"), count_audit_rows(&test_inbox, "replay").await),
        (1, 2, 1)
    );
    endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
}
