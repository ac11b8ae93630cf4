//! The door: events that arrive at once are stored in one commit.

use std::{error::Error, fmt, mem, sync::Arc};

use tokio::sync::{Notify, mpsc, oneshot};

use super::store::{Arrival, Store};

/// The most events of one commit.
const BATCH: usize = 128;

/// An event that wants in, and who waits to hear of it.
#[derive(Debug)]
pub(crate) struct Knock {
    arrival: Arrival,
    answer: oneshot::Sender<Result<bool, Refused>>,
}

impl Knock {
    pub(super) fn new(arrival: Arrival) -> (Self, oneshot::Receiver<Result<bool, Refused>>) {
        let (answer, waiting) = oneshot::channel();
        (Self { arrival, answer }, waiting)
    }
}

/// Why an event was not stored, as far as is known.
#[derive(Debug, Clone)]
pub(crate) enum Refused {
    Database(String),
    TooSlow,
    Closed,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database(error) => write!(f, "the database failed: {error}"),
            Self::TooSlow => f.write_str("the database did not take it in time"),
            Self::Closed => f.write_str("the inbox takes no events"),
        }
    }
}

impl Error for Refused {}

/// Stores what knocks, for as long as somebody can.
pub(super) async fn take_in(
    store: Arc<dyn Store>,
    endpoint: &'static str,
    mut knocks: mpsc::Receiver<Knock>,
    woken: Arc<Notify>,
) {
    let mut batch = Vec::with_capacity(BATCH);
    while knocks.recv_many(&mut batch, BATCH).await > 0 {
        // Who has gone away meanwhile was answered 503, and his event comes again.
        batch.retain(|knock| !knock.answer.is_closed());
        let (arrivals, answers): (Vec<_>, Vec<_>) =
            mem::take(&mut batch).into_iter().map(|knock| (knock.arrival, knock.answer)).unzip();
        if arrivals.is_empty() {
            continue;
        }
        let stored = store_all(&*store, endpoint, &arrivals).await;
        // Woken before the answers, which cost more the more there are.
        if stored
            .iter()
            .zip(&arrivals)
            .any(|(new, arrival)| matches!(new, Ok(true)) && !arrival.runs.is_empty())
        {
            woken.notify_one();
        }
        for (answer, new) in answers.into_iter().zip(stored) {
            let _ = answer.send(new);
        }
    }
}

/// One commit for all, or one for each where the database blames the content of one.
async fn store_all(store: &dyn Store, endpoint: &str, arrivals: &[Arrival]) -> Vec<Result<bool, Refused>> {
    match store.accept(endpoint, arrivals).await {
        Ok(new) => new.into_iter().map(Ok).collect(),
        Err(error) if arrivals.len() > 1 && is_about_content(&error) => {
            let mut each = Vec::with_capacity(arrivals.len());
            for arrival in arrivals {
                let stored = store.accept(endpoint, std::slice::from_ref(arrival)).await;
                each.push(match stored {
                    Ok(new) => Ok(new.first().copied().unwrap_or_default()),
                    Err(error) => Err(Refused::Database(error.to_string())),
                });
            }
            each
        }
        Err(error) => vec![Err(Refused::Database(error.to_string())); arrivals.len()],
    }
}

/// Whether the database understood and refuses a value: class 22 of the SQL standard, PostgreSQL's "program limit exceeded", and SQLite's
/// "too big".
fn is_about_content(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| code.starts_with("22") || code == "54000" || code == "18")
}
