//! A flood of requests that nobody signed.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    thread,
    time::Duration,
};

use stripe_hooks::on_event;

use crate::{
    bench::{Bench, PATIENCE, on_both},
    process::Process,
    switch,
};

on_both! {
    forged_requests_leave_no_row_and_wait_for_no_database,
    a_hundred_thousand_forged_requests_cost_no_memory,
}

struct Flooded;

#[on_event("charge.succeeded", endpoint = Flooded)]
async fn handled() {}

/// A body with the signature of another.
fn forged(number: usize) -> (String, String) {
    let body = crate::bench::event(&format!("evt_{number}"), "charge.succeeded").to_string();
    (delivery::sign(b"{}"), body)
}

async fn forged_requests_leave_no_row_and_wait_for_no_database(bench: Bench) {
    let inbox = bench.inbox().accept_timeout(PATIENCE);
    let endpoint = bench.builder::<Flooded>().inbox(inbox).build().unwrap();
    // Whoever asked the database for anything now would wait.
    let lock = bench.database.lock().await;
    let flood = async {
        for number in 0..2_000 {
            let (signature, body) = forged(number);
            assert_eq!(endpoint.receive(Some(signature.as_bytes()), body.into()).await.status(), 400);
        }
    };
    tokio::time::timeout(PATIENCE / 2, flood).await.expect("a forged request waits for the database");
    lock.release().await;
    for table in ["events", "runs"] {
        assert_eq!(bench.count(format!("SELECT count(*) FROM stripe_hooks_{table}")).await, 0);
    }
    assert_eq!(endpoint.counts().forged, 2_000);
}

/// Sends so many over one connection, and takes each answer.
fn send(process: &Process, requests: usize) {
    let mut stream = TcpStream::connect(process.address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut answers = BufReader::new(stream.try_clone().unwrap());
    for number in 0..requests {
        let (signature, body) = forged(number);
        let request = format!(
            "POST /webhook HTTP/1.1\r\nHost: localhost\r\nStripe-Signature: {signature}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let (mut status, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            answers.read_line(&mut line).unwrap();
            if status.is_empty() {
                status = line.split(' ').nth(1).unwrap().to_owned();
            } else if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            } else if line.trim().is_empty() {
                break;
            }
        }
        answers.read_exact(&mut vec![0; length]).unwrap();
        assert_eq!(status, "400");
    }
}

/// How much memory the process has in use, in kB.
fn memory(process: &Process) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

async fn a_hundred_thousand_forged_requests_cost_no_memory(bench: Bench) {
    let requests = match switch::is_on(switch::LONG) {
        true => 100_000,
        false => 5_000,
    };
    let bench = bench.with_ledger().await;
    let process = Process::start(&bench, &[]);
    let flood = |requests: usize| {
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| send(&process, requests / 4));
            }
        });
    };
    // Until all that is made once is made.
    flood(1_000);
    let before = memory(&process);
    flood(requests);
    thread::sleep(Duration::from_millis(100));
    let after = memory(&process);
    assert!(after < before + 8 * 1_024, "{before} kB before and {after} kB after {requests} requests");
    assert_eq!(bench.count("SELECT count(*) FROM stripe_hooks_events").await, 0);
    assert_eq!(process.deliver("evt_1", "charge.succeeded"), Some(200));
    assert_eq!(bench.ended().await[0].state, "done");
}
