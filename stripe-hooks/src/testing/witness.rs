//! Which handlers ran, and how each of them ended.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::{
    Endpoint,
    context::EventContext,
    endpoint::chain,
    facts::EventId,
    outcome::{Outcome, Verdict},
};

/// One handler's work on one event.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Run {
    /// The [id](crate::Handler::id) of the handler, or `on_unhandled`.
    pub handler: &'static str,
    /// How it ended.
    pub ended: Ended,
}

/// How a run ended: what the handler returned.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ended {
    /// The work is done.
    Done,
    /// It answered with a body.
    Replied,
    /// The event did not concern it; with the reason.
    Ignored(String),
    /// It will never work; with the reason.
    Rejected(String),
    /// It failed; with the error and its causes. A panic is one.
    Failed {
        /// The error and its causes.
        error: String,
        /// When it asked to be tried again.
        retry_after: Option<Duration>,
    },
    /// It did not start, because an argument could not be made; with the reason.
    NotStarted(String),
}

impl Ended {
    fn of(outcome: &Outcome) -> Self {
        match &outcome.0 {
            Verdict::Done => Self::Done,
            Verdict::Replied(_) => Self::Replied,
            Verdict::Ignored(reason) => Self::Ignored(chain(&**reason)),
            Verdict::Rejected(reason) => Self::Rejected(chain(&**reason)),
            Verdict::Unmade(rejection) => Self::NotStarted(rejection.to_string()),
            Verdict::Failed { error, retry_after } => {
                Self::Failed { error: chain(&**error), retry_after: *retry_after }
            }
        }
    }
}

/// Keeps what it saw until it is asked.
#[derive(Debug, Default)]
pub(crate) struct Witness(Mutex<Vec<(EventId, Run)>>);

impl Witness {
    fn saw(&self, event: EventId, handler: &'static str, outcome: &Outcome) {
        let run = Run { handler, ended: Ended::of(outcome) };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((event, run));
    }

    /// What ran since somebody last asked for this event.
    pub(crate) fn tell(&self, event: &str) -> Vec<Run> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.extract_if(.., |(id, _)| id.as_str() == event).map(|(_, run)| run).collect()
    }
}

impl Endpoint {
    /// Tells the test, if there is one, what ran.
    pub(crate) fn witness(&self, cx: &EventContext<'_>, handler: &'static str, outcome: &Outcome) {
        if let Some(witness) = &self.0.settings.witness {
            witness.saw(cx.event_id(), handler, outcome);
        }
    }
}
