//! A receiver of its own process, which tests start, stop and kill.

use std::{
    fs,
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    process::{Child, Command, Stdio},
    sync::{Mutex, mpsc},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use serde_json::Value;
use stripe_hooks::signature;

use crate::test_inbox::{TestInbox, WAIT_TIMEOUT, event_json};

/// A running receiver. It is killed when the test is done with it.
pub(crate) struct ChildProcess {
    child: Child,
    address: SocketAddr,
    lines: Mutex<mpsc::Receiver<String>>,
    /// How far its clock is ahead of this machine's, in seconds.
    clock_ahead: i64,
}

impl ChildProcess {
    /// Starts a receiver with the inbox of the test.
    pub(crate) fn start(test_inbox: &TestInbox, variables: &[(&str, &str)]) -> Self {
        let journal = test_inbox.journal_file();
        let variables: Vec<_> =
            variables.iter().copied().chain([("JOURNAL", journal.to_str().unwrap())]).collect();
        Self::start_at(&test_inbox.database.address(), &variables)
    }

    /// Starts a receiver with the inbox at this address, which may lead through a proxy.
    pub(crate) fn start_at(address: &str, variables: &[(&str, &str)]) -> Self {
        Self::spawn_command(Command::new(env!("CARGO_BIN_EXE_inbox-server")), address, variables, 0)
    }

    /// Starts a receiver by a command that ends with the receiver's program.
    pub(crate) fn start_by(command: Command, test_inbox: &TestInbox) -> Self {
        Self::spawn_command(command, &test_inbox.database.address(), &[], 0)
    }

    /// Starts a receiver by a command that sets its clock ahead by so many seconds.
    pub(crate) fn start_ahead(mut command: Command, test_inbox: &TestInbox, ahead: i64) -> Self {
        command.arg(env!("CARGO_BIN_EXE_inbox-server"));
        Self::spawn_command(command, &test_inbox.database.address(), &[], ahead)
    }

    fn spawn_command(mut command: Command, address: &str, variables: &[(&str, &str)], ahead: i64) -> Self {
        let mut child = command
            .env("DATABASE", address)
            .env("SECRET", delivery::SECRET)
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (sender, lines) = mpsc::channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut process = Self { child, address: nowhere, lines: Mutex::new(lines), clock_ahead: ahead };
        let listening = process.wait_for_line("listening ");
        process.address = listening["listening ".len()..].parse().unwrap();
        process
    }

    /// The next line that begins so.
    pub(crate) fn wait_for_line(&self, beginning: &str) -> String {
        loop {
            let line = self
                .lines
                .lock()
                .unwrap()
                .recv_timeout(WAIT_TIMEOUT)
                .unwrap_or_else(|_| panic!("no `{beginning}`"));
            if line.starts_with(beginning) {
                return line;
            }
        }
    }

    /// All lines that were printed and not yet read.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().try_iter().collect()
    }

    /// Sends an event, signed now; `None` when no answer came.
    pub(crate) fn deliver(&self, id: &str, event_type: &str) -> Option<u16> {
        self.send_event(&event_json(id, event_type)).map(|(status, _)| status)
    }

    /// Likewise, with the body of the answer.
    pub(crate) fn send_event(&self, event: &Value) -> Option<(u16, String)> {
        let body = event.to_string();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let now = i64::try_from(now).unwrap() + self.clock_ahead;
        let signature = signature::sign(body.as_bytes(), &delivery::secret(), now);
        let request = format!(
            "POST /webhook HTTP/1.1\r\nHost: localhost\r\nStripe-Signature: {signature}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(self.address).ok()?;
        stream.set_read_timeout(Some(WAIT_TIMEOUT)).unwrap();
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
    }

    /// Sends an event as Stripe does, again until it is answered 200.
    pub(crate) fn deliver_until_taken(&self, id: &str, event_type: &str) {
        let deadline = Instant::now() + WAIT_TIMEOUT;
        while self.deliver(id, event_type) != Some(200) {
            assert!(Instant::now() < deadline, "{id} was never taken");
            thread::sleep(Duration::from_millis(50));
        }
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn send_signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// Stops it where it stands, with all of its threads, until it is told to go on by a signal.
    pub(crate) fn pause_process(&self) {
        self.send_signal("-STOP");
        let is_stopped = |thread: io::Result<fs::DirEntry>| {
            let stat = fs::read_to_string(thread.unwrap().path().join("stat")).unwrap();
            // After the name, which may hold anything but is in brackets.
            stat.rsplit(") ").next().unwrap().starts_with('T')
        };
        let deadline = Instant::now() + WAIT_TIMEOUT;
        while !fs::read_dir(format!("/proc/{}/task", self.id())).unwrap().all(is_stopped) {
            assert!(Instant::now() < deadline, "it goes on");
            thread::sleep(Duration::from_millis(1));
        }
    }

    pub(crate) fn resume_process(&self) {
        self.send_signal("-CONT");
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn has_exited(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }
}

impl Drop for ChildProcess {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
