//! What an inbox asks of a database, and in which words: the one trait that each engine implements.

use std::{any::Any, time::Duration};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio::sync::Notify;

use super::{
    action::{Acted, Action},
    operator::{Filter, Run, RunDetails, RunState, Stats},
    settings::Retention,
};

/// What a database says.
pub(crate) type Reply<'s, T> = BoxFuture<'s, Result<T, sqlx::Error>>;

/// A verified event, and the runs that it gives rise to. What holds a body or a reply, which may be personal data, cannot be printed: nothing
/// here that does has `Debug`.
#[derive(Clone)]
pub(crate) struct Arrival {
    pub(crate) id: String,
    pub(crate) form: &'static str,
    pub(crate) event_type: String,
    pub(crate) api_version: Option<String>,
    /// When it happened by Stripe's clock, in milliseconds since the Unix epoch.
    pub(crate) created: Option<i64>,
    pub(crate) livemode: Option<bool>,
    pub(crate) account: Option<String>,
    pub(crate) object_id: Option<String>,
    pub(crate) body: Bytes,
    pub(crate) runs: Vec<NewRun>,
}

/// A run to be.
#[derive(Debug, Clone)]
pub(crate) struct NewRun {
    pub(crate) handler: String,
    /// The event that the run counts for: its own, or the snapshot twin that it shares the run with.
    pub(crate) about: String,
    /// The line that it stands in, for a handler that keeps an order.
    pub(crate) lane: Option<Lane>,
    pub(crate) first: First,
}

/// The runs of one handler for one object, which go one at a time, in the order in which their events happened.
#[derive(Debug, Clone)]
pub(crate) struct Lane {
    /// The object, in one text.
    pub(crate) object: String,
    /// Whether the run lets nobody pass while it is parked.
    pub(crate) holds: bool,
}

/// What a new run does first.
#[derive(Debug, Clone)]
pub(crate) enum First {
    /// It waits for its turn.
    Waits,
    /// It belongs to the process that stores it, and its first attempt begins at once, unless its handler is paused.
    Begins,
    /// Nobody can do it.
    Parked(Reason, String),
}

/// What became of an arrival.
pub(crate) struct Accepted {
    /// Whether the event was new.
    pub(crate) is_new: bool,
    /// Its runs that begin at once.
    pub(crate) begun: Vec<Claimed>,
}

/// A run that this process now works on. Whoever holds the fence's number may end it; each claim takes the next number.
pub(crate) struct Claimed {
    pub(crate) id: i64,
    pub(crate) fence: i64,
    /// The first attempt is 1. Replay begins anew.
    pub(crate) attempt: u32,
    pub(crate) handler: String,
    /// `None` once retention has removed it.
    pub(crate) body: Option<Bytes>,
    /// Whether its handler has already ended a run of the same lane whose event happened in a later second.
    pub(crate) is_stale: bool,
}

impl Claimed {
    /// The first attempt at a run that begins as its event is stored.
    pub(super) fn begun(id: i64, handler: String, arrival: &Arrival) -> Self {
        Self { id, fence: 1, attempt: 1, handler, body: Some(arrival.body.clone()), is_stale: false }
    }
}

/// How a run stands, for who waits for its answer.
pub(crate) struct Standing {
    pub(crate) state: RunState,
    /// What the handler replied, in the words of `Rendered`.
    pub(crate) answer: Option<String>,
}

/// A run whose lease has passed: its process has died, or hangs.
#[derive(Debug)]
pub(crate) struct Lapsed {
    pub(crate) id: i64,
    pub(crate) fence: i64,
    pub(crate) attempt: u32,
    pub(crate) handler: String,
}

/// Which runs to claim.
pub(crate) struct Ask<'a> {
    pub(crate) endpoint: &'a str,
    pub(crate) handlers: &'a [&'a str],
    /// How many at most. Asked when the claim's turn has come, because more may have ended by then.
    pub(crate) room: &'a (dyn Fn() -> usize + Sync),
    pub(crate) lease: Duration,
    /// Whether there probably are some.
    #[cfg_attr(
        not(feature = "sqlite"),
        allow(dead_code, reason = "only one writer must be kept for nobody")
    )]
    pub(crate) expects: bool,
}

/// What was claimed.
#[derive(Default)]
pub(crate) struct Claims {
    pub(crate) runs: Vec<Claimed>,
    /// Whether they are as many as there was room for, so that there may be more.
    pub(crate) is_full: bool,
}

/// How one attempt ended, for the run's row.
pub(crate) struct Settlement {
    pub(crate) id: i64,
    pub(crate) fence: i64,
    /// Whether it is another's attempt that was not heard of: it ends only if its lease has still passed when this is written.
    pub(crate) is_lapsed: bool,
    pub(crate) end: End,
}

/// What becomes of the run.
#[derive(PartialEq, Eq)]
pub(crate) enum End {
    Done {
        note: Option<String>,
        answer: Option<String>,
    },
    Retry {
        after: Duration,
        error: String,
    },
    Park {
        reason: Reason,
        error: String,
    },
    /// Nothing happened: the attempt does not count.
    GiveBack,
}

impl End {
    /// As the metrics name it.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Done { .. } => "done",
            Self::Retry { .. } => "failed",
            Self::Park { .. } => "parked",
            Self::GiveBack => "given_back",
        }
    }
}

/// Why a run is parked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// All its attempts failed.
    GaveUp,
    /// The handler said that it will never work.
    Rejected,
    /// The event, or its object, cannot be read.
    Undecodable,
    /// No handler of this id has been there to work on it.
    NoHandler,
    /// Its handler does not take this type of event any more.
    Unhandled,
    /// Retention has removed the body that it would need.
    NoBody,
}

impl Reason {
    /// All of them.
    pub const ALL: &[Self] =
        &[Self::GaveUp, Self::Rejected, Self::Undecodable, Self::NoHandler, Self::Unhandled, Self::NoBody];

    pub(crate) fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.as_str() == word)
    }

    /// The word in the table's column `reason`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GaveUp => "gave_up",
            Self::Rejected => "rejected",
            Self::Undecodable => "undecodable",
            Self::NoHandler => "no_handler",
            Self::Unhandled => "unhandled",
            Self::NoBody => "no_body",
        }
    }
}

/// What is still to be done for one endpoint, and what nobody does any more.
#[cfg(feature = "metrics")]
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Backlog {
    pub(crate) pending: i64,
    pub(crate) running: i64,
    pub(crate) parked: i64,
    /// How long the longest waiting of the runs has waited that could begin.
    pub(crate) oldest_ready: Duration,
}

/// How many runs one step of the sweep changes, or of an operator's action: its transaction is short, and others have their turn after each.
pub(crate) const BATCH: i64 = 500;

/// Goes on step by step until one finds less than a batch; says how many runs that were.
pub(crate) async fn in_batches<F>(mut step: impl FnMut() -> F) -> Result<u64, sqlx::Error>
where
    F: Future<Output = Result<u64, sqlx::Error>>,
{
    let mut changed = 0;
    loop {
        let batch = step().await?;
        changed += batch;
        if batch < BATCH.unsigned_abs() {
            return Ok(changed);
        }
    }
}

/// Whether a lock did not come free within the time for which the engine waits: PostgreSQL's `lock_not_available`.
pub(crate) fn is_locked(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code).is_some_and(|code| code == "55P03")
}

/// A database that holds an inbox. Each method is one transaction, and each change of a run's state is written so that it happens only from
/// the state and under the fence that it expects.
pub(crate) trait Store: Send + Sync + 'static {
    /// Stores what is new among the arrivals, with their runs, in one commit; says of each whether it was new, and which of its runs are this
    /// process's already, under a lease.
    fn accept<'s>(
        &'s self,
        endpoint: &'s str,
        arrivals: &'s [Arrival],
        lease: Duration,
    ) -> Reply<'s, Vec<Accepted>>;

    /// Of each arrival, whether another transaction holds a lane locked that it has a run in; asked when [`accept`](Self::accept) has waited for a lock
    /// in vain.
    fn held_up<'s>(&'s self, _endpoint: &'s str, arrivals: &'s [Arrival]) -> Reply<'s, Vec<bool>> {
        // A file has one writer, whom all wait for.
        Box::pin(async { Ok(vec![false; arrivals.len()]) })
    }

    /// Takes runs that are ready, the oldest first, and counts the attempt. Of a lane, only the first is ever ready.
    fn claim<'s>(&'s self, ask: Ask<'s>) -> Reply<'s, Claims>;

    /// How the run of this handler stands that counts for the event; `None` when there is none.
    fn standing<'s>(
        &'s self,
        endpoint: &'s str,
        about: &'s str,
        handler: &'s str,
    ) -> Reply<'s, Option<Standing>>;

    /// Ends attempts; says which of the runs were still held under the fence.
    fn settle<'s>(&'s self, ends: &'s [Settlement]) -> Reply<'s, Vec<(i64, i64)>>;

    /// Which of these runs another transaction holds locked, or their lanes; asked when [`settle`](Self::settle) has waited for that in vain.
    fn locked<'s>(&'s self, _runs: &'s [i64]) -> Reply<'s, Vec<i64>> {
        // A file has one writer, whom all wait for.
        Box::pin(async { Ok(Vec::new()) })
    }

    /// Prolongs the leases of these runs (by id and fence).
    fn renew<'s>(&'s self, held: &'s [(i64, i64)], lease: Duration) -> Reply<'s, ()>;

    /// Runs of these handlers whose lease has passed.
    fn lapsed<'s>(&'s self, endpoint: &'s str, handlers: &'s [&'s str]) -> Reply<'s, Vec<Lapsed>>;

    /// Parks what has been ready, or without a lease, for so long and belongs to none of these handlers.
    fn park_orphans<'s>(
        &'s self,
        endpoint: &'s str,
        handlers: &'s [&'s str],
        after: Duration,
    ) -> Reply<'s, u64>;

    /// Makes parked runs ready whose handler was missing and is there.
    fn adopt<'s>(&'s self, endpoint: &'s str, handlers: &'s [&'s str]) -> Reply<'s, u64>;

    /// When the next run of these handlers is due, from now.
    fn next_due<'s>(&'s self, endpoint: &'s str, handlers: &'s [&'s str]) -> Reply<'s, Option<Duration>>;

    /// Makes the first of each lane ready where nobody is, because who changed the lane could not see it.
    fn free_lanes<'s>(&'s self, endpoint: &'s str) -> Reply<'s, ()>;

    /// Wakes whenever another process has told that there is something to claim, for as long as it is polled.
    fn hear<'s>(&'s self, woken: &'s Notify) -> BoxFuture<'s, ()>;

    /// Tells other processes of what this one has stored, for as long as it is polled.
    fn tell(&self) -> BoxFuture<'_, ()>;

    /// Removes one small batch of what has been kept long enough; says how many rows that were.
    fn prune(&self, retention: Retention, batch: u32) -> Reply<'_, u64>;

    /// Likewise of what operators did to runs that are gone.
    fn prune_audit(&self, retention: Retention, batch: u32) -> Reply<'_, u64>;

    /// The runs that the operator asks for, the newest first.
    fn list<'s>(&'s self, filter: &'s Filter) -> Reply<'s, Vec<Run>>;

    /// One run with its event and its audit rows.
    fn show(&self, id: i64) -> Reply<'_, Option<RunDetails>>;

    /// Does the next batch of an operator's action: to at most so many runs whose numbers are below this one, the newest first.
    fn act<'s>(&'s self, action: &'s Action, below: i64, limit: i64) -> Reply<'s, Acted>;

    /// Keeps the runs of a handler from being claimed, or lets them; says whether that changed anything.
    fn pause<'s>(&'s self, handler: &'s str, paused: bool, actor: &'s str) -> Reply<'s, bool>;

    /// Counts.
    fn stats(&self) -> Reply<'_, Stats>;

    /// Counts what is not done, from indexes alone: it is asked every few seconds, whatever the number of runs that are done.
    #[cfg(feature = "metrics")]
    fn backlog<'s>(&'s self, endpoint: &'s str) -> Reply<'s, Backlog>;

    /// The engine's own type, where its transactions begin.
    fn engine(&self) -> &(dyn Any + Send + Sync);

    /// The engine as a type argument of `InboxTx` names it.
    fn engine_name(&self) -> &'static str;

    /// Closes the connections.
    fn close(&self) -> BoxFuture<'_, ()>;
}

/// What an operator asks for, and retention: methods of its own by the same names, in either engine's store.
macro_rules! operators_methods {
    () => {
        fn prune(&self, retention: Retention, batch: u32) -> Reply<'_, u64> {
            Box::pin(self.prune(retention, batch))
        }

        fn prune_audit(&self, retention: Retention, batch: u32) -> Reply<'_, u64> {
            Box::pin(self.prune_audit(retention, batch))
        }

        fn list<'s>(&'s self, filter: &'s Filter) -> Reply<'s, Vec<Run>> {
            Box::pin(self.list(filter))
        }

        fn show(&self, run: i64) -> Reply<'_, Option<RunDetails>> {
            Box::pin(self.show(run))
        }

        fn act<'s>(&'s self, action: &'s Action, below: i64, limit: i64) -> Reply<'s, Acted> {
            Box::pin(self.act(action, below, limit))
        }

        fn pause<'s>(&'s self, handler: &'s str, paused: bool, actor: &'s str) -> Reply<'s, bool> {
            Box::pin(self.pause(handler, paused, actor))
        }

        fn stats(&self) -> Reply<'_, Stats> {
            Box::pin(self.stats())
        }
    };
}
pub(crate) use operators_methods;
