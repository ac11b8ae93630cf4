//! An inbox with a long past: what is done slows down neither the work nor what comes.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use stripe_hooks::{EndpointName, State, on_event};

use crate::{
    bench::{Bench, PATIENCE, Seen, deliver, event, on_both},
    database::Database,
};

on_both! {
    #[ignore = "takes minutes; .ci/long runs it"]
    a_million_done_runs_slow_down_neither_the_work_nor_what_comes,
}

#[derive(stripe_hooks::EndpointName)]
struct Old;

#[on_event("charge.succeeded", name = "old", endpoint = Old)]
async fn works(State(seen): State<Seen>) {
    seen.add("worked");
}

const PAST: i64 = 1_000_000;
/// How many runs, or deliveries, a measurement has.
const MEASURED: usize = 3_000;
const ROUNDS: usize = 9;
const DAY: i64 = 86_400;

/// Writes a past of so many events, all of them done twenty days ago.
async fn write_past(bench: &Bench) {
    const STEP: i64 = 100_000;
    let then = bench.database.moment(-20 * DAY);
    let ended = ["started_at", "finished_at"].map(|column| (column, &*then));
    let columns =
        [("handler", "'old'"), ("state", "'done'"), ("attempts", "1"), ("fence", "1"), ended[0], ended[1]];
    for first in (0..PAST / STEP).map(|step| step * STEP) {
        bench.write::<Old>("evt_old", first..=first + STEP - 1, &then, &columns).await;
    }
    // What was written in bulk is to be on the disk, and tidied up, before anything is measured.
    match bench.database {
        Database::File(_) => bench.execute("PRAGMA wal_checkpoint(TRUNCATE)").await,
        Database::Server(_) => {
            for sql in ["VACUUM ANALYZE", "CHECKPOINT"] {
                bench.execute(sql).await;
            }
        }
    }
    assert!(Command::new("sync").status().unwrap().success());
}

/// Delivers so many new events, by some callers at once; says how long each delivery took.
async fn deliver_many(endpoint: &stripe_hooks::Endpoint, name: &str) -> Vec<Duration> {
    const CALLERS: usize = 16;
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let (endpoint, name) = (endpoint.clone(), name.to_owned());
            tokio::spawn(async move {
                let mut took = Vec::new();
                for id in 0..MEASURED / CALLERS {
                    let event = event(&format!("evt_{name}_{caller}_{id}"), "charge.succeeded");
                    let started = Instant::now();
                    assert_eq!(deliver(&endpoint, &event).await, 200);
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
async fn work(bench: &Bench, round: usize) -> Duration {
    let endpoint = bench.endpoint::<Old>();
    let inbox = endpoint.inbox().unwrap();
    inbox.pause(Old::NAME, "old", "ada").await.unwrap();
    let (before, new) =
        (bench.seen.times("worked"), deliver_many(&endpoint, &format!("work_{round}")).await.len());
    let started = Instant::now();
    inbox.resume(Old::NAME, "old", "ada").await.unwrap();
    while bench.seen.times("worked") < before + new {
        assert!(started.elapsed() < 10 * PATIENCE, "the work does not end");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    endpoint.shutdown(PATIENCE).await.unwrap();
    started.elapsed()
}

/// Of a hundred, the slowest but one.
fn p99(sorted: &[Duration]) -> Duration {
    sorted[sorted.len() * 99 / 100]
}

async fn a_million_done_runs_slow_down_neither_the_work_nor_what_comes(bench: Bench) {
    let (empty, full) = (bench.another(), bench);
    drop(full.inbox().open());
    write_past(&full).await;
    let (mut on_empty, mut on_full) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        // The one and the other are first in turn.
        let order = if round % 2 == 0 { [true, false] } else { [false, true] };
        for is_empty in order {
            match is_empty {
                true => on_empty.push(work(&empty, round).await),
                false => on_full.push(work(&full, round).await),
            }
        }
    }
    on_empty.sort_unstable();
    on_full.sort_unstable();
    println!("{MEASURED} runs on an empty inbox: {on_empty:.2?}\nand after {PAST} done runs: {on_full:.2?}");
    // The fastest of each: what else goes on on the machine only adds to it.
    let slower = on_full[0].as_secs_f64() / on_empty[0].as_secs_f64();
    println!("{slower:.2} times as long at best");

    let endpoint = full.endpoint::<Old>();
    let without = p99(&deliver_many(&endpoint, "without").await);
    endpoint.shutdown(PATIENCE).await.unwrap();
    // This one begins at once to remove what is older than ten days.
    let inbox = full.inbox().keep_bodies(Duration::from_secs(10 * DAY.unsigned_abs()));
    let endpoint = full.builder::<Old>().inbox(inbox).build().unwrap();
    let removed = "SELECT count(*) FROM stripe_hooks_events WHERE body IS NULL";
    while full.count(removed).await == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let with = p99(&deliver_many(&endpoint, "with").await);
    let removed = full.count(removed).await;
    endpoint.shutdown(PATIENCE).await.unwrap();
    assert!(removed < PAST, "the pruning was over before the deliveries");
    let longer = with.as_secs_f64() / without.as_secs_f64();
    println!(
        "accept, p99 of {MEASURED}: {without:.1?}, and {with:.1?} while {removed} bodies were removed: {longer:.2} times"
    );
    // The rate is within 20 % of that of an empty inbox.
    assert!(slower < 1.0 / 0.8, "{slower} times as long");
    assert!(longer < 3.0, "{longer} times as long");
}
