//! An inbox before and after an endpoint starts on it.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::{sync::watch, task::JoinSet, time::timeout};

use super::{
    accept::{Acceptor, ArrivalQueue, StoreError, StoredEvent},
    attempt::WorkFn,
    event_key::EventKey,
    handler_groups::{HandlerGroups, Rule},
    loop_health::LoopHealth,
    names::TakenName,
    operator::Inbox,
    phase::{Phase, PhaseWatch},
    settings::Role,
    shared::{InboxMembership, SharedInbox},
    store::{Arrival, RunStatus},
    worker::{Worker, WorkerParts},
};
use crate::{
    body_budget::BodyBudget,
    error::{EndpointProblem, Error},
};

/// A handle to an inbox whose database is connected and migrated, on either engine, for
/// [`EndpointBuilder::inbox`](crate::EndpointBuilder::inbox).
#[derive(Clone)]
pub struct PreparedInbox(pub(super) Arc<SharedInbox>);

impl fmt::Debug for PreparedInbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedInbox").field("place", &self.0.place).finish_non_exhaustive()
    }
}

impl PreparedInbox {
    /// The engine's name as a type argument of [`InboxTx`](super::InboxTx).
    pub(crate) fn engine_name(&self) -> &'static str {
        self.0.store.engine_name()
    }

    /// Returns whether this process takes deliveries.
    pub(crate) fn takes_deliveries(&self) -> bool {
        self.0.settings.role != Role::WorkOnly
    }

    pub(super) fn operator_handle(&self) -> Inbox {
        operator(&self.0)
    }

    /// Takes the endpoint's name on the inbox.
    ///
    /// # Errors
    /// When another endpoint of this process has the name, and when the connections were closed and
    /// the database no longer holds this inbox.
    pub(crate) fn take_name(self, endpoint: &'static str) -> Result<NamedInbox, EndpointProblem> {
        let Self(shared) = self;
        let Some(name) = TakenName::try_take(&shared.id, shared.settings.simulated_process, endpoint) else {
            return Err(EndpointProblem::Inbox(format!(
                "an endpoint named `{endpoint}` is at work on the inbox in `{}` already, and each would run the other's events with \
                 its own state; give each endpoint a name of its own with `.name::<…>()`, which takes a type with \
                 `#[derive(EndpointName)] struct …`, or shut the first endpoint down before you build the next",
                shared.place
            )));
        };
        shared.check_place()?;
        Ok(NamedInbox { shared, endpoint, name })
    }
}

/// An inbox on which an endpoint has its name.
pub(crate) struct NamedInbox {
    shared: Arc<SharedInbox>,
    endpoint: &'static str,
    name: TakenName,
}

impl NamedInbox {
    /// Starts the endpoint's tasks for this process's role: accepting events, working on the runs
    /// of these handlers, or both. `waiting_bodies` counts the bodies that wait for the database.
    pub(crate) fn start(
        self,
        handlers: impl IntoIterator<Item = (&'static str, Rule)>,
        work: WorkFn,
        waiting_bodies: Arc<BodyBudget>,
    ) -> OpenInbox {
        let Self { shared, endpoint, name } = self;
        let settings = shared.settings;
        let (phase, phases) = PhaseWatch::new_pair();
        let (store, slots) = (Arc::clone(&shared.store), Arc::clone(&shared.slots));
        let (rules, completer) = (HandlerGroups::new(handlers), shared.completer.clone());
        let process = Arc::clone(&shared.process);
        let loop_health = LoopHealth::default();
        let parts = WorkerParts {
            endpoint,
            process,
            store,
            handler_groups: rules,
            work_fn: work,
            settings,
            completer,
            slots,
            phase_watch: phases,
            loop_health: loop_health.clone(),
        };
        let worker = Worker::new(parts);
        let in_flight_count = worker.in_flight_count();
        let arrival_queue = (settings.role != Role::WorkOnly).then(|| {
            let (store, worker) = (Arc::clone(&shared.store), Arc::clone(&worker));
            let acceptor = Acceptor { endpoint, store, worker };
            ArrivalQueue::start(shared.thread.runtime_handle(), acceptor)
        });
        let inbox_membership = shared.join(endpoint);
        let tasks = spawn_worker_tasks(worker, &shared);
        tracing::info!(endpoint, inbox = shared.place, "the inbox is open");
        let running = Mutex::new(Some(RunningEndpoint { tasks, inbox_membership, name }));
        let phase = Arc::new(phase);
        OpenInbox {
            shared,
            endpoint,
            arrival_queue,
            waiting_bodies,
            loop_health,
            phase_sender: phase,
            in_flight_count,
            running,
        }
    }
}

/// Starts the worker's tasks for this process's role. A process that only accepts
/// events still works on their inline runs, whose leases it renews.
fn spawn_worker_tasks(worker: Arc<Worker>, shared: &SharedInbox) -> JoinSet<()> {
    let runtime = shared.thread.runtime_handle();
    let mut tasks = JoinSet::new();
    tasks.spawn_on(Arc::clone(&worker).renew_until_closed(), runtime);
    tasks.spawn_on(Arc::clone(&worker).check_in_until_closed(), runtime);
    if shared.settings.role != Role::AcceptOnly {
        tasks.spawn_on(Arc::clone(&worker).claim_until_stopped(), runtime);
        tasks.spawn_on(worker.sweep_until_stopped(), runtime);
    }
    tasks
}

fn operator(shared: &SharedInbox) -> Inbox {
    Inbox::new(Arc::clone(&shared.thread), Arc::clone(&shared.store), shared.settings.retention)
}

/// The inbox of an endpoint that has started.
///
/// An endpoint that is dropped without a shutdown claims no more runs. Its attempts go on to their
/// ends, and then it leaves the inbox. Its name is free at once: the runs that it still holds are
/// its own by their leases.
pub(crate) struct OpenInbox {
    shared: Arc<SharedInbox>,
    endpoint: &'static str,
    /// The queue of arrivals; `None` in a process that takes no deliveries.
    arrival_queue: Option<ArrivalQueue>,
    /// The budget of the bodies that wait for the database. A delivery may be gone long before the
    /// database answers.
    waiting_bodies: Arc<BodyBudget>,
    /// The health of the endpoint's own loops.
    loop_health: LoopHealth,
    phase_sender: Arc<watch::Sender<Phase>>,
    in_flight_count: watch::Receiver<usize>,
    /// `None` once it has been stopped.
    running: Mutex<Option<RunningEndpoint>>,
}

/// The parts that an endpoint gives back when it ends.
struct RunningEndpoint {
    tasks: JoinSet<()>,
    inbox_membership: InboxMembership,
    name: TakenName,
}

impl OpenInbox {
    /// Stores an event, and begins its inline runs. Returns once the event is on the disk.
    ///
    /// # Errors
    /// When the database did not store the event in time, and at once when too many bodies wait for
    /// the database, or a loop of the inbox fails. The event may have been stored all the same.
    pub(crate) async fn store_arrival(&self, arrival: Arrival) -> Result<StoredEvent, StoreError> {
        let arrival_queue = self.arrival_queue.as_ref().ok_or(StoreError::Closed)?;
        if self.loop_health.has_failing_loop() || self.shared.loop_health.has_failing_loop() {
            return Err(StoreError::Failing);
        }
        // A body larger than the whole budget is admitted alone.
        let bytes = arrival.body.len().min(self.waiting_bodies.limit());
        let mut reservation = self.waiting_bodies.new_reservation();
        if !reservation.try_grow(bytes) {
            return Err(StoreError::Full);
        }
        let limit = self.shared.settings.accept_timeout;
        timeout(limit, arrival_queue.store_arrival(arrival, reservation))
            .await
            .unwrap_or(Err(StoreError::TooSlow))
    }

    /// Returns the state of this handler's run for the event, or `None` when there is no such run.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn run_status(
        &self,
        counts_for: &EventKey,
        handler: &'static str,
    ) -> Result<Option<RunStatus>, StoreError> {
        let store = Arc::clone(&self.shared.store);
        let (endpoint, counts_for) = (self.endpoint, counts_for.clone());
        let query = self
            .shared
            .thread
            .runtime_handle()
            .spawn(async move { store.run_status(endpoint, &counts_for, handler).await });
        query.await.map_err(|_| StoreError::Closed)?.map_err(|error| StoreError::Database(error.to_string()))
    }

    /// A handle for operators.
    pub(crate) fn operator_handle(&self) -> Inbox {
        operator(&self.shared)
    }

    /// Claims no more runs, and waits for the attempts under way. Attempts that outlast the grace
    /// period are stopped, and their runs given back. The other endpoints of the inbox go on.
    ///
    /// # Errors
    /// When a run could be neither ended nor given back. Another process claims it once its lease
    /// has expired.
    pub(crate) async fn stop(&self, grace: Duration) -> Result<(), Error> {
        /// Time that attempts have to stop after the grace period. It runs out where a handler does
        /// not yield, and where the database is away.
        const STOP_TIMEOUT: Duration = Duration::from_secs(3);
        let started = Instant::now();
        self.phase_sender.send_replace(Phase::Drain);
        if !self.is_idle_within(grace).await {
            let in_flight_count = *self.in_flight_count.borrow();
            let inbox = &*self.shared.place;
            tracing::warn!(inbox, runs = in_flight_count, after = ?started.elapsed(), "attempts outlasted the grace period; stopping them and giving their runs back");
            self.phase_sender.send_replace(Phase::GiveBack);
            self.is_idle_within(STOP_TIMEOUT).await;
        }
        let left = *self.in_flight_count.borrow();
        self.phase_sender.send_replace(Phase::Closed);
        // The name is free when this function ends, whatever the result is.
        let (_name, leaving) = self.leave();
        if left == 0 {
            // An operator's query may delay this. Nothing is lost when the connections close later.
            let _ = timeout(STOP_TIMEOUT, leaving).await;
            return Ok(());
        }
        Err(EndpointProblem::UnfinishedShutdown(format!(
            "runs that could be neither ended nor given back: {left}; they begin again once their leases have passed"
        ))
        .into())
    }

    /// Ends the endpoint's tasks and leaves the inbox, on the inbox's thread. Returns the endpoint's
    /// name.
    fn leave(&self) -> (Option<TakenName>, impl Future<Output = ()> + use<>) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (name, leaving) = match running {
            Some(RunningEndpoint { tasks, inbox_membership, name }) => {
                let leaving = self.shared.thread.runtime_handle().spawn(end_tasks(tasks, inbox_membership));
                (Some(name), Some(leaving))
            }
            None => (None, None),
        };
        let left = async move {
            if let Some(leaving) = leaving {
                let _ = leaving.await;
            }
        };
        (name, left)
    }

    async fn is_idle_within(&self, limit: Duration) -> bool {
        let mut in_flight_count = self.in_flight_count.clone();
        let idle = in_flight_count.wait_for(|count| *count == 0);
        timeout(limit, idle).await.is_ok_and(|waited| waited.is_ok())
    }
}

impl fmt::Debug for OpenInbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenInbox").field("place", &self.shared.place).finish_non_exhaustive()
    }
}

impl Drop for OpenInbox {
    fn drop(&mut self) {
        let running = self.running.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        let Some(RunningEndpoint { tasks, inbox_membership, name }) = running else { return };
        // Later phases stay: a shutdown may have been dropped half-way.
        self.phase_sender.send_if_modified(|phase| {
            let is_working = *phase == Phase::Work;
            *phase = (*phase).max(Phase::Drain);
            is_working
        });
        drop(name);
        let (phase, mut in_flight_count) = (Arc::clone(&self.phase_sender), self.in_flight_count.clone());
        self.shared.thread.runtime_handle().spawn(async move {
            let _ = in_flight_count.wait_for(|count| *count == 0).await;
            phase.send_replace(Phase::Closed);
            end_tasks(tasks, inbox_membership).await;
        });
    }
}

/// Ends the endpoint's tasks, and then its use of the inbox.
async fn end_tasks(mut tasks: JoinSet<()>, inbox_membership: InboxMembership) {
    tasks.shutdown().await;
    inbox_membership.leave().await;
}
