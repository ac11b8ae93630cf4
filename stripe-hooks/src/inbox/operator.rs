//! What an operator sees of an inbox, and does to it. Every action leaves a row in the audit table.

use std::{fmt, future::Future, sync::Arc, time::Duration};

use super::{
    action::{Action, Change},
    settings::Retention,
    store::{BATCH, Reason, Store},
    thread::Thread,
};
use crate::{
    error::{Error, Problem},
    fields::Raw,
};

/// The operator's way to an inbox, from an endpoint ([`Endpoint::inbox`](crate::Endpoint::inbox)) or from a program of its own
/// ([`SqliteInbox::operator`](crate::SqliteInbox::operator), [`PostgresInbox::operator`](crate::PostgresInbox::operator)).
///
/// ```no_run
/// use stripe_hooks::{SqliteInbox, inbox::{Filter, RunState}};
///
/// # async fn run() -> Result<(), stripe_hooks::Error> {
/// let inbox = SqliteInbox::open("stripe-events.db")?.operator();
/// for run in inbox.list(&Filter::new().state(RunState::Parked)).await? {
///     println!("{} {} {}: {:?}", run.id, run.event_id, run.handler, run.error);
/// }
/// // The bug is mended; what it has parked begins anew.
/// inbox.replay(&Filter::new().handler("shop::fulfil"), "ada").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Inbox {
    thread: Arc<Thread>,
    store: Arc<dyn Store>,
    retention: Retention,
}

/// Which runs are meant: those that all of it holds for.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Filter {
    pub(crate) run: Option<i64>,
    pub(crate) state: Option<RunState>,
    pub(crate) handler: Option<String>,
    pub(crate) event: Option<String>,
    pub(crate) reason: Option<Reason>,
    pub(crate) limit: Option<u32>,
}

impl Filter {
    /// All runs.
    pub fn new() -> Self {
        Self::default()
    }

    /// The run of this number.
    pub fn run(mut self, id: i64) -> Self {
        self.run = Some(id);
        self
    }

    /// Those in this state.
    pub fn state(mut self, state: RunState) -> Self {
        self.state = Some(state);
        self
    }

    /// Those of the handler of this id.
    pub fn handler(mut self, id: impl Into<String>) -> Self {
        self.handler = Some(id.into());
        self
    }

    /// Those of the event of this id.
    pub fn event(mut self, id: impl Into<String>) -> Self {
        self.event = Some(id.into());
        self
    }

    /// Those that are parked for this reason.
    pub fn reason(mut self, reason: Reason) -> Self {
        self.reason = Some(reason);
        self
    }

    /// At most so many.
    pub fn limit(mut self, runs: u32) -> Self {
        self.limit = Some(runs);
        self
    }
}

/// What a run is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RunState {
    /// It waits for its turn.
    Pending,
    /// A process works on it.
    Running,
    /// It is done, or was skipped.
    Done,
    /// Nobody works on it any more.
    Parked,
}

impl RunState {
    /// All of them, in the order of a run's life.
    pub const ALL: &[Self] = &[Self::Pending, Self::Running, Self::Done, Self::Parked];

    /// The word in the table's column `state`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Done => "done",
            Self::Parked => "parked",
        }
    }

    pub(crate) fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.as_str() == word)
    }
}

/// One handler's work on one event.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Run {
    /// Its number in the inbox.
    pub id: i64,
    /// The event.
    pub event_id: String,
    /// The name of the event.
    pub event_type: String,
    /// The handler's id; empty for a body that is not an event.
    pub handler: String,
    /// What it is doing.
    pub state: RunState,
    /// How many attempts have begun.
    pub attempts: u32,
    /// Why it is parked.
    pub reason: Option<Reason>,
    /// What the last attempt said, or whoever skipped it.
    pub error: Option<String>,
    /// When it is to begin next, in milliseconds since the Unix epoch.
    pub run_at: i64,
    /// When it ended, in milliseconds since the Unix epoch.
    pub finished_at: Option<i64>,
}

/// A run with its event and with what was done to it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RunDetails {
    /// The run.
    pub run: Run,
    /// The object, with its mode and account, whose events the handler takes in order; `None` when it keeps none.
    pub lane: Option<String>,
    /// The whole event; `None` when retention has removed it, and where it is not text.
    pub body: Option<Raw>,
    /// The operator's actions, the oldest first.
    pub audit: Vec<Audit>,
}

/// One action of an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Audit {
    /// When, in milliseconds since the Unix epoch.
    pub at: i64,
    /// Who, as they said.
    pub actor: String,
    /// `replay`, `skip`, `pause` or `resume`.
    pub action: String,
    /// Why, where a reason was asked for.
    pub note: Option<String>,
}

/// How an inbox is doing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// How long the longest waiting of the runs has waited that could begin; `None` when none could.
    pub oldest_ready: Option<Duration>,
    /// How many runs each handler has, by the handler's id.
    pub handlers: Vec<HandlerStats>,
}

/// How many runs a handler has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HandlerStats {
    /// Its id.
    pub handler: String,
    /// Whether its runs are kept from beginning.
    pub paused: bool,
    /// Those that wait.
    pub pending: u64,
    /// Those that are worked on.
    pub running: u64,
    /// Those that are done and still known.
    pub done: u64,
    /// Those that are parked.
    pub parked: u64,
}

impl Inbox {
    pub(super) fn new(thread: Arc<Thread>, store: Arc<dyn Store>, retention: Retention) -> Self {
        Self { thread, store, retention }
    }

    /// The runs that the filter finds, the newest first: a hundred unless it says how many.
    ///
    /// # Errors
    /// When the database fails, as for all that follow.
    pub async fn list(&self, filter: &Filter) -> Result<Vec<Run>, Error> {
        let filter = filter.clone();
        self.ask(async move |store| store.list(&filter).await).await
    }

    /// One run with its event; `None` when there is no such run.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn show(&self, run: i64) -> Result<Option<RunDetails>, Error> {
        self.ask(async move |store| store.show(run).await).await
    }

    /// Has the runs begin anew that the filter finds and that are parked, with all their attempts; says which. Those that are done begin anew only where
    /// the filter asks for [`RunState::Done`]: their work is then done twice.
    ///
    /// Many are changed in batches, each in a transaction with its audit rows, so that no number of runs holds up the work.
    ///
    /// # Errors
    /// When the database fails. The batches before that stay, and the error says how many runs were in them.
    pub async fn replay(&self, filter: &Filter, actor: &str) -> Result<Vec<i64>, Error> {
        self.act(Change::Replay, filter, actor).await
    }

    /// Ends the runs that the filter finds and that wait or are parked, as if they were done; says which. Many are changed in batches, as
    /// [`replay`](Self::replay) does.
    ///
    /// # Errors
    /// When the database fails. The batches before that stay, and the error says how many runs were in them.
    pub async fn skip(&self, filter: &Filter, actor: &str, reason: &str) -> Result<Vec<i64>, Error> {
        self.act(Change::Skip { reason: reason.to_owned() }, filter, actor).await
    }

    /// Keeps the runs of a handler from beginning, in all processes; events are stored meanwhile. Says whether that is new.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pause(&self, handler: &str, actor: &str) -> Result<bool, Error> {
        let (handler, actor) = (handler.to_owned(), actor.to_owned());
        self.ask(async move |store| store.pause(&handler, true, &actor).await).await
    }

    /// Lets the runs of a handler begin again. Says whether that is new.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn resume(&self, handler: &str, actor: &str) -> Result<bool, Error> {
        let (handler, actor) = (handler.to_owned(), actor.to_owned());
        self.ask(async move |store| store.pause(&handler, false, &actor).await).await
    }

    /// Counts all runs, which reads all of their rows.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn stats(&self) -> Result<Stats, Error> {
        self.ask(async move |store| store.stats().await).await
    }

    /// Removes what has been kept long enough, which an endpoint does every hour by itself; says how many bodies and events that were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn prune(&self) -> Result<u64, Error> {
        let retention = self.retention;
        self.ask(async move |store| prune(&*store, retention).await).await
    }

    /// Does it to one batch of runs after the other.
    async fn act(&self, change: Change, filter: &Filter, actor: &str) -> Result<Vec<i64>, Error> {
        let action = Arc::new(Action { change, filter: filter.clone(), actor: actor.to_owned() });
        let mut changed = Vec::new();
        let mut next = Some(i64::MAX);
        while let Some(below) = next {
            let left = filter.limit.map_or(BATCH, |limit| {
                i64::from(limit).saturating_sub(i64::try_from(changed.len()).unwrap_or(i64::MAX)).min(BATCH)
            });
            let action = Arc::clone(&action);
            let acted = self.answer(async move |store| store.act(&action, below, left).await).await;
            let acted = acted.map_err(|error| match changed.len() {
                0 => failed(&error),
                before => failed(&format!("{error}; runs that were changed before: {before}")),
            })?;
            changed.extend(acted.changed);
            next = acted.next;
        }
        changed.sort_unstable();
        Ok(changed)
    }

    async fn ask<T, F, A>(&self, question: A) -> Result<T, Error>
    where
        T: Send + 'static,
        A: FnOnce(Arc<dyn Store>) -> F,
        F: Future<Output = Result<T, sqlx::Error>> + Send + 'static,
    {
        self.answer(question).await.map_err(|error| failed(&error))
    }

    /// What the database says on the inbox's thread, which has the connections.
    async fn answer<T, F, A>(&self, question: A) -> Result<T, String>
    where
        T: Send + 'static,
        A: FnOnce(Arc<dyn Store>) -> F,
        F: Future<Output = Result<T, sqlx::Error>> + Send + 'static,
    {
        match self.thread.handle().spawn(question(Arc::clone(&self.store))).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(error.to_string()),
            Err(error) => Err(error.to_string()),
        }
    }
}

fn failed(error: &str) -> Error {
    Problem::Inbox(format!("the inbox did not answer: {error}")).into()
}

/// Removes what has been kept long enough.
pub(super) async fn prune(store: &dyn Store, retention: Retention) -> Result<u64, sqlx::Error> {
    let removed = in_small_batches(|batch| store.prune(retention, batch)).await?;
    in_small_batches(|batch| store.prune_audit(retention, batch)).await?;
    Ok(removed)
}

/// Removes small batches, with a rest after each, so that nobody waits long for one; says how many rows that were.
async fn in_small_batches<F>(mut remove: impl FnMut(u32) -> F) -> Result<u64, sqlx::Error>
where
    F: Future<Output = Result<u64, sqlx::Error>>,
{
    const BATCH: u32 = 100;
    const REST: Duration = Duration::from_millis(50);
    let mut removed = 0;
    loop {
        let batch = remove(BATCH).await?;
        if batch == 0 {
            return Ok(removed);
        }
        removed += batch;
        tokio::time::sleep(REST).await;
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").finish_non_exhaustive()
    }
}
