//! Accepts events: arrivals that come at the same time are stored in one commit.
//!
//! A delivery sends its arrival to the queue and waits. The acceptor takes a batch from the queue,
//! stores it, hands the inline runs to the worker, and answers each delivery.

use std::{error::Error, fmt, mem, slice, sync::Arc};

use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
};

use super::{
    loop_health::LoopHealth,
    requeue::{self, WaitingCaller, requeue_blocked},
    store::{AcceptedArrival, Arrival, Store, is_lock_timeout},
    worker::{InlineRun, Worker},
};
use crate::body_budget::Reservation;

/// The largest number of events in one commit.
const MAX_BATCH: usize = 128;

/// An arrival, with the delivery that waits until it is stored.
type QueuedArrival = requeue::QueuedItem<Arrival, WaitingDelivery>;

/// A delivery that waits for the database.
struct WaitingDelivery {
    result_sender: oneshot::Sender<Result<StoredEvent, StoreError>>,
    /// The reservation of memory that the body takes, for as long as the queue holds it.
    _reservation: Reservation,
}

/// An event that is on the disk.
#[derive(Debug)]
pub(crate) struct StoredEvent {
    /// `true` if the event was new.
    pub(crate) is_new: bool,
    /// Its inline runs, whose first attempt has begun.
    pub(crate) inline_runs: Vec<InlineRun>,
}

/// The reason why an event was not stored, as far as it is known.
#[derive(Debug, Clone)]
pub(crate) enum StoreError {
    Database(String),
    TooSlow,
    Full,
    Closed,
    /// A loop of the inbox fails, as the log has said.
    Failing,
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database(error) => write!(f, "the database failed: {error}"),
            Self::TooSlow => f.write_str("the database did not store the event in time"),
            Self::Full => f.write_str("too many events wait for the database already"),
            Self::Closed => f.write_str("the inbox takes no events"),
            Self::Failing => f.write_str("a loop of the inbox fails, as an earlier message says"),
        }
    }
}

impl Error for StoreError {}

/// The queue of arrivals.
pub(super) struct ArrivalQueue(mpsc::Sender<QueuedArrival>);

impl ArrivalQueue {
    pub(super) fn start(runtime: &Handle, acceptor: Acceptor) -> Self {
        let (sender, arrivals) = mpsc::channel(1024);
        runtime.spawn(acceptor.store_arrivals(arrivals, sender.downgrade()));
        Self(sender)
    }

    /// Stores an arrival and begins its inline runs. Returns once the event is on the disk.
    pub(super) async fn store_arrival(
        &self,
        arrival: Arrival,
        reservation: Reservation,
    ) -> Result<StoredEvent, StoreError> {
        let (answer, answered) = oneshot::channel();
        let waiting =
            WaitingCaller::new(WaitingDelivery { result_sender: answer, _reservation: reservation });
        self.0.send((arrival, waiting)).await.map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)?
    }
}

/// Stores the arrivals of one endpoint.
pub(super) struct Acceptor {
    pub(super) endpoint: &'static str,
    pub(super) store: Arc<dyn Store>,
    /// Works on the inline runs.
    pub(super) worker: Arc<Worker>,
}

impl Acceptor {
    /// Stores the arrivals in the queue, until nothing can send to it any more.
    async fn store_arrivals(
        self,
        mut arrivals: mpsc::Receiver<QueuedArrival>,
        queue: mpsc::WeakSender<QueuedArrival>,
    ) {
        // The deliveries of a failed batch are answered 503 each. The health of the other loops
        // decides about all others, or no iteration would come that can succeed.
        let mut monitored = LoopHealth::default().add_loop("storing events");
        let mut batch = Vec::with_capacity(MAX_BATCH);
        while arrivals.recv_many(&mut batch, MAX_BATCH).await > 0 {
            // A delivery that no longer waits was answered 503, and Stripe sends its event again.
            batch.retain(|(_, waiting)| !waiting.caller.result_sender.is_closed());
            monitored.run_iteration(self.store_batch(mem::take(&mut batch), &queue)).await;
        }
    }

    /// Stores a batch. Arrivals that a foreign lock blocks go back into the queue.
    async fn store_batch(&self, batch: Vec<QueuedArrival>, queue: &mpsc::WeakSender<QueuedArrival>) {
        let (mut arrivals, mut waiting): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
        while !arrivals.is_empty() {
            let stored = self.commit_arrivals(&arrivals).await;
            if stored.as_ref().is_err_and(is_lock_timeout) {
                let blocked = self.find_blocked_arrivals(&arrivals).await;
                let entries = arrivals.into_iter().zip(waiting);
                (arrivals, waiting) = requeue_blocked(entries, &blocked, queue, |arrival: &Arrival| {
                    let event = &*arrival.key.id;
                    tracing::warn!(event, "a lock blocks the event; storing it is retried");
                });
                continue;
            }
            let accepted = self.retry_one_by_one(&arrivals, stored).await;
            return self.answer_deliveries(&arrivals, waiting, accepted);
        }
    }

    /// Stores arrivals in one commit. This process holds their inline runs from that moment.
    async fn commit_arrivals(&self, arrivals: &[Arrival]) -> Result<Vec<AcceptedArrival>, sqlx::Error> {
        self.store.store_arrivals(self.endpoint, arrivals, self.worker.lease()).await
    }

    /// Returns whether a foreign lock blocks each of these arrivals: another connection has locked
    /// one of its lanes. If no lane is locked, the lock is on something that all arrivals need.
    async fn find_blocked_arrivals(&self, arrivals: &[Arrival]) -> Vec<bool> {
        match self.store.find_locked_arrivals(self.endpoint, arrivals).await {
            Ok(held_up) if held_up.contains(&true) => held_up,
            _ => vec![true; arrivals.len()],
        }
    }

    /// Wakes the worker, begins the inline runs, and answers the deliveries.
    fn answer_deliveries(
        &self,
        arrivals: &[Arrival],
        waiting: Vec<WaitingCaller<WaitingDelivery>>,
        accepted: Vec<Result<AcceptedArrival, StoreError>>,
    ) {
        // The worker wakes first, because the answers take longer the more there are.
        let waits = |(accepted, arrival): (&Result<AcceptedArrival, StoreError>, &Arrival)| {
            accepted
                .as_ref()
                .is_ok_and(|accepted| accepted.is_new && accepted.inline_runs.len() < arrival.runs.len())
        };
        if accepted.iter().zip(arrivals).any(waits) {
            self.worker.wake_claim_loop();
        }
        for (waiting, accepted) in waiting.into_iter().zip(accepted) {
            let stored = accepted.map(|AcceptedArrival { is_new, inline_runs }| StoredEvent {
                is_new,
                inline_runs: inline_runs
                    .into_iter()
                    .map(|claimed| self.worker.start_inline_run(claimed))
                    .collect(),
            });
            // The inline runs go on even if the delivery no longer waits; Stripe may send it again.
            let _ = waiting.caller.result_sender.send(stored);
        }
    }

    /// The result for each arrival. All share the result of their commit, unless the database
    /// refuses the content of one: then each is stored in a commit of its own.
    async fn retry_one_by_one(
        &self,
        arrivals: &[Arrival],
        stored: Result<Vec<AcceptedArrival>, sqlx::Error>,
    ) -> Vec<Result<AcceptedArrival, StoreError>> {
        let refused = |error: &sqlx::Error| StoreError::Database(error.to_string());
        match stored {
            Ok(accepted) => accepted.into_iter().map(Ok).collect(),
            Err(error) if arrivals.len() > 1 && is_data_error(&error) => {
                let mut each = Vec::with_capacity(arrivals.len());
                for arrival in arrivals {
                    let accepted = self.commit_arrivals(slice::from_ref(arrival)).await;
                    each.extend(match accepted {
                        Ok(accepted) => accepted.into_iter().map(Ok).collect(),
                        Err(error) => vec![Err(refused(&error))],
                    });
                }
                each
            }
            Err(error) => arrivals.iter().map(|_| Err(refused(&error))).collect(),
        }
    }
}

/// Returns whether the database understood a value and refuses it: class 22 of the SQL standard,
/// PostgreSQL's "program limit exceeded", and SQLite's "too big".
fn is_data_error(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| code.starts_with("22") || code == "54000" || code == "18")
}
