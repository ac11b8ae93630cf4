//! An endpoint served by actix-web on a free port of the loopback, and a client that writes and reads the bytes themselves, because
//! a well-behaved one would not send what these tests send.

use std::{
    io::{BufRead, BufReader, ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use actix_web::{App, HttpServer, dev::ServerHandle, rt};
use delivery::sign_body;
use stripe_hooks::Endpoint;

/// Longer than anything here takes on a busy machine, so that a test that waits for nothing ends at last.
pub(crate) const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// A server with one worker. It stops at once when it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    handle: ServerHandle,
    thread: Option<thread::JoinHandle<()>>,
}

impl Server {
    /// Serves the endpoint at `/webhook`.
    pub(crate) fn start(endpoint: &Endpoint) -> Self {
        let endpoint = endpoint.clone();
        let (started, starting) = mpsc::channel();
        let thread = thread::spawn(move || {
            rt::System::new().block_on(async move {
                let server = HttpServer::new(move || App::new().service(endpoint.service("/webhook")))
                    .workers(1)
                    .disable_signals()
                    .bind(("127.0.0.1", 0))
                    .unwrap();
                let address = server.addrs()[0];
                let server = server.run();
                started.send((address, server.handle())).unwrap();
                server.await.unwrap();
            });
        });
        let (address, handle) = starting.recv_timeout(ANSWER_TIMEOUT).unwrap();
        Self { address, handle, thread: Some(thread) }
    }

    pub(crate) fn connect(&self) -> Connection {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(ANSWER_TIMEOUT)).unwrap();
        stream.set_nodelay(true).unwrap();
        Connection(BufReader::new(stream))
    }

    /// Sends one request over a connection of its own.
    pub(crate) fn send_request(&self, request: impl AsRef<[u8]>) -> ReceivedAnswer {
        let mut connection = self.connect();
        connection.send_bytes(request);
        connection.receive_answer().expect("an answer")
    }

    /// Stops the server, which waits for the requests under way if it is to be gentle.
    pub(crate) fn stop(&mut self, gently: bool) {
        if let Some(thread) = self.thread.take() {
            drop(self.handle.stop(gently));
            thread.join().unwrap();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if !thread::panicking() {
            self.stop(false);
        }
    }
}

pub(crate) struct Connection(BufReader<TcpStream>);

impl Connection {
    /// Writes the bytes. That the server has closed the connection meanwhile is no failure: it may have answered before.
    pub(crate) fn send_bytes(&mut self, bytes: impl AsRef<[u8]>) {
        self.try_send_bytes(bytes);
    }

    /// Writes the bytes, and tells whether the server still takes them.
    pub(crate) fn try_send_bytes(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.0.get_mut().write_all(bytes.as_ref()).is_ok()
    }

    /// The same connection, to write to it from another thread.
    pub(crate) fn clone_for_writing(&self) -> Self {
        Self(BufReader::new(self.0.get_ref().try_clone().unwrap()))
    }

    /// Reads the next answer; `None` when the server has closed the connection instead.
    pub(crate) fn receive_answer(&mut self) -> Option<ReceivedAnswer> {
        self.receive_answer_to("POST")
    }

    /// Reads the answer to a request of this method.
    pub(crate) fn receive_answer_to(&mut self, method: &str) -> Option<ReceivedAnswer> {
        let status_line = self.read_line()?;
        let status = status_line.split(' ').nth(1)?.parse().unwrap();
        let mut headers = Vec::new();
        while let Some((name, value)) = self.read_line()?.split_once(": ") {
            headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        let mut received = ReceivedAnswer { status, headers, body: String::new() };
        if method != "HEAD" && status != 100 {
            let length = received.header("content-length").map_or(0, |length| length.parse().unwrap());
            let mut body = vec![0; length];
            self.0.read_exact(&mut body).ok()?;
            received.body = String::from_utf8(body).unwrap();
        }
        Some(received)
    }

    fn read_line(&mut self) -> Option<String> {
        let mut line = String::new();
        match self.0.read_line(&mut line) {
            Ok(0) => None,
            Ok(_) => Some(line.trim_end().to_owned()),
            Err(error) if matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) => None,
            Err(error) => panic!("no answer: {error}"),
        }
    }
}

#[derive(Debug)]
pub(crate) struct ReceivedAnswer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl ReceivedAnswer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| &**value)
    }

    /// Status and body.
    pub(crate) fn status_and_body(&self) -> (u16, &str) {
        (self.status, &self.body)
    }
}

/// A whole `POST` of a body with its signature.
pub(crate) fn signed_request(body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let headers = format!("Stripe-Signature: {}\r\nContent-Length: {}", sign_body(body), body.len());
    [request_head("POST", &headers).as_bytes(), body].concat()
}

/// A request line, headers, and the empty line after them.
pub(crate) fn request_head(method: &str, headers: &str) -> String {
    let end = if headers.is_empty() { "" } else { "\r\n" };
    format!("{method} /webhook HTTP/1.1\r\nHost: localhost\r\n{headers}{end}\r\n")
}

/// Asks until it is so.
pub(crate) fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + ANSWER_TIMEOUT;
    while !is_so() {
        assert!(Instant::now() < deadline, "{what} did not come about");
        thread::sleep(Duration::from_millis(5));
    }
}
