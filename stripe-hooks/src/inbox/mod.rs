#![doc = include_str!("../docs/inbox.md")]
//
// Invariants:
// - An inbox is handed a function that works on one run, and knows neither the endpoint nor the registry.
// - Everything that touches the database happens on the inbox's own thread; others send to it and wait for its word.
// - A run changes its state only from the state, and under the fence, that whoever changes it has seen.
#![cfg_attr(
    not(any(feature = "sqlite", feature = "postgres")),
    allow(
        dead_code,
        unused_macros,
        unused_imports,
        reason = "without an engine there is no inbox to be opened"
    )
)]

mod accept;
mod action;
mod attempt;
#[cfg(test)]
mod clocks;
mod counted;
mod held;
mod operator;
mod outage;
#[cfg(feature = "postgres")]
mod postgres;
mod rows;
mod rules;
mod settings;
mod settle;
#[cfg(feature = "sqlite")]
mod sqlite;
mod store;
mod sweep;
mod thread;
mod tx;
mod upkeep;
mod worker;

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::future::BoxFuture;
use tokio::sync::{Notify, mpsc, watch};

#[cfg(feature = "postgres")]
pub use self::postgres::PostgresInbox;
#[cfg(feature = "sqlite")]
pub use self::sqlite::SqliteInbox;
#[cfg(feature = "metrics")]
pub(crate) use self::store::Backlog;
use self::{
    accept::Knock,
    rules::Rules,
    settings::{Retention, Settings, Share},
    store::Store,
    thread::Thread,
    worker::{Phase, Worker},
};
pub(crate) use self::{
    accept::{Begun, Refused, Stored},
    attempt::{Ended, Job},
    store::{Arrival, First, Lane, NewRun, Standing},
    tx::Turn,
};
pub use self::{
    operator::{Audit, Filter, HandlerStats, Inbox, Run, RunDetails, RunState, Stats},
    store::Reason,
    tx::{InboxDatabase, InboxTx},
};
use crate::{
    error::{Error, Problem},
    intake::Intake,
    policy::Policy,
};

/// Works on one run.
pub(crate) type Work = Arc<dyn Fn(Job) -> BoxFuture<'static, Ended> + Send + Sync>;

/// An inbox that is open and whose tables are there: what [`EndpointBuilder::inbox`](crate::EndpointBuilder::inbox) takes.
pub struct PreparedInbox {
    thread: Arc<Thread>,
    store: Arc<dyn Store>,
    /// Where it is, for messages.
    place: String,
    settings: Settings,
}

impl fmt::Debug for PreparedInbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedInbox").field("place", &self.place).finish_non_exhaustive()
    }
}

impl PreparedInbox {
    /// The engine as a type argument of [`InboxTx`] names it.
    pub(crate) fn engine_name(&self) -> &'static str {
        self.store.engine_name()
    }

    /// Whether deliveries may come.
    pub(crate) fn accepts(&self) -> bool {
        self.settings.share != Share::Work
    }

    fn operator(&self) -> Inbox {
        Inbox::new(Arc::clone(&self.thread), Arc::clone(&self.store), self.settings.retention)
    }

    /// Starts to take events in and to work on the runs of these handlers, or whichever of the two is this process's share.
    pub(crate) fn start(
        self,
        endpoint: &'static str,
        handlers: impl IntoIterator<Item = (&'static str, Policy)>,
        work: Work,
        waiting: Arc<Intake>,
    ) -> OpenInbox {
        let Self { thread, store, place, settings } = self;
        let (knock, knocks) = mpsc::channel(1024);
        let (phase, phases) = watch::channel(Phase::Work);
        let woken = Arc::new(Notify::new());
        let runtime = thread.handle();
        let settling = settle::Settling::start(runtime, Arc::clone(&store));
        let rules = Rules::new(handlers);
        let worker =
            Worker::new(endpoint, Arc::clone(&store), rules, work, settings, woken, settling, phases);
        let held = worker.held();
        if settings.share != Share::Work {
            runtime.spawn(accept::take_in(Arc::clone(&worker), knocks, knock.downgrade()));
        }
        worker.start(runtime);
        tracing::info!(endpoint, inbox = place, "the inbox is open");
        let Settings { accept_timeout: patience, retention, .. } = settings;
        OpenInbox { thread, store, endpoint, place, retention, knock, waiting, phase, held, patience }
    }
}

/// The inbox of an endpoint that serves.
pub(crate) struct OpenInbox {
    thread: Arc<Thread>,
    store: Arc<dyn Store>,
    endpoint: &'static str,
    place: String,
    retention: Retention,
    knock: mpsc::Sender<Knock>,
    /// What the bodies hold that wait for the database: those who brought them may be gone long before it answers.
    waiting: Arc<Intake>,
    phase: watch::Sender<Phase>,
    held: watch::Receiver<usize>,
    patience: Duration,
}

impl OpenInbox {
    /// Stores an event, and begins its inline runs. When this returns it is on the disk.
    ///
    /// # Errors
    /// When the database did not take it in time, and at once when too much waits for it already. It may have taken it all the same.
    pub(crate) async fn accept(&self, arrival: Arrival) -> Result<Stored, Refused> {
        // One that is larger than all may be together waits alone.
        let bytes = arrival.body.len().min(self.waiting.limit());
        let mut share = self.waiting.share();
        if !share.grow(bytes) {
            return Err(Refused::Full);
        }
        let (knock, answer) = Knock::new(arrival, share);
        let asked = async {
            self.knock.send(knock).await.map_err(|_| Refused::Closed)?;
            answer.await.map_err(|_| Refused::Closed)?
        };
        tokio::time::timeout(self.patience, asked).await.unwrap_or(Err(Refused::TooSlow))
    }

    /// How the run of a handler stands that counts for this event; `None` when there is none.
    ///
    /// # Errors
    /// When the database does not say.
    pub(crate) async fn standing(
        &self,
        about: &str,
        handler: &'static str,
    ) -> Result<Option<Standing>, Refused> {
        let (store, endpoint, about) = (Arc::clone(&self.store), self.endpoint, about.to_owned());
        let asked =
            self.thread.handle().spawn(async move { store.standing(endpoint, &about, handler).await });
        asked.await.map_err(|_| Refused::Closed)?.map_err(|error| Refused::Database(error.to_string()))
    }

    /// The operator's way to it.
    pub(crate) fn operator(&self) -> Inbox {
        Inbox::new(Arc::clone(&self.thread), Arc::clone(&self.store), self.retention)
    }

    /// Claims nothing more and waits for what runs; what still runs when the grace has passed is stopped and given back.
    ///
    /// # Errors
    /// When something could be neither ended nor given back, so that its lease must pass first.
    pub(crate) async fn stop(&self, grace: Duration) -> Result<(), Error> {
        /// How long it may take to stop what is under way: longer where a handler does not yield, or the database is away.
        const STOPPING: Duration = Duration::from_secs(3);
        let started = Instant::now();
        self.phase.send_replace(Phase::Drain);
        if !self.is_idle_within(grace).await {
            let held = *self.held.borrow();
            tracing::warn!(inbox = self.place, runs = held, after = ?started.elapsed(), "gives back what still runs");
            self.phase.send_replace(Phase::GiveBack);
            self.is_idle_within(STOPPING).await;
        }
        let left = *self.held.borrow();
        self.phase.send_replace(Phase::Closed);
        let store = Arc::clone(&self.store);
        let closed = self.thread.handle().spawn(async move { store.close().await });
        if left == 0 {
            // Waits for as long as an operator reads; nothing is lost when the connections close later.
            let _ = tokio::time::timeout(STOPPING, closed).await;
            return Ok(());
        }
        Err(Problem::Shutdown(format!(
            "runs that could be neither ended nor given back: {left}; they begin again once their leases have passed"
        ))
        .into())
    }

    async fn is_idle_within(&self, limit: Duration) -> bool {
        let mut held = self.held.clone();
        let idle = held.wait_for(|held| *held == 0);
        tokio::time::timeout(limit, idle).await.is_ok_and(|waited| waited.is_ok())
    }
}

impl fmt::Debug for OpenInbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenInbox").field("place", &self.place).finish_non_exhaustive()
    }
}
