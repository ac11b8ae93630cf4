//! The table of the costs: each stage on each body, as a multiple of the cost of the MAC (parsing the
//! header, the HMAC and the comparison) on the same bytes in the same round.
//!
//! All contestants of a body take turns in each round. The table shows medians of ratios, because a
//! busy machine slows all contestants alike. `BENCH_ROUNDS` sets the number of rounds. `BENCH_PEERS`
//! names programs that receive with other libraries, one per line as `name = command`; each is a
//! separate process that receives the same bytes (see `peer.rs`).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement stops at the first thing that is not as it should be"
)]

mod contestant;
mod peer;

use std::{hint::black_box, time::Instant};

use bytes::Bytes;
use futures_util::FutureExt;
use serde_json::Value;
use stripe_hooks::signature::{Secret, Tolerance, verify};
use stripe_hooks_benches::{
    bodies::{self, Body},
    now, secret, signature_header,
    stages::Stage,
};

use contestant::{Contestant, TimedRun};
use peer::Peer;

/// The approximate length of one turn.
const TURN_NANOSECONDS: f64 = 1e6;

fn main() {
    // `cargo bench` says so. `cargo test` runs the program too, which then only shows that it
    // works.
    let is_measuring = std::env::args().any(|argument| argument == "--bench");
    let rounds = std::env::var("BENCH_ROUNDS").ok().and_then(|rounds| rounds.parse().ok());
    let rounds = rounds.unwrap_or(if is_measuring { 31 } else { 1 });
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let bodies = bodies::all_bodies();
    let peers = Peer::start_all(&bodies);
    let mut columns = Vec::new();
    for (index, body) in bodies.iter().enumerate() {
        // A folder for each body, because the inbox of an earlier one is still open.
        let folder = folder.path().join(index.to_string());
        std::fs::create_dir(&folder).unwrap();
        let mut contestants = make_contestants(body, &folder, &runtime);
        contestants.extend(peers.iter().map(|peer| Contestant::new(peer.name(), peer.timed_run(index))));
        eprintln!("{} ({} bytes)", body.name, body.json.len());
        measure_rounds(&body.json, &mut contestants, rounds);
        columns.push(contestants);
    }
    if !is_measuring {
        println!("Not a measurement: `cargo test` has run this, to show that it works.");
    }
    print_results(&bodies, &columns);
}

fn make_contestants(
    body: &Body,
    folder: &std::path::Path,
    runtime: &tokio::runtime::Runtime,
) -> Vec<Contestant> {
    let mut all = vec![
        Contestant::new("MAC only", hmac_only(body)),
        Contestant::new("`serde_json::Value`, by hand", naive_receiver(body)),
    ];
    for (stage, name) in Stage::ALL {
        let (endpoint, bytes) = (stage.endpoint(folder), Bytes::from(body.json.clone()));
        let handle = runtime.handle().clone();
        let run = move |header: &str, times: usize| {
            let work = async {
                let began = Instant::now();
                for _ in 0..times {
                    let answer = endpoint.receive(Some(header.as_bytes()), bytes.clone()).await;
                    assert_eq!(black_box(answer.status()), 200);
                }
                elapsed_nanoseconds(began)
            };
            match stage {
                Stage::Duplicate => handle.block_on(work),
                _ => work.now_or_never().unwrap(),
            }
        };
        all.push(Contestant::new(name, Box::new(run)));
    }
    all
}

fn elapsed_nanoseconds(began: Instant) -> f64 {
    began.elapsed().as_nanos() as f64
}

fn hmac_only(body: &Body) -> TimedRun {
    let (secrets, bytes) = ([secret()], body.json.clone().into_bytes());
    Box::new(move |header, times| {
        let began = Instant::now();
        for _ in 0..times {
            check_signature(header, &bytes, &secrets);
        }
        elapsed_nanoseconds(began)
    })
}

fn check_signature(header: &str, body: &[u8], secrets: &[Secret]) {
    verify(Some(header.as_bytes()), black_box(body), secrets, Tolerance::DEFAULT, now()).unwrap();
}

/// The receiver that most people would write first.
fn naive_receiver(body: &Body) -> TimedRun {
    let (secrets, bytes) = ([secret()], body.json.clone().into_bytes());
    Box::new(move |header, times| {
        let began = Instant::now();
        for _ in 0..times {
            check_signature(header, &bytes, &secrets);
            let event: Value = serde_json::from_slice(black_box(&bytes)).unwrap();
            assert!(event["type"].is_string());
            black_box(&event["data"]["object"]);
        }
        elapsed_nanoseconds(began)
    })
}

fn measure_rounds(body: &str, contestants: &mut [Contestant], rounds: usize) {
    for contestant in &mut *contestants {
        // The first call warms up; the second measures how many deliveries make a turn.
        let header = signature_header(body.as_bytes());
        (contestant.timed_run)(&header, 3);
        let once = (contestant.timed_run)(&header, 10) / 10.0;
        contestant.deliveries_per_turn = ((TURN_NANOSECONDS / once) as usize).clamp(2, 100_000);
    }
    for round in 0..rounds {
        let header = signature_header(body.as_bytes());
        let count = contestants.len();
        for turn in 0..count {
            // The order rotates, so that no contestant always follows the same one.
            let contestant = &mut contestants[(turn + round) % count];
            let took = (contestant.timed_run)(&header, contestant.deliveries_per_turn)
                / contestant.deliveries_per_turn as f64;
            contestant.nanoseconds.push(took);
        }
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Returns the median over all rounds of the ratio of their times.
fn median_ratio(one: &Contestant, other: &Contestant) -> f64 {
    median(one.nanoseconds.iter().zip(&other.nanoseconds).map(|(one, other)| one / other))
}

fn print_results(bodies: &[Body], columns: &[Vec<Contestant>]) {
    let row = |name: &str, cells: Vec<String>| println!("| {name} | {} |", cells.join(" | "));
    row("times the MAC on the same bytes", bodies.iter().map(|body| body.name.clone()).collect());
    row("---", bodies.iter().map(|_| "--:".to_owned()).collect());
    row("bytes", bodies.iter().map(|body| body.json.len().to_string()).collect());
    row(
        "MAC only, ns",
        columns
            .iter()
            .map(|column| format!("{:.0}", median(column[0].nanoseconds.iter().copied())))
            .collect(),
    );
    for (index, contestant) in columns[0].iter().enumerate().skip(1) {
        row(
            &contestant.name,
            columns.iter().map(|column| format_ratio(median_ratio(&column[index], &column[0]))).collect(),
        );
    }
    let position = |name: &str| columns[0].iter().position(|contestant| contestant.name.contains(name));
    for peer in ["async-stripe", "stripe-node", "stripe-python"] {
        let Some(peer) = position(peer) else { continue };
        for stage in ["full object", "lens of 5 fields"] {
            let Some(stage) = position(stage) else { continue };
            let (peer_name, stage_name) = (&columns[0][peer].name, &columns[0][stage].name);
            let cells =
                columns.iter().map(|column| format_ratio(median_ratio(&column[peer], &column[stage])));
            row(&format!("{peer_name}: times our {stage_name}"), cells.collect());
        }
    }
}

fn format_ratio(ratio: f64) -> String {
    if ratio < 20.0 { format!("{ratio:.2}") } else { format!("{ratio:.0}") }
}
