//! A flood of forged requests.

use std::{
    fmt::Display,
    fs,
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
    ops::Range,
    thread,
};

use stripe_hooks::on_event;

use crate::{
    child_process::ChildProcess,
    environment,
    test_inbox::{TestInbox, WAIT_TIMEOUT, on_both_engines},
};

on_both_engines! {
    forged_requests_leave_no_row_and_wait_for_no_database,
    a_hundred_thousand_forged_requests_cost_no_memory,
}

#[derive(stripe_hooks::EndpointName)]
struct FloodedEndpoint;

#[on_event("charge.succeeded", endpoint = FloodedEndpoint)]
async fn handled() {}

/// Returns the signature of another body, and the body of the event with this number.
fn forged_request(number: impl Display) -> (String, String) {
    let body = crate::test_inbox::event_json(&format!("evt_{number}"), "charge.succeeded").to_string();
    (delivery::sign_body(b"{}"), body)
}

async fn forged_requests_leave_no_row_and_wait_for_no_database(test_inbox: TestInbox) {
    let inbox = test_inbox.open_inbox().accept_timeout(WAIT_TIMEOUT);
    let endpoint = test_inbox.endpoint_builder::<FloodedEndpoint>().inbox(inbox).build().unwrap();
    // Storing an event would wait for this lock.
    let lock = test_inbox.database.lock_events_and_runs().await;
    let flood = async {
        for number in 0..2_000 {
            let (signature, body) = forged_request(number);
            assert_eq!(endpoint.receive(Some(signature.as_bytes()), body.into()).await.status(), 400);
        }
    };
    tokio::time::timeout(WAIT_TIMEOUT / 2, flood).await.expect("a forged request waits for the database");
    lock.release().await;
    for table in ["events", "runs"] {
        assert_eq!(test_inbox.query_integer(format!("SELECT count(*) FROM stripe_hooks_{table}")).await, 0);
    }
    assert_eq!(endpoint.counts().bad_signature, 2_000);
}

/// A forged request whose event id is a number that [`ForgedRequest::set_event_number`] overwrites in place, so that a
/// client can send many distinct requests for the cost of copying them.
#[derive(Clone)]
struct ForgedRequest {
    bytes: Vec<u8>,
    /// The position of the first digit of the number.
    digits_offset: usize,
}

impl ForgedRequest {
    /// The number of digits that the event ids have.
    const ID_DIGITS: usize = 8;

    fn new() -> Self {
        let number = "0".repeat(Self::ID_DIGITS);
        let (signature, body) = forged_request(&number);
        let request = format!(
            "POST /webhook HTTP/1.1\r\nHost: localhost\r\nStripe-Signature: {signature}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let at = request.find(&format!("\"evt_{number}\"")).unwrap() + "\"evt_".len();
        Self { bytes: request.into_bytes(), digits_offset: at }
    }

    fn set_event_number(&mut self, number: usize) {
        let digits = format!("{number:0width$}", width = Self::ID_DIGITS);
        self.bytes[self.digits_offset..self.digits_offset + Self::ID_DIGITS]
            .copy_from_slice(digits.as_bytes());
    }
}

/// Sends the requests with these numbers over one connection, a window of them at a time, and
/// checks that each is answered with 400.
fn send_forged_requests(process: &ChildProcess, numbers: Range<usize>, mut request: ForgedRequest) {
    const REQUESTS_IN_FLIGHT: usize = 50;
    let mut stream = TcpStream::connect(process.address()).unwrap();
    stream.set_read_timeout(Some(WAIT_TIMEOUT)).unwrap();
    let mut answers = BufReader::new(stream.try_clone().unwrap());
    let (mut window, mut line) = (Vec::with_capacity(REQUESTS_IN_FLIGHT * request.bytes.len()), Vec::new());
    for first in numbers.clone().step_by(REQUESTS_IN_FLIGHT) {
        let numbers = first..numbers.end.min(first + REQUESTS_IN_FLIGHT);
        window.clear();
        for number in numbers.clone() {
            request.set_event_number(number);
            window.extend_from_slice(&request.bytes);
        }
        stream.write_all(&window).unwrap();
        numbers.for_each(|_| read_refusal(&mut answers, &mut line));
    }
}

/// Reads one answer, which must be a 400. The buffer is for its lines.
fn read_refusal(answers: &mut impl BufRead, line: &mut Vec<u8>) {
    let mut read_line = |answers: &mut dyn BufRead| {
        line.clear();
        answers.read_until(b'\n', line).unwrap();
        String::from_utf8_lossy(line.trim_ascii_end()).to_ascii_lowercase()
    };
    let status = read_line(answers);
    assert!(status.starts_with("http/1.1 400 "), "{status}");
    let mut length = 0;
    loop {
        let header = read_line(answers);
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let read = io::copy(&mut answers.take(length), &mut io::sink()).unwrap();
    assert_eq!(read, length);
}

/// Returns the memory that the process has in use, in kB.
fn resident_kilobytes(process: &ChildProcess) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

async fn a_hundred_thousand_forged_requests_cost_no_memory(test_inbox: TestInbox) {
    let requests = match environment::is_enabled(environment::LONG_TESTS_VARIABLE) {
        true => 100_000,
        false => 5_000,
    };
    let test_inbox = test_inbox.with_ledger().await;
    let process = ChildProcess::start(&test_inbox, &[]);
    let request = ForgedRequest::new();
    let flood = |numbers: Range<usize>| {
        const CALLERS: usize = 4;
        let share = numbers.len() / CALLERS;
        assert_eq!(share * CALLERS, numbers.len());
        thread::scope(|scope| {
            for first in numbers.step_by(share) {
                let (process, request) = (&process, request.clone());
                scope.spawn(move || send_forged_requests(process, first..first + share, request));
            }
        });
    };
    // The first requests make the server allocate what it allocates once.
    flood(0..1_000);
    let before = resident_kilobytes(&process);
    flood(1_000..1_000 + requests);
    let after = resident_kilobytes(&process);
    assert!(after < before + 8 * 1_024, "{before} kB before and {after} kB after {requests} requests");
    assert_eq!(test_inbox.query_integer("SELECT count(*) FROM stripe_hooks_events").await, 0);
    assert_eq!(process.deliver("evt_1", "charge.succeeded"), Some(200));
    assert_eq!(test_inbox.wait_until_ended().await[0].state, "done");
}
