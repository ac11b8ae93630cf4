//! The runs of an inbox as plain data: their states, the filter that selects them, and the
//! counts that an operator sees.

use std::time::Duration;

use crate::fields::Raw;

/// Selects runs: those that match every condition.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Filter {
    pub(crate) run: Option<i64>,
    pub(crate) state: Option<RunState>,
    pub(crate) endpoint: Option<String>,
    pub(crate) handler: Option<String>,
    pub(crate) event: Option<String>,
    pub(crate) reason: Option<ParkReason>,
    pub(crate) limit: Option<u32>,
}

impl Filter {
    /// Matches all runs.
    pub fn new() -> Self {
        Self::default()
    }

    /// Matches the run of this number.
    pub fn run(mut self, id: i64) -> Self {
        self.run = Some(id);
        self
    }

    /// Matches runs in this state.
    pub fn state(mut self, state: RunState) -> Self {
        self.state = Some(state);
        self
    }

    /// Matches runs of the endpoint of this name.
    pub fn endpoint(mut self, name: impl Into<String>) -> Self {
        self.endpoint = Some(name.into());
        self
    }

    /// Matches runs of the handler of this id.
    pub fn handler(mut self, id: impl Into<String>) -> Self {
        self.handler = Some(id.into());
        self
    }

    /// Matches runs of the event of this id.
    pub fn event(mut self, id: impl Into<String>) -> Self {
        self.event = Some(id.into());
        self
    }

    /// Matches runs that are parked for this reason.
    pub fn reason(mut self, reason: ParkReason) -> Self {
        self.reason = Some(reason);
        self
    }

    /// Selects at most this many runs, the newest first.
    pub fn limit(mut self, runs: u32) -> Self {
        self.limit = Some(runs);
        self
    }
}

/// The state of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RunState {
    /// The run waits for its next attempt.
    Pending,
    /// A process works on the run.
    Running,
    /// The run needs no further attempt; its [`RunResult`] says why.
    Done,
    /// The run is a dead letter: no process works on it until an operator replays it.
    Parked,
}

impl RunState {
    /// All states, in the order of a run's life.
    pub const ALL: &[Self] = &[Self::Pending, Self::Running, Self::Done, Self::Parked];

    /// The word in the table's column `state`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Done => "done",
            Self::Parked => "parked",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.as_str() == word)
    }
}

/// The result of a run that is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RunResult {
    /// The handler succeeded.
    Handled,
    /// The handler ignored the event, or the event did not meet the handler's condition.
    Ignored,
    /// The handler has already handled a newer event of the same object.
    Stale,
    /// An operator skipped the run.
    Skipped,
}

impl RunResult {
    /// All results.
    pub const ALL: &[Self] = &[Self::Handled, Self::Ignored, Self::Stale, Self::Skipped];

    /// The word in the table's column `result`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Handled => "handled",
            Self::Ignored => "ignored",
            Self::Stale => "stale",
            Self::Skipped => "skipped",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|result| result.as_str() == word)
    }
}

/// The reason why a run is parked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ParkReason {
    /// All its attempts failed.
    AttemptsExhausted,
    /// The handler parked it, because no further attempt would succeed.
    ParkedByHandler,
    /// The event, or its object, cannot be read.
    Undecodable,
    /// No program with a handler of this id has worked on it.
    NoHandler,
    /// Its handler no longer takes this type of event.
    NotTaken,
    /// Retention has removed the body that the run needs.
    BodyRemoved,
}

impl ParkReason {
    /// All reasons.
    pub const ALL: &[Self] = &[
        Self::AttemptsExhausted,
        Self::ParkedByHandler,
        Self::Undecodable,
        Self::NoHandler,
        Self::NotTaken,
        Self::BodyRemoved,
    ];

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.as_str() == word)
    }

    /// The word in the table's column `reason`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AttemptsExhausted => "attempts_exhausted",
            Self::ParkedByHandler => "parked_by_handler",
            Self::Undecodable => "undecodable",
            Self::NoHandler => "no_handler",
            Self::NotTaken => "not_taken",
            Self::BodyRemoved => "body_removed",
        }
    }
}

/// One handler's work on one event.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Run {
    /// Its number in the inbox.
    pub id: i64,
    /// The name of the endpoint.
    pub endpoint: String,
    /// The id of the event, as its body has it.
    pub event_id: String,
    /// The type of the event, such as `charge.succeeded`.
    pub event_type: String,
    /// The handler's id; empty for a body that is not an event.
    pub handler: String,
    /// Its state.
    pub state: RunState,
    /// Number of attempts that count, since the run was stored or replayed.
    pub attempts: u32,
    /// Its result, if it is done.
    pub result: Option<RunResult>,
    /// The reason why it is parked.
    pub reason: Option<ParkReason>,
    /// The error or note of the last attempt, or the reason that an operator gave for skipping it.
    pub error: Option<String>,
    /// Time of the next attempt, in milliseconds since the Unix epoch.
    pub run_at: i64,
    /// Time when it ended, in milliseconds since the Unix epoch.
    pub finished_at: Option<i64>,
}

/// A run with its event and its audit trail.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RunDetails {
    /// The run.
    pub run: Run,
    /// The object, with its mode and account, whose events the handler takes in order; `None`
    /// when the handler keeps no order.
    pub lane: Option<String>,
    /// The whole event; `None` when retention has removed it, and when it is not text.
    pub body: Option<Raw>,
    /// The operator's actions, the oldest first.
    pub audit: Vec<Audit>,
}

/// One action of an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Audit {
    /// Its time, in milliseconds since the Unix epoch.
    pub at: i64,
    /// The name that the operator gave.
    pub actor: String,
    /// `replay`, `skip`, `pause` or `resume`.
    pub action: String,
    /// The reason, for actions that ask for one.
    pub note: Option<String>,
}

/// Counts of an inbox's runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// The longest time that a run has been ready to begin; `None` when no run is ready.
    pub oldest_ready: Option<Duration>,
    /// The runs of each handler, by endpoint and handler's id.
    pub handlers: Vec<HandlerStats>,
}

/// Counts of one handler's runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HandlerStats {
    /// The name of the endpoint.
    pub endpoint: String,
    /// The handler's id.
    pub handler: String,
    /// `true` if an operator has paused the handler.
    pub paused: bool,
    /// Number of runs that wait for an attempt.
    pub pending: u64,
    /// Number of runs that a process works on.
    pub running: u64,
    /// Number of runs that are done and that retention has not removed.
    pub done: u64,
    /// Number of runs that are parked.
    pub parked: u64,
}
