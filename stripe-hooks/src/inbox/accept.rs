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
    requeue::{self, Waiting, requeue},
    store::{Accepted, Arrival, Store, is_locked},
    worker::{Begun, Worker},
};
use crate::intake::Share;

/// The largest number of events in one commit.
const BATCH: usize = 128;

/// An arrival, with the delivery that waits until it is stored.
type Entry = requeue::Entry<Arrival, Delivery>;

/// A delivery that waits for the database.
struct Delivery {
    answer: oneshot::Sender<Result<Stored, Refused>>,
    /// The share of memory that the body takes, for as long as the queue holds it.
    _share: Share,
}

/// An event that is on the disk.
#[derive(Debug)]
pub(crate) struct Stored {
    /// Whether it was new.
    pub(crate) is_new: bool,
    /// Its inline runs, whose first attempt has begun.
    pub(crate) begun: Vec<Begun>,
}

/// The reason why an event was not stored, as far as it is known.
#[derive(Debug, Clone)]
pub(crate) enum Refused {
    Database(String),
    TooSlow,
    Full,
    Closed,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database(error) => write!(f, "the database failed: {error}"),
            Self::TooSlow => f.write_str("the database did not take it in time"),
            Self::Full => f.write_str("too many events wait for the database already"),
            Self::Closed => f.write_str("the inbox takes no events"),
        }
    }
}

impl Error for Refused {}

/// The queue of arrivals.
pub(super) struct Accepting(mpsc::Sender<Entry>);

impl Accepting {
    pub(super) fn start(runtime: &Handle, acceptor: Acceptor) -> Self {
        let (sender, arrivals) = mpsc::channel(1024);
        runtime.spawn(acceptor.take_in(arrivals, sender.downgrade()));
        Self(sender)
    }

    /// Stores an arrival and begins its inline runs. Returns once the event is on the disk.
    pub(super) async fn accept(&self, arrival: Arrival, share: Share) -> Result<Stored, Refused> {
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting::new(Delivery { answer, _share: share });
        self.0.send((arrival, waiting)).await.map_err(|_| Refused::Closed)?;
        answered.await.map_err(|_| Refused::Closed)?
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
    async fn take_in(self, mut arrivals: mpsc::Receiver<Entry>, queue: mpsc::WeakSender<Entry>) {
        let mut batch = Vec::with_capacity(BATCH);
        while arrivals.recv_many(&mut batch, BATCH).await > 0 {
            // A delivery that no longer waits was answered 503, and Stripe sends its event again.
            batch.retain(|(_, waiting)| !waiting.caller.answer.is_closed());
            self.store(mem::take(&mut batch), &queue).await;
        }
    }

    /// Stores a batch. Arrivals that a foreign lock blocks go back into the queue.
    async fn store(&self, batch: Vec<Entry>, queue: &mpsc::WeakSender<Entry>) {
        let (mut arrivals, mut waiting): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
        while !arrivals.is_empty() {
            let stored = self.accept(&arrivals).await;
            if stored.as_ref().is_err_and(is_locked) {
                let blocked = self.blocked(&arrivals).await;
                let entries = arrivals.into_iter().zip(waiting);
                (arrivals, waiting) = requeue(entries, &blocked, queue, |arrival: &Arrival| {
                    let event = &*arrival.key.id;
                    tracing::warn!(event, "another keeps what it needs locked; it is stored when it can be");
                });
                continue;
            }
            let accepted = self.each(&arrivals, stored).await;
            return self.answer(&arrivals, waiting, accepted);
        }
    }

    /// Stores arrivals in one commit. This process holds their inline runs from that moment.
    async fn accept(&self, arrivals: &[Arrival]) -> Result<Vec<Accepted>, sqlx::Error> {
        self.store.accept(self.endpoint, arrivals, self.worker.lease()).await
    }

    /// Returns whether a foreign lock blocks each of these arrivals: another connection has locked
    /// one of its lanes. If no lane is locked, the lock is on something that all arrivals need.
    async fn blocked(&self, arrivals: &[Arrival]) -> Vec<bool> {
        match self.store.held_up(self.endpoint, arrivals).await {
            Ok(held_up) if held_up.contains(&true) => held_up,
            _ => vec![true; arrivals.len()],
        }
    }

    /// Wakes the worker, begins the inline runs, and answers the deliveries.
    fn answer(
        &self,
        arrivals: &[Arrival],
        waiting: Vec<Waiting<Delivery>>,
        accepted: Vec<Result<Accepted, Refused>>,
    ) {
        // The worker wakes first, because the answers take longer the more there are.
        let waits = |(accepted, arrival): (&Result<Accepted, Refused>, &Arrival)| {
            accepted
                .as_ref()
                .is_ok_and(|accepted| accepted.is_new && accepted.begun.len() < arrival.runs.len())
        };
        if accepted.iter().zip(arrivals).any(waits) {
            self.worker.wake();
        }
        for (waiting, accepted) in waiting.into_iter().zip(accepted) {
            let stored = accepted.map(|Accepted { is_new, begun }| Stored {
                is_new,
                begun: begun.into_iter().map(|claimed| self.worker.adopt(claimed)).collect(),
            });
            // The inline runs go on even if the delivery no longer waits; Stripe may send it again.
            let _ = waiting.caller.answer.send(stored);
        }
    }

    /// The result for each arrival. All share the result of their commit, unless the database
    /// refuses the content of one: then each is stored in a commit of its own.
    async fn each(
        &self,
        arrivals: &[Arrival],
        stored: Result<Vec<Accepted>, sqlx::Error>,
    ) -> Vec<Result<Accepted, Refused>> {
        let refused = |error: &sqlx::Error| Refused::Database(error.to_string());
        match stored {
            Ok(accepted) => accepted.into_iter().map(Ok).collect(),
            Err(error) if arrivals.len() > 1 && is_about_content(&error) => {
                let mut each = Vec::with_capacity(arrivals.len());
                for arrival in arrivals {
                    let accepted = self.accept(slice::from_ref(arrival)).await;
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
fn is_about_content(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| code.starts_with("22") || code == "54000" || code == "18")
}
