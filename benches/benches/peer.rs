//! A receiver with another library, in a separate process.
//!
//! The process reads lines and answers each with one line. It answers `body BASE64` with `ok`. It
//! answers `run INDEX HEADER TIMES` with the nanoseconds that it needed to verify and parse the body
//! of that index `TIMES` times.

use std::{
    cell::RefCell,
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    rc::Rc,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use stripe_hooks_benches::bodies::Body;

use crate::contestant::TimedRun;

#[derive(Clone)]
pub(crate) struct Peer {
    name: String,
    process: Rc<RefCell<PeerProcess>>,
}

struct PeerProcess {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Peer {
    /// Starts the peers that `BENCH_PEERS` names, and sends all bodies to each.
    pub(crate) fn start_all(bodies: &[Body]) -> Vec<Self> {
        let named = std::env::var("BENCH_PEERS").unwrap_or_default();
        let peers = named.lines().filter_map(|line| line.split_once('='));
        peers.map(|(name, command)| Self::start(name.trim(), command.trim(), bodies)).collect()
    }

    fn start(name: &str, command: &str, bodies: &[Body]) -> Self {
        let mut words = command.split_whitespace();
        let mut child = Command::new(words.next().expect("a command"))
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a peer that starts");
        let (input, output) = (child.stdin.take(), child.stdout.take().unwrap());
        let mut process = PeerProcess { child, input, output: BufReader::new(output) };
        for body in bodies {
            assert_eq!(process.query(&format!("body {}", STANDARD.encode(&body.json))), "ok", "{name}");
        }
        Self { name: name.to_owned(), process: Rc::new(RefCell::new(process)) }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Returns a function that measures this peer on the body of this index.
    pub(crate) fn timed_run(&self, index: usize) -> TimedRun {
        let process = Rc::clone(&self.process);
        Box::new(move |header, times| {
            let took = process.borrow_mut().query(&format!("run {index} {header} {times}"));
            took.parse().expect("nanoseconds")
        })
    }
}

impl PeerProcess {
    fn query(&mut self, question: &str) -> String {
        writeln!(self.input.as_mut().unwrap(), "{question}").unwrap();
        let mut answer = String::new();
        self.output.read_line(&mut answer).unwrap();
        answer.trim().to_owned()
    }
}

impl Drop for PeerProcess {
    fn drop(&mut self) {
        // The process ends when its input is closed.
        self.input = None;
        let _ = self.child.wait();
    }
}
