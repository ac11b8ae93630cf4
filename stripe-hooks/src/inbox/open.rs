//! An inbox before and after its endpoint starts it.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{runtime::Handle, sync::watch, time::timeout};

use super::{
    accept::{Accepting, Acceptor, Refused, Stored},
    attempt::Work,
    event_key::EventKey,
    operator::Inbox,
    phase::{Phase, Phases},
    process::Process,
    rules::{Rule, Rules},
    settings::{Retention, Settings, Share},
    settle::Settling,
    store::{Arrival, Standing, Store},
    thread::Thread,
    worker::{Parts, Worker},
};
use crate::{
    error::{Error, Problem},
    intake::Intake,
};

/// An inbox that is connected to its tables, for
/// [`EndpointBuilder::inbox`](crate::EndpointBuilder::inbox).
pub struct PreparedInbox {
    pub(super) thread: Arc<Thread>,
    pub(super) store: Arc<dyn Store>,
    /// The database's place, for messages.
    pub(super) place: String,
    pub(super) settings: Settings,
}

impl fmt::Debug for PreparedInbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedInbox").field("place", &self.place).finish_non_exhaustive()
    }
}

impl PreparedInbox {
    /// The engine's name as a type argument of [`InboxTx`](super::InboxTx).
    pub(crate) fn engine_name(&self) -> &'static str {
        self.store.engine_name()
    }

    /// Returns whether this process takes deliveries.
    pub(crate) fn accepts(&self) -> bool {
        self.settings.share != Share::Work
    }

    pub(super) fn operator(&self) -> Inbox {
        Inbox::new(Arc::clone(&self.thread), Arc::clone(&self.store), self.settings.retention)
    }

    /// Starts the tasks of this process's share: accepting events, working on the runs of these
    /// handlers, or both. `waiting` counts the bodies that wait for the database.
    pub(crate) fn start(
        self,
        endpoint: &'static str,
        handlers: impl IntoIterator<Item = (&'static str, Rule)>,
        work: Work,
        waiting: Arc<Intake>,
    ) -> OpenInbox {
        let accepts = self.accepts();
        let Self { thread, store, place, settings } = self;
        let Settings { accept_timeout, retention, share, .. } = settings;
        let (phase, phases) = Phases::start();
        let runtime = thread.handle();
        let settling = Settling::start(runtime, Arc::clone(&store));
        let (rules, store_of_worker) = (Rules::new(handlers), Arc::clone(&store));
        let worker = Worker::new(Parts {
            endpoint,
            process: Arc::new(Process::current()),
            store: store_of_worker,
            rules,
            work,
            settings,
            settling,
            phases,
        });
        let (held, process) = (worker.held(), worker.process.id);
        let accepting = accepts.then(|| {
            let (store, worker) = (Arc::clone(&store), Arc::clone(&worker));
            Accepting::start(runtime, Acceptor { endpoint, store, worker })
        });
        start_tasks(worker, share, runtime);
        tracing::info!(endpoint, inbox = place, "the inbox is open");
        OpenInbox {
            thread,
            store,
            endpoint,
            process,
            place,
            retention,
            accepting,
            waiting,
            phase,
            held,
            accept_timeout,
        }
    }
}

/// Starts the worker's tasks for this share of the work. A process that only accepts events still
/// works on their inline runs, whose leases it renews.
fn start_tasks(worker: Arc<Worker>, share: Share, runtime: &Handle) {
    runtime.spawn(Arc::clone(&worker).renew_until_closed());
    runtime.spawn(Arc::clone(&worker).check_in_until_closed());
    if share != Share::Work {
        runtime.spawn(Arc::clone(&worker).tell_until_closed());
    }
    if share == Share::Accept {
        return;
    }
    runtime.spawn(Arc::clone(&worker).claim_until_stopped());
    runtime.spawn(Arc::clone(&worker).prune_until_stopped());
    runtime.spawn(Arc::clone(&worker).hear_until_stopped());
    runtime.spawn(worker.sweep_until_stopped());
}

/// The inbox of an endpoint that serves.
pub(crate) struct OpenInbox {
    thread: Arc<Thread>,
    store: Arc<dyn Store>,
    endpoint: &'static str,
    /// The id of this process.
    process: i64,
    place: String,
    retention: Retention,
    /// The queue of arrivals; `None` in a process that takes no deliveries.
    accepting: Option<Accepting>,
    /// The budget of the bodies that wait for the database. A delivery may be gone long before the
    /// database answers.
    waiting: Arc<Intake>,
    phase: watch::Sender<Phase>,
    held: watch::Receiver<usize>,
    accept_timeout: Duration,
}

impl OpenInbox {
    /// Stores an event, and begins its inline runs. Returns once the event is on the disk.
    ///
    /// # Errors
    /// When the database did not store the event in time, and at once when too many bodies wait for
    /// the database. The event may have been stored all the same.
    pub(crate) async fn accept(&self, arrival: Arrival) -> Result<Stored, Refused> {
        let accepting = self.accepting.as_ref().ok_or(Refused::Closed)?;
        // A body larger than the whole budget is admitted alone.
        let bytes = arrival.body.len().min(self.waiting.limit());
        let mut share = self.waiting.share();
        if !share.grow(bytes) {
            return Err(Refused::Full);
        }
        timeout(self.accept_timeout, accepting.accept(arrival, share)).await.unwrap_or(Err(Refused::TooSlow))
    }

    /// Returns the state of this handler's run for the event, or `None` when there is no such run.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn standing(
        &self,
        counts_for: &EventKey,
        handler: &'static str,
    ) -> Result<Option<Standing>, Refused> {
        let (store, endpoint, counts_for) = (Arc::clone(&self.store), self.endpoint, counts_for.clone());
        let asked =
            self.thread.handle().spawn(async move { store.standing(endpoint, &counts_for, handler).await });
        asked.await.map_err(|_| Refused::Closed)?.map_err(|error| Refused::Database(error.to_string()))
    }

    /// A handle for operators.
    pub(crate) fn operator(&self) -> Inbox {
        Inbox::new(Arc::clone(&self.thread), Arc::clone(&self.store), self.retention)
    }

    /// Claims no more runs, and waits for the attempts under way. Attempts that outlast the grace
    /// period are stopped, and their runs given back.
    ///
    /// # Errors
    /// When a run could be neither ended nor given back. Another process claims it once its lease
    /// has expired.
    pub(crate) async fn stop(&self, grace: Duration) -> Result<(), Error> {
        /// Time that attempts have to stop after the grace period. It runs out where a handler does
        /// not yield, and where the database is away.
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
        let (store, process, endpoint) = (Arc::clone(&self.store), self.process, self.endpoint);
        let closed = self.thread.handle().spawn(async move {
            // A process that is missing from the table for longer than a lease counts as dead.
            let _ = store.check_out(process, endpoint).await;
            store.close().await;
        });
        if left == 0 {
            // An operator's query may delay this. Nothing is lost when the connections close later.
            let _ = timeout(STOPPING, closed).await;
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
        timeout(limit, idle).await.is_ok_and(|waited| waited.is_ok())
    }
}

impl fmt::Debug for OpenInbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenInbox").field("place", &self.place).finish_non_exhaustive()
    }
}
