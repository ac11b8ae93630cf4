//! What the handlers of all processes write down, for a test to read.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    path::PathBuf,
    process,
};

use stripe_hooks::EventId;

/// A file that all processes write into, a line at a time.
#[derive(Clone)]
pub(crate) struct Journal(PathBuf);

impl Journal {
    pub(crate) fn new(file: PathBuf) -> Self {
        Self(file)
    }

    pub(crate) fn write_line(&self, word: &str, id: &EventId) {
        let line = format!("{word} {id} {}\n", process::id());
        let file = OpenOptions::new().create(true).append(true).open(&self.0);
        file.and_then(|mut file| file.write_all(line.as_bytes())).unwrap_or_else(|_| process::abort());
    }

    /// Begins the event. The first process to begin one whose name has `stand` in it stands there for ever, to be killed.
    pub(crate) async fn write_begin_and_wait(&self, id: &EventId) {
        let begun = fs::read_to_string(&self.0).unwrap_or_default().contains(&format!("begun {id} "));
        self.write_line("begun", id);
        if !begun && id.as_str().contains("stand") {
            std::future::pending::<()>().await;
        }
    }
}
