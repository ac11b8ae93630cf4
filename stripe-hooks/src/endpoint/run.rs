//! One handler's work on one event, and what the log says of it.

use std::{
    error::Error as StdError,
    fmt::Write,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Instant,
};

use tracing::level_filters::LevelFilter;

use super::{Endpoint, panic::caught};
use crate::{
    context::EventContext,
    outcome::{Outcome, Verdict},
    registry::Registration,
};

impl Endpoint {
    /// One run; none where the update did not change what the handler waits for. A panic is a failure of this run alone.
    pub(super) async fn run(&self, handler: &'static Registration, cx: &EventContext<'_>) -> Option<Outcome> {
        let started = now_if_logged();
        let concerned = handler.is_concerned(cx);
        if let Ok(false) = concerned {
            tracing::debug!(handler = handler.id, "the update changed something else");
            return None;
        }
        let work = caught(async {
            match concerned {
                Ok(_) => handler.start(cx).await,
                Err(rejection) => rejection.into(),
            }
        });
        let outcome = work.await.unwrap_or_else(|_| Outcome::retry("the handler panicked"));
        self.log(handler.id, &outcome, started);
        #[cfg(feature = "testing")]
        self.witness(cx, handler.id, &outcome);
        Some(outcome)
    }

    /// An error as a log, or an inbox, may hold it. It is the application's own, and what it does when it is shown is no reason to lose the
    /// outcome.
    pub(super) fn words(&self, error: &(dyn StdError + Send + Sync)) -> String {
        match self.0.settings.log_handler_errors {
            true => catch_unwind(AssertUnwindSafe(|| chain(error)))
                .unwrap_or_else(|_| "(the error panicked when it was to be shown)".to_owned()),
            false => "(not logged)".to_owned(),
        }
    }

    pub(super) fn log(&self, handler: &str, outcome: &Outcome, started: Option<Instant>) {
        let Some(started) = started else { return };
        let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let words = |error: &(dyn StdError + Send + Sync)| self.words(error);
        match &outcome.0 {
            Verdict::Done | Verdict::Replied(_) => {
                tracing::info!(handler, outcome = "done", duration_ms);
            }
            Verdict::Ignored(reason) => {
                tracing::info!(handler, outcome = "ignored", duration_ms, error = words(&**reason));
            }
            Verdict::Rejected(reason) => {
                tracing::error!(handler, outcome = "rejected", duration_ms, error = words(&**reason));
            }
            Verdict::Unmade(rejection) => {
                let error = if rejection.is_ours() { rejection.to_string() } else { words(rejection) };
                tracing::error!(handler, outcome = "failed", duration_ms, error);
            }
            Verdict::Failed { error, .. } => {
                tracing::error!(handler, outcome = "failed", duration_ms, error = words(&**error));
            }
        }
    }
}

/// The time, for the log of a run; none where nobody listens, because that costs as much as reading a lens.
pub(super) fn now_if_logged() -> Option<Instant> {
    (LevelFilter::current() > LevelFilter::OFF).then(Instant::now)
}

/// An error and its causes, in one line: as many as an error may sensibly have, for a cause may be its own.
pub(crate) fn chain(error: &(dyn StdError + Send + Sync)) -> String {
    const LONGEST: usize = 16;
    // Not `to_string`, which panics where a `Display` of the application's fails.
    let mut words = String::new();
    let _ = write!(words, "{error}");
    let mut cause = error.source();
    for _ in 0..LONGEST {
        let Some(error) = cause else { break };
        let _ = write!(words, ": {error}");
        cause = error.source();
    }
    words
}
