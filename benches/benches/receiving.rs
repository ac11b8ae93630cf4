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
    header, now, secret,
    stages::Stage,
};

use contestant::{Contestant, Run};
use peer::Peer;

/// The approximate length of one turn.
const TURN_NS: f64 = 1e6;

fn main() {
    let rounds = std::env::var("BENCH_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(31);
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let bodies = bodies::all();
    let peers = Peer::all(&bodies);
    let mut columns = Vec::new();
    for (index, body) in bodies.iter().enumerate() {
        let mut contestants = contestants(body, folder.path(), &runtime);
        contestants.extend(peers.iter().map(|peer| Contestant::new(peer.name(), peer.runs(index))));
        eprintln!("{} ({} bytes)", body.name, body.json.len());
        measure(&body.json, &mut contestants, rounds);
        columns.push(contestants);
    }
    print(&bodies, &columns);
}

fn contestants(body: &Body, folder: &std::path::Path, runtime: &tokio::runtime::Runtime) -> Vec<Contestant> {
    let mut all = vec![
        Contestant::new("MAC only", mac_only(body)),
        Contestant::new("`serde_json::Value`, by hand", naive(body)),
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
                elapsed(began)
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

fn elapsed(began: Instant) -> f64 {
    began.elapsed().as_nanos() as f64
}

fn mac_only(body: &Body) -> Run {
    let (secrets, bytes) = ([secret()], body.json.clone().into_bytes());
    Box::new(move |header, times| {
        let began = Instant::now();
        for _ in 0..times {
            check(header, &bytes, &secrets);
        }
        elapsed(began)
    })
}

fn check(header: &str, body: &[u8], secrets: &[Secret]) {
    verify(Some(header.as_bytes()), black_box(body), secrets, Tolerance::DEFAULT, now()).unwrap();
}

/// The receiver that most people would write first.
fn naive(body: &Body) -> Run {
    let (secrets, bytes) = ([secret()], body.json.clone().into_bytes());
    Box::new(move |header, times| {
        let began = Instant::now();
        for _ in 0..times {
            check(header, &bytes, &secrets);
            let event: Value = serde_json::from_slice(black_box(&bytes)).unwrap();
            assert!(event["type"].is_string());
            black_box(&event["data"]["object"]);
        }
        elapsed(began)
    })
}

fn measure(body: &str, contestants: &mut [Contestant], rounds: usize) {
    for contestant in &mut *contestants {
        // The first call warms up; the second measures how many deliveries make a turn.
        let header = header(body.as_bytes());
        (contestant.run)(&header, 3);
        let once = (contestant.run)(&header, 10) / 10.0;
        contestant.times = ((TURN_NS / once) as usize).clamp(2, 100_000);
    }
    for round in 0..rounds {
        let header = header(body.as_bytes());
        let count = contestants.len();
        for turn in 0..count {
            // The order rotates, so that no contestant always follows the same one.
            let contestant = &mut contestants[(turn + round) % count];
            let took = (contestant.run)(&header, contestant.times) / contestant.times as f64;
            contestant.took.push(took);
        }
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Returns the median over all rounds of the ratio of their times.
fn ratio(one: &Contestant, other: &Contestant) -> f64 {
    median(one.took.iter().zip(&other.took).map(|(one, other)| one / other))
}

fn print(bodies: &[Body], columns: &[Vec<Contestant>]) {
    let row = |name: &str, cells: Vec<String>| println!("| {name} | {} |", cells.join(" | "));
    row("times the MAC on the same bytes", bodies.iter().map(|body| body.name.clone()).collect());
    row("---", bodies.iter().map(|_| "--:".to_owned()).collect());
    row("bytes", bodies.iter().map(|body| body.json.len().to_string()).collect());
    row(
        "MAC only, ns",
        columns.iter().map(|column| format!("{:.0}", median(column[0].took.iter().copied()))).collect(),
    );
    for (index, contestant) in columns[0].iter().enumerate().skip(1) {
        row(
            &contestant.name,
            columns.iter().map(|column| figure(ratio(&column[index], &column[0]))).collect(),
        );
    }
    let position = |name: &str| columns[0].iter().position(|contestant| contestant.name.contains(name));
    for peer in ["async-stripe", "stripe-node", "stripe-python"] {
        let Some(peer) = position(peer) else { continue };
        for stage in ["full object", "lens of 5 fields"] {
            let Some(stage) = position(stage) else { continue };
            let (peer_name, stage_name) = (&columns[0][peer].name, &columns[0][stage].name);
            let cells = columns.iter().map(|column| figure(ratio(&column[peer], &column[stage])));
            row(&format!("{peer_name}: times our {stage_name}"), cells.collect());
        }
    }
}

fn figure(ratio: f64) -> String {
    if ratio < 20.0 { format!("{ratio:.2}") } else { format!("{ratio:.0}") }
}
