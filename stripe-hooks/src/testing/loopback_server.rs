//! A server of actix-web on the loopback, and a client that speaks just enough HTTP to it.

use std::{
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::mpsc,
    thread::{self, JoinHandle},
    time::Duration,
};

use actix_web::{App, HttpServer, dev::ServerHandle, rt};
use bytes::Bytes;
use tokio::sync::oneshot;

use crate::{Answer, Endpoint, Error, error::EndpointProblem};

/// Longer than an answer takes on a busy machine, so that a test ends when there is none.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// It stops when it is dropped.
pub(crate) struct LoopbackServer {
    address: SocketAddr,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl LoopbackServer {
    pub(crate) fn start(endpoint: &Endpoint) -> Result<Self, Error> {
        let endpoint = endpoint.clone();
        let (started, starting) = mpsc::channel();
        let thread = thread::spawn(move || {
            rt::System::new().block_on(async move {
                let bound = HttpServer::new(move || App::new().service(endpoint.service("/webhook")))
                    .workers(1)
                    .disable_signals()
                    .bind(("127.0.0.1", 0));
                match bound {
                    Ok(bound) => {
                        let address = bound.addrs().first().copied();
                        let server = bound.run();
                        let _ = started.send(Ok((address, server.handle())));
                        let _ = server.await;
                    }
                    Err(error) => drop(started.send(Err(error))),
                }
            });
        });
        let ended = || io::Error::other("the server ended");
        let (address, handle) = starting
            .recv()
            .map_err(|_| ended())
            .and_then(|started| started)
            .map_err(|error| server_error(&error))?;
        let address = address.ok_or_else(|| server_error(&ended()))?;
        Ok(Self { address, handle, thread: Some(thread) })
    }

    /// Posts a delivery and waits for the answer, on a thread of its own, so that no runtime is held up or needed.
    pub(crate) async fn post_delivery(&self, header: Option<String>, body: Bytes) -> Answer {
        let address = self.address;
        let (answered, answer) = oneshot::channel();
        thread::spawn(move || answered.send(send_request(address, header.as_deref(), &body)));
        let answer = answer.await.unwrap_or_else(|_| Err(io::Error::other("the client panicked")));
        answer.unwrap_or_else(|error| {
            // 0 is no status of HTTP, so that every assertion fails and shows the error.
            Answer::new(0, Vec::new(), error.to_string().into())
        })
    }
}

fn server_error(error: &io::Error) -> Error {
    EndpointProblem::Server(format!("cannot serve on the loopback: {error}")).into()
}

fn send_request(address: SocketAddr, header: Option<&str>, body: &[u8]) -> io::Result<Answer> {
    let mut stream = TcpStream::connect_timeout(&address, ANSWER_TIMEOUT)?;
    stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
    let mut request = format!(
        "POST /webhook HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\n\
         Content-Length: {}\r\n",
        body.len()
    );
    if let Some(header) = header {
        request.push_str(&format!("Stripe-Signature: {header}\r\n"));
    }
    request.push_str("\r\n");
    stream.write_all(&[request.as_bytes(), body].concat())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    parse_answer(&answer).ok_or_else(|| io::Error::other("what came back is no answer"))
}

/// Reads an answer that the end of the connection ends.
fn parse_answer(answer: &[u8]) -> Option<Answer> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines.filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect();
    Some(Answer::new(status, headers, Bytes::copy_from_slice(&answer[end + 4..])))
}

impl Drop for LoopbackServer {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
