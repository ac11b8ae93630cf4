//! A program that a test runs beside itself: what it prints, line by line, and its end.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

/// A running program. It is killed when the test is done with it, also when the test fails.
pub(crate) struct Program {
    name: String,
    child: Child,
    output: Arc<Output>,
}

#[derive(Default)]
struct Output {
    text: Mutex<Text>,
    grown: Condvar,
}

#[derive(Default)]
struct Text {
    lines: Vec<String>,
    /// How many of the two outputs are closed.
    closed: usize,
}

impl Program {
    /// Starts the command without standard input; both of its outputs are read as one.
    pub(crate) fn start(command: &mut Command) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let output = Arc::<Output>::default();
        output.clone().follow(child.stdout.take().unwrap());
        output.clone().follow(child.stderr.take().unwrap());
        Self { name, child, output }
    }

    /// Waits until a line satisfies `wanted`, and returns it.
    pub(crate) fn wait_for(&self, what: &str, limit: Duration, wanted: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + limit;
        let mut read = 0;
        let mut text = self.output.text.lock().unwrap();
        loop {
            if let Some(line) = text.lines[read..].iter().find(|line| wanted(line)) {
                return line.clone();
            }
            read = text.lines.len();
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || text.closed == 2 {
                let end =
                    if left.is_zero() { format!("within {limit:?}") } else { "before its end".to_owned() };
                drop(text);
                panic!("{} did not print {what} {end}; it printed:\n{}", self.name, self.lines().join("\n"));
            }
            text = self.output.grown.wait_timeout(text, left).unwrap().0;
        }
    }

    /// Waits until the program ends, and returns its status and all that it printed.
    pub(crate) fn finish(&mut self, limit: Duration) -> (ExitStatus, String) {
        let open = |text: &mut Text| text.closed < 2;
        let waited =
            self.output.grown.wait_timeout_while(self.output.text.lock().unwrap(), limit, open).unwrap();
        let (printed, timed_out) = (waited.0.lines.join("\n"), waited.1.timed_out());
        drop(waited);
        assert!(!timed_out, "{} did not end within {limit:?}; it printed:\n{printed}", self.name);
        (self.child.wait().unwrap(), printed)
    }

    /// All that the program has printed until now.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.output.text.lock().unwrap().lines.clone()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Output {
    fn follow(self: Arc<Self>, pipe: impl Read + Send + 'static) {
        thread::spawn(move || {
            for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                self.text.lock().unwrap().lines.push(line);
                self.grown.notify_all();
            }
            self.text.lock().unwrap().closed += 1;
            self.grown.notify_all();
        });
    }
}
