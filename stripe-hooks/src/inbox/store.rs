//! The contract between an inbox and its database: the trait that each engine implements, and the
//! data that it takes and returns.

use std::{any::Any, time::Duration};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio::sync::Notify;

use super::{
    action::{ActionBatch, OperatorAction},
    event_key::EventKey,
    process::Process,
    run::{Filter, ParkReason, Run, RunDetails, RunResult, RunState, Stats},
    settings::Retention,
};
use crate::source::EventSource;

/// A query's result, once the database has answered.
pub(crate) type StoreFuture<'s, T> = BoxFuture<'s, Result<T, sqlx::Error>>;

/// A verified event with its runs. It cannot be printed: no type here that holds a body or a reply
/// has `Debug`, because these may be personal data.
#[derive(Clone)]
pub(crate) struct Arrival {
    pub(crate) key: EventKey,
    pub(crate) form: &'static str,
    pub(crate) source: EventSource,
    pub(crate) api_version: Option<String>,
    /// Time of the event by Stripe's clock, in milliseconds since the Unix epoch.
    pub(crate) created: Option<i64>,
    pub(crate) livemode: Option<bool>,
    pub(crate) account: Option<String>,
    pub(crate) context: Option<String>,
    pub(crate) object_kind: Option<String>,
    pub(crate) object_id: Option<String>,
    pub(crate) body: Bytes,
    /// `true` if a delivery of the event may be answered 2xx as soon as the event is stored. Where
    /// a handler replies, its run decides.
    pub(crate) is_answered: bool,
    pub(crate) runs: Vec<NewRun>,
}

/// A handler of an endpoint.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HandlerKey<'k> {
    pub(crate) endpoint: &'k str,
    pub(crate) handler: &'k str,
}

/// The lease that a process takes on a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lease {
    pub(crate) process_id: i64,
    pub(crate) duration: Duration,
}

/// A run that is not stored yet.
#[derive(Debug, Clone)]
pub(crate) struct NewRun {
    pub(crate) handler: String,
    /// The event that the run counts for: its own, or the snapshot twin that shares the run.
    pub(crate) counts_for: EventKey,
    /// Its lane, for a handler that keeps an order.
    pub(crate) lane: Option<Lane>,
    pub(crate) start: RunStart,
}

/// The runs of one handler for one object. They run one at a time, in the order of their events.
#[derive(Debug, Clone)]
pub(crate) struct Lane {
    /// The key of the object.
    pub(crate) object: String,
    /// `true` if the run blocks its lane while it is parked.
    pub(crate) blocks_when_parked: bool,
}

/// The way in which a new run starts.
#[derive(Debug, Clone)]
pub(crate) enum RunStart {
    /// The run waits until a worker claims it.
    Pending,
    /// The process that stores the run holds it, and its first attempt begins at once, unless its
    /// handler is paused.
    AttemptNow,
    /// No handler can do it.
    Parked(ParkReason, String),
}

/// The result for one arrival.
pub(crate) struct AcceptedArrival {
    /// Whether the event was new.
    pub(crate) is_new: bool,
    /// Its runs whose first attempt begins at once.
    pub(crate) inline_runs: Vec<ClaimedRun>,
}

/// A run that this process holds. Only a holder of the current fence may end the run; each claim
/// takes the next fence.
pub(crate) struct ClaimedRun {
    pub(crate) id: i64,
    pub(crate) fence: i64,
    /// Number of the attempt. The first is 1, also after a replay.
    pub(crate) attempt: u32,
    pub(crate) handler: String,
    /// `None` once retention has removed it.
    pub(crate) body: Option<Bytes>,
    /// `true` if its handler has already ended a run of the same lane whose event is from a later
    /// second.
    pub(crate) is_stale: bool,
}

impl ClaimedRun {
    /// The first attempt at a run that begins when its event is stored.
    pub(super) fn from_arrival(id: i64, handler: String, arrival: &Arrival) -> Self {
        Self { id, fence: 1, attempt: 1, handler, body: Some(arrival.body.clone()), is_stale: false }
    }
}

/// The state of a run, for a delivery that waits for its answer.
pub(crate) struct RunStatus {
    pub(crate) state: RunState,
    /// The handler's reply, as `RenderedReply::to_text` writes it.
    pub(crate) reply: Option<String>,
}

/// A run whose lease has expired: its process has died, or hangs.
#[derive(Debug)]
pub(crate) struct LapsedRun {
    pub(crate) id: i64,
    pub(crate) fence: i64,
    pub(crate) attempt: u32,
    pub(crate) handler: String,
}

/// A request for runs.
pub(crate) struct ClaimRequest<'a> {
    pub(crate) endpoint: &'a str,
    pub(crate) handlers: &'a [&'a str],
    /// The largest number of runs to claim. Evaluated when the claim gets its connection, because
    /// more attempts may have ended by then.
    pub(crate) max_runs: &'a (dyn Fn() -> usize + Sync),
    pub(crate) lease: Lease,
    /// A hint for SQLite: whether runs are probably ready. Without the hint, SQLite first looks for
    /// a ready run without the file's only write lock, and skips the lock if there is none.
    #[cfg_attr(not(feature = "sqlite"), allow(dead_code, reason = "the hint is about SQLite's write lock"))]
    pub(crate) expects_ready_runs: bool,
}

/// The result of a claim.
#[derive(Default)]
pub(crate) struct ClaimedBatch {
    pub(crate) runs: Vec<ClaimedRun>,
    /// `true` if the runs are as many as there was room for, so that more may be ready.
    pub(crate) is_full: bool,
}

/// The end of one attempt, for the run's row.
pub(crate) struct Completion {
    pub(crate) id: i64,
    pub(crate) fence: i64,
    /// `true` if the attempt belongs to a process that did not renew its lease. It ends only if the
    /// lease is still expired when this is written.
    pub(crate) is_lapsed: bool,
    /// `true` if a delivery of the event may be answered 2xx once the run is done.
    pub(crate) decides_answer: bool,
    pub(crate) end: AttemptEnd,
}

/// The effect of an attempt's end on the run.
#[derive(PartialEq, Eq)]
pub(crate) enum AttemptEnd {
    Done {
        result: RunResult,
        note: Option<String>,
        reply: Option<String>,
    },
    Retry {
        after: Duration,
        error: String,
    },
    Park {
        reason: ParkReason,
        error: String,
    },
    /// The attempt did nothing, and does not count.
    GiveBack {
        after: Duration,
    },
}

/// The values of the columns that an attempt's end changes.
pub(crate) struct AttemptEndColumns<'e> {
    pub(crate) state: &'static str,
    /// Delay until the next attempt; `None` where `run_at` stays as it is.
    pub(crate) delay: Option<Duration>,
    pub(crate) result: Option<&'static str>,
    pub(crate) reason: Option<&'static str>,
    pub(crate) error: Option<&'e str>,
    pub(crate) reply: Option<&'e str>,
    /// `true` if the attempt does not count, which also keeps the last error.
    pub(crate) is_given_back: bool,
}

impl AttemptEnd {
    pub(crate) fn to_columns(&self) -> AttemptEndColumns<'_> {
        let ended = |state: RunState| AttemptEndColumns {
            state: state.as_str(),
            delay: None,
            result: None,
            reason: None,
            error: None,
            reply: None,
            is_given_back: false,
        };
        match self {
            Self::Done { result, note, reply } => AttemptEndColumns {
                result: Some(result.as_str()),
                error: note.as_deref(),
                reply: reply.as_deref(),
                ..ended(RunState::Done)
            },
            Self::Retry { after, error } => {
                AttemptEndColumns { delay: Some(*after), error: Some(error), ..ended(RunState::Pending) }
            }
            Self::Park { reason, error } => AttemptEndColumns {
                reason: Some(reason.as_str()),
                error: Some(error),
                ..ended(RunState::Parked)
            },
            Self::GiveBack { after } => {
                AttemptEndColumns { delay: Some(*after), is_given_back: true, ..ended(RunState::Pending) }
            }
        }
    }

    /// The outcome's name in the metrics.
    pub(crate) fn metric_outcome(&self) -> &'static str {
        match self {
            Self::Done { .. } => "done",
            Self::Retry { .. } => "failed",
            Self::Park { .. } => "parked",
            Self::GiveBack { .. } => "given_back",
        }
    }
}

/// Counts of one endpoint's runs that are not done.
#[cfg(feature = "metrics")]
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct BacklogCounts {
    pub(crate) pending: i64,
    pub(crate) running: i64,
    pub(crate) parked: i64,
    /// The longest time that a run has been ready to begin.
    pub(crate) oldest_ready: Duration,
}

/// Number of runs that one step of the sweep, or of an operator's action, changes. It keeps the
/// transaction of each step short, so that other transactions run in between.
pub(crate) const MAX_CHANGED_RUNS: i64 = 500;

/// Repeats a step until one changes less than a full batch. Returns the number of changed runs.
pub(crate) async fn repeat_in_batches<F>(mut step: impl FnMut() -> F) -> Result<u64, sqlx::Error>
where
    F: Future<Output = Result<u64, sqlx::Error>>,
{
    let mut changed = 0;
    loop {
        let batch = step().await?;
        changed += batch;
        if batch < MAX_CHANGED_RUNS.unsigned_abs() {
            return Ok(changed);
        }
    }
}

/// Returns whether a query waited for a lock until its lock timeout: PostgreSQL's
/// `lock_not_available`.
pub(crate) fn is_lock_timeout(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code).is_some_and(|code| code == "55P03")
}

/// A database that holds an inbox. A method that changes rows does so in one transaction, or in one
/// for each batch. An attempt changes a run only if the run still has the attempt's fence; every
/// other change expects the run's state.
pub(crate) trait Store: Send + Sync + 'static {
    /// Stores the new ones among the arrivals, with their runs, in one commit. Returns for each
    /// arrival whether it was new, and which of its runs this process holds already, under a lease.
    fn store_arrivals<'s>(
        &'s self,
        endpoint: &'s str,
        arrivals: &'s [Arrival],
        lease: Lease,
    ) -> StoreFuture<'s, Vec<AcceptedArrival>>;

    /// Returns for each arrival whether another transaction has locked a lane of one of its runs.
    /// Called when [`store_arrivals`](Self::store_arrivals) has reached its lock timeout.
    fn find_locked_arrivals<'s>(
        &'s self,
        _endpoint: &'s str,
        arrivals: &'s [Arrival],
    ) -> StoreFuture<'s, Vec<bool>> {
        // A file has one writer, and every write waits for it.
        Box::pin(async { Ok(vec![false; arrivals.len()]) })
    }

    /// Claims runs that are ready, the oldest first, and counts the attempt. Only the first run of
    /// a lane is ever ready.
    fn claim_runs<'s>(&'s self, request: ClaimRequest<'s>) -> StoreFuture<'s, ClaimedBatch>;

    /// Returns the state of this handler's run for the event, or `None` when there is no such run.
    fn run_status<'s>(
        &'s self,
        endpoint: &'s str,
        counts_for: &'s EventKey,
        handler: &'s str,
    ) -> StoreFuture<'s, Option<RunStatus>>;

    /// Ends attempts. Returns the runs that their fence still held.
    fn complete_attempts<'s>(&'s self, ends: &'s [Completion]) -> StoreFuture<'s, Vec<(i64, i64)>>;

    /// Returns those of these runs that another transaction has locked, or whose lane or event it
    /// has locked. Called when [`complete_attempts`](Self::complete_attempts) has reached its lock
    /// timeout.
    fn find_locked_runs<'s>(&'s self, _runs: &'s [i64]) -> StoreFuture<'s, Vec<i64>> {
        // A file has one writer, and every write waits for it.
        Box::pin(async { Ok(Vec::new()) })
    }

    /// Records that the process is alive, with its handlers, and whether it `works` for them: a
    /// process that only accepts events does not.
    fn check_in<'s>(
        &'s self,
        process: &'s Process,
        endpoint: &'s str,
        handlers: &'s [&'s str],
        works: bool,
    ) -> StoreFuture<'s, ()>;

    /// Removes the process's handlers of this endpoint, and the process with its last endpoint.
    fn check_out<'s>(&'s self, process: i64, endpoint: &'s str, is_last: bool) -> StoreFuture<'s, ()>;

    /// Returns the endpoints that have ever had a handler of this id.
    fn endpoints_of<'s>(&'s self, handler: &'s str) -> StoreFuture<'s, Vec<String>>;

    /// Renews the leases of these runs (by id and fence).
    fn renew_leases<'s>(&'s self, held: &'s [(i64, i64)], lease: Duration) -> StoreFuture<'s, ()>;

    /// Returns runs of these handlers whose lease has expired.
    fn find_lapsed_runs<'s>(
        &'s self,
        endpoint: &'s str,
        handlers: &'s [&'s str],
    ) -> StoreFuture<'s, Vec<LapsedRun>>;

    /// Parks runs of all other handlers that have been ready, or without a lease, for longer than
    /// `after`. Returns their number.
    fn park_orphans<'s>(
        &'s self,
        endpoint: &'s str,
        handlers: &'s [&'s str],
        after: Duration,
    ) -> StoreFuture<'s, u64>;

    /// Unparks the runs that were parked because one of these handlers was missing. Returns their
    /// number.
    fn adopt_orphans<'s>(&'s self, endpoint: &'s str, handlers: &'s [&'s str]) -> StoreFuture<'s, u64>;

    /// Returns the delay until the next run of these handlers is due.
    fn delay_until_due<'s>(
        &'s self,
        endpoint: &'s str,
        handlers: &'s [&'s str],
    ) -> StoreFuture<'s, Option<Duration>>;

    /// Makes the first run ready in each lane that has no ready run, because the transaction that
    /// changed the lane could not see it.
    fn free_lanes<'s>(&'s self, endpoint: &'s str) -> StoreFuture<'s, ()>;

    /// Wakes the worker whenever another process announces a run, for as long as it is polled.
    fn listen_for_runs_until_dropped<'s>(&'s self, woken: &'s Notify) -> BoxFuture<'s, ()>;

    /// Announces this process's new runs to other processes, for as long as it is polled.
    fn announce_new_runs_until_dropped(&self) -> BoxFuture<'_, ()>;

    /// Removes one small batch of the bodies and events that retention no longer keeps. Returns
    /// their number.
    fn prune_events(&self, retention: Retention, batch: u32) -> StoreFuture<'_, u64>;

    /// Removes the rows of processes that have not checked in for a day. Returns their number.
    fn prune_processes(&self) -> StoreFuture<'_, u64>;

    /// Removes one small batch of the audit rows whose runs are gone. Returns their number.
    fn prune_audit(&self, retention: Retention, batch: u32) -> StoreFuture<'_, u64>;

    /// Returns the runs that match the filter, the newest first.
    fn list_runs<'s>(&'s self, filter: &'s Filter) -> StoreFuture<'s, Vec<Run>>;

    /// Returns one run with its event and its audit rows.
    fn show_run(&self, id: i64) -> StoreFuture<'_, Option<RunDetails>>;

    /// Applies the next batch of an operator's action: to at most `limit` runs with ids below this
    /// one, the newest first.
    fn apply_action<'s>(
        &'s self,
        action: &'s OperatorAction,
        below: i64,
        limit: i64,
    ) -> StoreFuture<'s, ActionBatch>;

    /// Pauses or resumes a handler of an endpoint. Returns whether that changed anything.
    fn set_paused<'s>(&'s self, key: HandlerKey<'s>, paused: bool, actor: &'s str) -> StoreFuture<'s, bool>;

    /// Counts all runs.
    fn run_stats(&self) -> StoreFuture<'_, Stats>;

    /// Counts the runs that are not done, from indexes alone: it runs every few seconds, and must
    /// not cost more when many runs are done.
    #[cfg(feature = "metrics")]
    fn count_backlog<'s>(&'s self, endpoint: &'s str) -> StoreFuture<'s, BacklogCounts>;

    /// Returns the id that was made with the inbox's tables.
    fn inbox_id(&self) -> StoreFuture<'_, String>;

    /// The engine's own type, which begins handlers' transactions.
    fn as_any_engine(&self) -> &(dyn Any + Send + Sync);

    /// The engine's name as a type argument of `InboxTx`.
    fn engine_name(&self) -> &'static str;

    /// Closes the connections. A later query connects again.
    fn close_connections(&self) -> BoxFuture<'_, ()>;
}

/// Delegates the trait's methods for operators, retention and the table of processes to the
/// inherent methods of the same names, which each engine has in a file of its own.
macro_rules! delegate_operator_methods {
    () => {
        fn prune_events(&self, retention: Retention, batch: u32) -> StoreFuture<'_, u64> {
            Box::pin(self.prune_events(retention, batch))
        }

        fn prune_audit(&self, retention: Retention, batch: u32) -> StoreFuture<'_, u64> {
            Box::pin(self.prune_audit(retention, batch))
        }

        fn prune_processes(&self) -> StoreFuture<'_, u64> {
            Box::pin(self.prune_processes())
        }

        fn check_in<'s>(
            &'s self,
            process: &'s Process,
            endpoint: &'s str,
            handlers: &'s [&'s str],
            works: bool,
        ) -> StoreFuture<'s, ()> {
            Box::pin(self.check_in(process, endpoint, handlers, works))
        }

        fn check_out<'s>(&'s self, process: i64, endpoint: &'s str, is_last: bool) -> StoreFuture<'s, ()> {
            Box::pin(self.check_out(process, endpoint, is_last))
        }

        fn endpoints_of<'s>(&'s self, handler: &'s str) -> StoreFuture<'s, Vec<String>> {
            Box::pin(self.endpoints_of(handler))
        }

        fn list_runs<'s>(&'s self, filter: &'s Filter) -> StoreFuture<'s, Vec<Run>> {
            Box::pin(self.list_runs(filter))
        }

        fn show_run(&self, run: i64) -> StoreFuture<'_, Option<RunDetails>> {
            Box::pin(self.show_run(run))
        }

        fn apply_action<'s>(
            &'s self,
            action: &'s OperatorAction,
            below: i64,
            limit: i64,
        ) -> StoreFuture<'s, ActionBatch> {
            Box::pin(self.apply_action(action, below, limit))
        }

        fn set_paused<'s>(
            &'s self,
            key: HandlerKey<'s>,
            paused: bool,
            actor: &'s str,
        ) -> StoreFuture<'s, bool> {
            Box::pin(self.set_paused(key, paused, actor))
        }

        fn run_stats(&self) -> StoreFuture<'_, Stats> {
            Box::pin(self.run_stats())
        }
    };
}
pub(crate) use delegate_operator_methods;
