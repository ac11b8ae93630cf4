//! The door: events that arrive at once are stored in one commit.

use std::{error::Error, fmt, mem, sync::Arc, time::Duration};

use tokio::sync::{mpsc, oneshot};

use super::{
    store::{Accepted, Arrival, is_locked},
    worker::Worker,
};
use crate::intake::Share;

/// The most events of one commit.
const BATCH: usize = 128;

/// How long what a lock holds up waits before it comes again.
const PAUSE: Duration = Duration::from_millis(500);

/// An event that wants in, and who waits to hear of it.
pub(crate) struct Knock {
    arrival: Arrival,
    waiting: Waiting,
}

/// Who brought an event, for as long as its body is held.
struct Waiting {
    answer: oneshot::Sender<Result<Stored, Refused>>,
    _share: Share,
    /// Whether it was told that a lock of another's holds it up, which is told once.
    is_told: bool,
}

impl Knock {
    pub(super) fn new(arrival: Arrival, share: Share) -> (Self, oneshot::Receiver<Result<Stored, Refused>>) {
        let (answer, answered) = oneshot::channel();
        (Self { arrival, waiting: Waiting { answer, _share: share, is_told: false } }, answered)
    }
}

/// An event that is on the disk.
#[derive(Debug)]
pub(crate) struct Stored {
    /// Whether it was new.
    pub(crate) is_new: bool,
    /// Its runs that are worked on already.
    pub(crate) begun: Vec<Begun>,
}

/// A run that is worked on since its event was stored.
#[derive(Debug)]
pub(crate) struct Begun {
    pub(crate) handler: String,
    /// Comes, or is closed, when the attempt has ended and its end is on the disk.
    pub(crate) ended: oneshot::Receiver<()>,
}

/// Why an event was not stored, as far as is known.
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

/// Stores what knocks, for as long as somebody can, and has the worker begin what is to begin at once.
pub(super) async fn take_in(
    worker: Arc<Worker>,
    mut knocks: mpsc::Receiver<Knock>,
    again: mpsc::WeakSender<Knock>,
) {
    let mut batch = Vec::with_capacity(BATCH);
    while knocks.recv_many(&mut batch, BATCH).await > 0 {
        // Who has gone away meanwhile was answered 503, and his event comes again.
        batch.retain(|knock| !knock.waiting.answer.is_closed());
        store(&worker, mem::take(&mut batch), &again).await;
    }
}

/// Stores events, but for those that a lock of another's holds up: they come again in a while.
async fn store(worker: &Arc<Worker>, mut knocks: Vec<Knock>, again: &mpsc::WeakSender<Knock>) {
    while !knocks.is_empty() {
        let (arrivals, waiting): (Vec<_>, Vec<_>) =
            knocks.into_iter().map(|knock| (knock.arrival, knock.waiting)).unzip();
        let stored = worker.accept(&arrivals).await;
        if stored.as_ref().is_err_and(is_locked) {
            knocks = free(worker, arrivals, waiting, again).await;
            continue;
        }
        return answer(worker, &arrivals, waiting, each(worker, &arrivals, stored).await);
    }
}

/// Wakes the worker, begins what is to begin, and tells those who wait.
fn answer(
    worker: &Arc<Worker>,
    arrivals: &[Arrival],
    waiting: Vec<Waiting>,
    accepted: Vec<Result<Accepted, Refused>>,
) {
    // Woken before the answers, which cost more the more there are.
    let waits = |(accepted, arrival): (&Result<Accepted, Refused>, &Arrival)| {
        accepted.as_ref().is_ok_and(|accepted| accepted.is_new && accepted.begun.len() < arrival.runs.len())
    };
    if accepted.iter().zip(arrivals).any(waits) {
        worker.wake();
    }
    for (waiting, accepted) in waiting.into_iter().zip(accepted) {
        let stored = accepted.map(|Accepted { is_new, begun }| Stored {
            is_new,
            begun: begun.into_iter().map(|claimed| worker.begin(claimed)).collect(),
        });
        // Who has gone away meanwhile may come again: what has begun goes on.
        let _ = waiting.answer.send(stored);
    }
}

/// The events that no lane holds up which another keeps locked, as a lost connection may for long. Where it is none of the lanes, all are held up. Those
/// come again as long as somebody waits for them.
async fn free(
    worker: &Worker,
    arrivals: Vec<Arrival>,
    waiting: Vec<Waiting>,
    again: &mpsc::WeakSender<Knock>,
) -> Vec<Knock> {
    let held_up = worker.store.held_up(worker.endpoint, &arrivals).await.unwrap_or_default();
    let are_some = held_up.contains(&true);
    let (mut locked, mut free) = (Vec::new(), Vec::new());
    for (at, (arrival, mut waiting)) in arrivals.into_iter().zip(waiting).enumerate() {
        if are_some && !held_up[at] {
            free.push(Knock { arrival, waiting });
            continue;
        }
        if !mem::replace(&mut waiting.is_told, true) {
            let event = &*arrival.id;
            tracing::warn!(event, "another keeps what it needs locked; it is stored when it can be");
        }
        locked.push(Knock { arrival, waiting });
    }
    if let Some(again) = again.upgrade() {
        tokio::spawn(async move {
            tokio::time::sleep(PAUSE).await;
            for knock in locked {
                let _ = again.send(knock).await;
            }
        });
    }
    free
}

/// What became of each: one commit was for all, or there is one for each where the database blames the content of one.
async fn each(
    worker: &Worker,
    arrivals: &[Arrival],
    stored: Result<Vec<Accepted>, sqlx::Error>,
) -> Vec<Result<Accepted, Refused>> {
    let refused = |error: &sqlx::Error| Refused::Database(error.to_string());
    match stored {
        Ok(accepted) => accepted.into_iter().map(Ok).collect(),
        Err(error) if arrivals.len() > 1 && is_about_content(&error) => {
            let mut each = Vec::with_capacity(arrivals.len());
            for arrival in arrivals {
                let accepted = worker.accept(std::slice::from_ref(arrival)).await;
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

/// Whether the database understood and refuses a value: class 22 of the SQL standard, PostgreSQL's "program limit exceeded", and SQLite's
/// "too big".
fn is_about_content(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| code.starts_with("22") || code == "54000" || code == "18")
}
