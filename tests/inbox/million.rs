//! An inbox with a long past: what is done slows down neither the work nor what comes.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use stripe_hooks::{EndpointName, State, on_event};

use crate::{
    database::TestDatabase,
    test_inbox::{CallCounts, TestInbox, WAIT_TIMEOUT, deliver_event, event_json, on_both_engines},
};

on_both_engines! {
    #[ignore = "takes minutes; .ci/long runs it"]
    a_million_done_runs_slow_down_neither_the_work_nor_what_comes,
}

#[derive(stripe_hooks::EndpointName)]
struct OldEndpoint;

#[on_event("charge.succeeded", name = "old", endpoint = OldEndpoint)]
async fn works(State(calls): State<CallCounts>) {
    calls.count_call("worked");
}

const PAST_RUNS: i64 = 1_000_000;
/// How many runs, or deliveries, a measurement has.
const RUNS_PER_MEASUREMENT: usize = 3_000;
const ROUNDS: usize = 9;
const SECONDS_PER_DAY: i64 = 86_400;

/// Writes a past of so many events, all of them done twenty days ago.
async fn insert_past_runs(test_inbox: &TestInbox) {
    const INSERT_BATCH: i64 = 100_000;
    let then = test_inbox.database.time_literal(-20 * SECONDS_PER_DAY);
    let ended = ["started_at", "finished_at"].map(|column| (column, &*then));
    let columns = [
        ("handler", "'old'"),
        ("state", "'done'"),
        ("result", "'handled'"),
        ("attempts", "1"),
        ("fence", "1"),
        ended[0],
        ended[1],
    ];
    for first in (0..PAST_RUNS / INSERT_BATCH).map(|step| step * INSERT_BATCH) {
        test_inbox
            .insert_events::<OldEndpoint>("evt_old", first..=first + INSERT_BATCH - 1, &then, &columns)
            .await;
    }
    // What was written in bulk is to be on the disk, and tidied up, before anything is measured.
    match test_inbox.database {
        TestDatabase::File(_) => test_inbox.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").await,
        TestDatabase::Server(_) => {
            for sql in ["VACUUM ANALYZE", "CHECKPOINT"] {
                test_inbox.execute_sql(sql).await;
            }
        }
    }
    assert!(Command::new("sync").status().unwrap().success());
}

/// Delivers so many new events, by some callers at once; says how long each delivery took.
async fn deliver_many(endpoint: &stripe_hooks::Endpoint, name: &str) -> Vec<Duration> {
    const CALLER_COUNT: usize = 16;
    let callers: Vec<_> = (0..CALLER_COUNT)
        .map(|caller| {
            let (endpoint, name) = (endpoint.clone(), name.to_owned());
            tokio::spawn(async move {
                let mut took = Vec::new();
                for id in 0..RUNS_PER_MEASUREMENT / CALLER_COUNT {
                    let event = event_json(&format!("evt_{name}_{caller}_{id}"), "charge.succeeded");
                    let started = Instant::now();
                    assert_eq!(deliver_event(&endpoint, &event).await, 200);
                    took.push(started.elapsed());
                }
                took
            })
        })
        .collect();
    let mut all = Vec::new();
    for caller in callers {
        all.extend(caller.await.unwrap());
    }
    all.sort_unstable();
    all
}

/// How long the work on so many runs takes, from the first claim to the last end.
async fn measure_work(test_inbox: &TestInbox, round: usize) -> Duration {
    let endpoint = test_inbox.build_endpoint::<OldEndpoint>();
    let inbox = endpoint.inbox().unwrap();
    inbox.pause(OldEndpoint::NAME, "old", "ada").await.unwrap();
    let (before, new) = (
        test_inbox.call_counts.calls_of("worked"),
        deliver_many(&endpoint, &format!("work_{round}")).await.len(),
    );
    let started = Instant::now();
    inbox.resume(OldEndpoint::NAME, "old", "ada").await.unwrap();
    while test_inbox.call_counts.calls_of("worked") < before + new {
        assert!(started.elapsed() < 10 * WAIT_TIMEOUT, "the work does not end");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
    started.elapsed()
}

/// Returns the 99th percentile.
fn percentile_99(sorted: &[Duration]) -> Duration {
    sorted[sorted.len() * 99 / 100]
}

async fn a_million_done_runs_slow_down_neither_the_work_nor_what_comes(test_inbox: TestInbox) {
    let (empty, full) = (test_inbox.new_of_same_engine(), test_inbox);
    drop(full.open_inbox().open());
    insert_past_runs(&full).await;
    let (mut on_empty, mut on_full) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        // The one and the other are first in turn.
        let order = if round % 2 == 0 { [true, false] } else { [false, true] };
        for is_empty in order {
            match is_empty {
                true => on_empty.push(measure_work(&empty, round).await),
                false => on_full.push(measure_work(&full, round).await),
            }
        }
    }
    on_empty.sort_unstable();
    on_full.sort_unstable();
    println!(
        "{RUNS_PER_MEASUREMENT} runs on an empty inbox: {on_empty:.2?}\nand after {PAST_RUNS} done runs: {on_full:.2?}"
    );
    // The fastest of each: what else goes on on the machine only adds to it.
    let slower = on_full[0].as_secs_f64() / on_empty[0].as_secs_f64();
    println!("{slower:.2} times as long at best");

    let endpoint = full.build_endpoint::<OldEndpoint>();
    let without = percentile_99(&deliver_many(&endpoint, "without").await);
    endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
    // This one begins at once to remove what is older than ten days.
    let inbox = full.open_inbox().keep_bodies(Duration::from_secs(10 * SECONDS_PER_DAY.unsigned_abs()));
    let endpoint = full.endpoint_builder::<OldEndpoint>().inbox(inbox).build().unwrap();
    let removed = "SELECT count(*) FROM stripe_hooks_events WHERE body IS NULL";
    while full.query_integer(removed).await == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let with = percentile_99(&deliver_many(&endpoint, "with").await);
    let removed = full.query_integer(removed).await;
    endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
    assert!(removed < PAST_RUNS, "the pruning was over before the deliveries");
    let longer = with.as_secs_f64() / without.as_secs_f64();
    println!(
        "accept, p99 of {RUNS_PER_MEASUREMENT}: {without:.1?}, and {with:.1?} while {removed} bodies were removed: {longer:.2} times"
    );
    // The rate is within 20 % of that of an empty inbox.
    assert!(slower < 1.0 / 0.8, "{slower} times as long");
    assert!(longer < 3.0, "{longer} times as long");
}
