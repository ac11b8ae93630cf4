//! The log of an endpoint, whole, and held against what no log may show.

use std::{
    io::Write,
    sync::{Arc, LazyLock, Mutex},
};

use stripe_hooks::{Endpoint, EndpointBuilder};
use tracing::{Dispatch, Level};
use tracing_subscriber::fmt::format::FmtSpan;

/// Stands in every text of these payloads that a log must not show.
pub(crate) const SECRET_MARKER: &str = "CANARY";

/// Where the log goes.
#[derive(Clone, Default)]
struct CapturedLog(Arc<Mutex<Vec<u8>>>);

impl Write for CapturedLog {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl CapturedLog {
    fn to_dispatch(&self) -> Dispatch {
        let log = self.clone();
        Dispatch::new(
            tracing_subscriber::fmt()
                .with_max_level(Level::TRACE)
                .with_span_events(FmtSpan::FULL)
                .with_ansi(false)
                .with_writer(move || log.clone())
                .finish(),
        )
    }
}

/// Returns all that an endpoint logs, from its build to the end of `deliver`.
pub(crate) fn capture_log(builder: EndpointBuilder, deliver: impl AsyncFnOnce(&Endpoint)) -> String {
    // With one subscriber in the program, tracing asks whichever thread comes by a place first whether it is wanted there; with two, it
    // asks the subscribers.
    static SECOND_DISPATCH: LazyLock<Dispatch> = LazyLock::new(|| CapturedLog::default().to_dispatch());
    LazyLock::force(&SECOND_DISPATCH);
    let log = CapturedLog::default();
    tracing::dispatcher::with_default(&log.to_dispatch(), || {
        let endpoint = builder.build().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(deliver(&endpoint));
    });
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(!log.is_empty());
    assert!(!log.contains(SECRET_MARKER) && !log.contains("whsec_"), "a secret shows: {log}");
    assert!(!log.contains("v1="), "a signature shows: {log}");
    let long = |word: &str| word.len() >= 40 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    assert!(!log.split(|character: char| !character.is_alphanumeric()).any(long), "a signature shows: {log}");
    log
}

#[track_caller]
pub(crate) fn assert_shows(log: &str, all: &[&str]) {
    for words in all {
        assert!(log.contains(words), "`{words}` does not show in\n{log}");
    }
}
