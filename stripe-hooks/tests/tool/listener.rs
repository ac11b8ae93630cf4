//! A server that keeps every request that it gets, and answers as it is told.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

pub(crate) struct Listener {
    pub(crate) url: String,
    requests: Receiver<ReceivedRequest>,
}

#[derive(Debug)]
pub(crate) struct ReceivedRequest {
    /// The request line and the headers, in lower case.
    pub(crate) head: String,
    pub(crate) body: String,
}

impl ReceivedRequest {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let start = format!("{name}: ");
        self.head.lines().find_map(|line| line.strip_prefix(&*start))
    }

    /// The member of the event in the body.
    pub(crate) fn event(&self, name: &str) -> String {
        let event: serde_json::Value = serde_json::from_str(&self.body).unwrap();
        event[name].as_str().unwrap_or_default().to_owned()
    }
}

impl Listener {
    /// Answers the nth request with the nth status, and later ones with the last.
    pub(crate) fn start(statuses: &'static [u16]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let url = format!("http://{}/webhook", listener.local_addr().unwrap());
        let (seen, requests) = channel();
        thread::spawn(move || {
            for (nth, stream) in listener.incoming().enumerate() {
                let mut reader = BufReader::new(stream.unwrap());
                let mut head = String::new();
                while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).unwrap() > 0 {}
                let head = head.replace("\r\n", "\n").to_lowercase();
                let request = ReceivedRequest { head, body: String::new() };
                let length = request.header("content-length").map_or(0, |length| length.parse().unwrap());
                let mut body = vec![0; length];
                reader.read_exact(&mut body).unwrap();
                let status = statuses.get(nth).or(statuses.last()).unwrap();
                let location = if *status == 302 { "Location: /elsewhere\r\n" } else { "" };
                let answer = format!(
                    "HTTP/1.1 {status} x\r\nConnection: close\r\n{location}Content-Length: 5\r\n\r\nsorry"
                );
                reader.get_mut().write_all(answer.as_bytes()).unwrap();
                let body = String::from_utf8(body).unwrap();
                if seen.send(ReceivedRequest { body, ..request }).is_err() {
                    break;
                }
            }
        });
        Self { url, requests }
    }

    /// The requests so far.
    pub(crate) fn requests(&self) -> Vec<ReceivedRequest> {
        let mut all: Vec<_> = self.requests.recv_timeout(Duration::from_secs(60)).into_iter().collect();
        all.extend(self.requests.try_iter());
        all
    }
}
