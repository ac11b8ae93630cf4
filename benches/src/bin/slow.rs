//! What memory many slow senders take: `slow CONNECTIONS` opens so many to a server in a process of its own, each of which announces a large
//! body and sends it piece by piece without an end.
//!
//! The endpoint holds [`bodies_in_flight`](stripe_hooks::EndpointBuilder::bodies_in_flight) and no more, whoever sends; what is over it is
//! answered 503. Beside that, each connection takes what actix-web keeps for one.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a measurement stops at the first thing that is not as it should be"
)]

use std::{
    fs,
    io::{ErrorKind, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    thread,
    time::Duration,
};

use stripe_hooks_benches::signature_header;

/// What the endpoint of the server may hold of bodies, unless set otherwise.
const BODIES_IN_FLIGHT: u64 = 64 << 20;

/// What actix-web keeps for a connection: its read buffer, which a piece of a body fills, and its state.
const MAX_BYTES_PER_CONNECTION: u64 = 64 << 10;

/// What each connection announces, which is within the limit of one body.
const ANNOUNCED_LENGTH: usize = 1 << 20;

struct ServerProcess(Child);

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn main() {
    let count: u64 = std::env::args().nth(1).map_or(10_000, |count| count.parse().unwrap());
    let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let program = std::env::current_exe().unwrap().with_file_name("server");
    let child = Command::new(program).args(["full object", &port.to_string(), "2"]).spawn().unwrap();
    let server = ServerProcess(child);
    let connect = || {
        (0..200)
            .find_map(|_| TcpStream::connect(("127.0.0.1", port)).map_or_else(|_| wait_before_retry(), Some))
    };
    connect().unwrap();
    let before = resident_bytes(server.0.id());

    let signature = signature_header(b"");
    let head = format!(
        "POST /webhook HTTP/1.1\r\nHost: localhost\r\nStripe-Signature: {signature}\r\nContent-Length: {ANNOUNCED_LENGTH}\r\n\r\n"
    );
    let mut connections: Vec<_> = (0..count).map(|_| connect().unwrap()).collect();
    for connection in &mut connections {
        connection.set_nonblocking(true).unwrap();
        send(connection, head.as_bytes());
    }
    let mut highest = 0;
    for _ in 0..8 {
        for connection in &mut connections {
            send(connection, &[b' '; 2048]);
        }
        thread::sleep(Duration::from_millis(300));
        highest = highest.max(resident_bytes(server.0.id()));
    }
    let (grown, bound) = (highest - before, BODIES_IN_FLIGHT + count * MAX_BYTES_PER_CONNECTION);
    println!(
        "{count} connections that announce {} MB and send slowly: {} MB more in the server, of at most {} MB; {} B a connection",
        (count * ANNOUNCED_LENGTH as u64) >> 20,
        grown >> 20,
        bound >> 20,
        grown / count
    );
    assert!(grown <= bound, "more than the limits allow");
}

/// Waits before the next attempt to connect, and returns `None` so that it takes place.
fn wait_before_retry() -> Option<TcpStream> {
    thread::sleep(Duration::from_millis(50));
    None
}

/// Sends what the connection takes; one that was answered 503 may be closed.
fn send(connection: &mut TcpStream, bytes: &[u8]) {
    match connection.write(bytes) {
        Ok(_) => {}
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::WouldBlock | ErrorKind::BrokenPipe | ErrorKind::ConnectionReset
            ) => {}
        Err(error) => panic!("{error}"),
    }
}

/// Returns the resident memory of a process in bytes.
fn resident_bytes(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
}
