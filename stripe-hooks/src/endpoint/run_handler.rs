//! One run of a handler on an event, and its log lines.

use std::{
    error::Error as StdError,
    fmt::Write,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Instant,
};

use tracing::level_filters::LevelFilter;

use super::{Endpoint, panic::catch_panic};
use crate::{
    context::EventContext,
    outcome::{Outcome, OutcomeKind},
    registry::Registration,
};

impl Endpoint {
    /// Runs the handler. Returns `None` if the update changed nothing that the handler waits for. A
    /// panic fails this run alone.
    pub(super) async fn run_handler(
        &self,
        handler: &'static Registration,
        cx: &EventContext<'_>,
    ) -> Option<Outcome> {
        let started = now_if_logged();
        let concerned = handler.wants_event(cx);
        if let Ok(false) = concerned {
            tracing::debug!(handler = handler.id, "the update does not meet the handler's conditions");
            return None;
        }
        let work = catch_panic(async {
            match concerned {
                Ok(_) => handler.start_handler(cx).await,
                Err(rejection) => rejection.into(),
            }
        });
        let outcome = work.await.unwrap_or_else(|_| Outcome::retry("the handler panicked"));
        self.log_outcome(handler.id, &outcome, started);
        self.record_outcome(cx, handler.id, &outcome);
        Some(outcome)
    }

    /// Shows the outcome to the test, if there is one.
    pub(super) fn record_outcome(&self, cx: &EventContext<'_>, handler: &'static str, outcome: &Outcome) {
        if let Some(recorder) = &self.0.settings.recorder {
            recorder.record_outcome(cx.event_id(), handler, outcome);
        }
    }

    /// Returns the text of an error for a log or an inbox. The error is the application's own, and
    /// a panic while it is formatted must not lose the outcome.
    pub(super) fn error_text(&self, error: &(dyn StdError + Send + Sync)) -> String {
        match self.0.settings.log_handler_errors {
            true => catch_unwind(AssertUnwindSafe(|| error_chain(error)))
                .unwrap_or_else(|_| "(the error panicked when it was to be shown)".to_owned()),
            false => "(not logged)".to_owned(),
        }
    }

    pub(super) fn log_outcome(&self, handler: &str, outcome: &Outcome, started: Option<Instant>) {
        let Some(started) = started else { return };
        let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let words = |error: &(dyn StdError + Send + Sync)| self.error_text(error);
        match &outcome.0 {
            OutcomeKind::Done | OutcomeKind::Replied(_) => {
                tracing::info!(handler, outcome = "done", duration_ms);
            }
            OutcomeKind::Ignored(reason) => {
                tracing::info!(handler, outcome = "ignored", duration_ms, error = words(&**reason));
            }
            OutcomeKind::Parked(error) => {
                tracing::error!(handler, outcome = "parked", duration_ms, error = words(&**error));
            }
            OutcomeKind::NotStarted(rejection) => {
                let error = if rejection.is_from_crate() { rejection.to_string() } else { words(rejection) };
                tracing::error!(handler, outcome = "failed", duration_ms, error);
            }
            OutcomeKind::Failed { error, .. } => {
                tracing::error!(handler, outcome = "failed", duration_ms, error = words(&**error));
            }
        }
    }
}

/// Returns the time for the log of a run, or `None` without a subscriber: reading the clock costs
/// as much as reading a lens.
pub(super) fn now_if_logged() -> Option<Instant> {
    (LevelFilter::current() > LevelFilter::OFF).then(Instant::now)
}

/// Joins an error and its causes in one line, up to a limit, because an error can be its own cause.
pub(crate) fn error_chain(error: &(dyn StdError + Send + Sync)) -> String {
    const MAX_CAUSES: usize = 16;
    // `to_string` panics if the application's `Display` fails.
    let mut words = String::new();
    let _ = write!(words, "{error}");
    let mut cause = error.source();
    for _ in 0..MAX_CAUSES {
        let Some(error) = cause else { break };
        let _ = write!(words, ": {error}");
        cause = error.source();
    }
    words
}
