//! Records which handlers ran and how each run ended.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::{
    endpoint::{recorder::OutcomeRecorder, run_handler::error_chain},
    facts::EventId,
    outcome::{Outcome, OutcomeKind},
};

/// One run of a handler on an event.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Run {
    /// The [id](crate::Handler::id) of the handler, or `on_unhandled`.
    pub handler: &'static str,
    /// The end of the run.
    pub ended: Ended,
}

/// The end of a run: what the handler returned.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ended {
    /// The work is done.
    Done,
    /// The handler answered with a body.
    Replied,
    /// The event did not concern the handler; with the reason.
    Ignored(String),
    /// The handler parked the run; with the error and its causes.
    Parked(String),
    /// The handler failed or panicked.
    Failed {
        /// The error and its causes.
        error: String,
        /// The delay before the next attempt, if the handler returned one.
        retry_after: Option<Duration>,
    },
    /// The handler did not start, because an argument could not be made; with the reason.
    NotStarted(String),
}

impl Ended {
    fn from_outcome(outcome: &Outcome) -> Self {
        match &outcome.0 {
            OutcomeKind::Done => Self::Done,
            OutcomeKind::Replied(_) => Self::Replied,
            OutcomeKind::Ignored(reason) => Self::Ignored(error_chain(&**reason)),
            OutcomeKind::Parked(error) => Self::Parked(error_chain(&**error)),
            OutcomeKind::NotStarted(rejection) => Self::NotStarted(rejection.to_string()),
            OutcomeKind::Failed { error, retry_after } => {
                Self::Failed { error: error_chain(&**error), retry_after: *retry_after }
            }
        }
    }
}

/// The recorded runs that no delivery has reported yet.
#[derive(Debug, Default)]
pub(crate) struct RunRecorder(Mutex<Vec<(EventId, Run)>>);

impl RunRecorder {
    /// Removes and returns the runs of this event.
    pub(crate) fn take_runs(&self, event: &str) -> Vec<Run> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.extract_if(.., |(id, _)| id.as_str() == event).map(|(_, run)| run).collect()
    }
}

impl OutcomeRecorder for RunRecorder {
    fn record_outcome(&self, event: EventId, handler: &'static str, outcome: &Outcome) {
        let run = Run { handler, ended: Ended::from_outcome(outcome) };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((event, run));
    }
}
