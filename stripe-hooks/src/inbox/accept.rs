//! The door: events that arrive at once are stored in one commit.

use std::{error::Error, fmt, mem, sync::Arc};

use tokio::sync::{mpsc, oneshot};

use super::{
    store::{Accepted, Arrival},
    worker::Worker,
};
use crate::intake::Share;

/// The most events of one commit.
const BATCH: usize = 128;

/// An event that wants in, and who waits to hear of it.
pub(crate) struct Knock {
    arrival: Arrival,
    waiting: Waiting,
}

/// Who brought an event, for as long as its body is held.
struct Waiting {
    answer: oneshot::Sender<Result<Stored, Refused>>,
    _share: Share,
}

impl Knock {
    pub(super) fn new(arrival: Arrival, share: Share) -> (Self, oneshot::Receiver<Result<Stored, Refused>>) {
        let (answer, answered) = oneshot::channel();
        (Self { arrival, waiting: Waiting { answer, _share: share } }, answered)
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
pub(super) async fn take_in(worker: Arc<Worker>, mut knocks: mpsc::Receiver<Knock>) {
    let mut batch = Vec::with_capacity(BATCH);
    while knocks.recv_many(&mut batch, BATCH).await > 0 {
        // Who has gone away meanwhile was answered 503, and his event comes again.
        batch.retain(|knock| !knock.waiting.answer.is_closed());
        let (arrivals, waiting): (Vec<_>, Vec<_>) =
            mem::take(&mut batch).into_iter().map(|knock| (knock.arrival, knock.waiting)).unzip();
        if arrivals.is_empty() {
            continue;
        }
        let accepted = store_all(&worker, &arrivals).await;
        // Woken before the answers, which cost more the more there are.
        let waits = |(accepted, arrival): (&Result<Accepted, Refused>, &Arrival)| {
            accepted
                .as_ref()
                .is_ok_and(|accepted| accepted.is_new && accepted.begun.len() < arrival.runs.len())
        };
        if accepted.iter().zip(&arrivals).any(waits) {
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
}

/// One commit for all, or one for each where the database blames the content of one.
async fn store_all(worker: &Worker, arrivals: &[Arrival]) -> Vec<Result<Accepted, Refused>> {
    let refused = |error: &sqlx::Error| Refused::Database(error.to_string());
    match worker.accept(arrivals).await {
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
