//! A program that a test runs beside itself: what it prints, line by line, and its end.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

/// A running program. It is killed when the test is done with it, also when the test fails.
pub(crate) struct ChildProgram {
    name: String,
    child: Child,
    output: Arc<ProgramOutput>,
}

#[derive(Default)]
struct ProgramOutput {
    text: Mutex<OutputText>,
    text_added: Condvar,
}

#[derive(Default)]
struct OutputText {
    lines: Vec<String>,
    /// How many of the two outputs are closed.
    closed_pipes: usize,
}

impl ChildProgram {
    /// Starts the command without standard input; both of its outputs are read as one.
    pub(crate) fn start(command: &mut Command) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let output = Arc::<ProgramOutput>::default();
        output.clone().read_pipe(child.stdout.take().unwrap());
        output.clone().read_pipe(child.stderr.take().unwrap());
        Self { name, child, output }
    }

    /// Waits until a line satisfies `wanted`, and returns it.
    pub(crate) fn wait_for_line(&self, what: &str, limit: Duration, wanted: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + limit;
        let mut read = 0;
        let mut text = self.output.text.lock().unwrap();
        loop {
            if let Some(line) = text.lines[read..].iter().find(|line| wanted(line)) {
                return line.clone();
            }
            read = text.lines.len();
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || text.closed_pipes == 2 {
                let end =
                    if left.is_zero() { format!("within {limit:?}") } else { "before its end".to_owned() };
                drop(text);
                panic!("{} did not print {what} {end}; it printed:\n{}", self.name, self.lines().join("\n"));
            }
            text = self.output.text_added.wait_timeout(text, left).unwrap().0;
        }
    }

    /// Waits until the program ends, and returns its status and all that it printed.
    pub(crate) fn finish(&mut self, limit: Duration) -> (ExitStatus, String) {
        let open = |text: &mut OutputText| text.closed_pipes < 2;
        let waited =
            self.output.text_added.wait_timeout_while(self.output.text.lock().unwrap(), limit, open).unwrap();
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

impl Drop for ChildProgram {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl ProgramOutput {
    fn read_pipe(self: Arc<Self>, pipe: impl Read + Send + 'static) {
        thread::spawn(move || {
            for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                self.text.lock().unwrap().lines.push(line);
                self.text_added.notify_all();
            }
            self.text.lock().unwrap().closed_pipes += 1;
            self.text_added.notify_all();
        });
    }
}
