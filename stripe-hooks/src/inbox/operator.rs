//! The operator's queries and actions. Every action leaves a row in the audit table.

use std::{fmt, future::Future, sync::Arc, time::Duration};

use super::{
    action::{OperatorAction, RunChange},
    run::{Filter, Run, RunDetails, Stats},
    settings::Retention,
    store::{HandlerKey, MAX_CHANGED_RUNS, Store},
    thread::InboxThread,
};
use crate::error::{EndpointProblem, Error};

/// A handle for operators: it lists, replays and skips runs, and pauses handlers.
///
/// You get one from an endpoint ([`Endpoint::inbox`](crate::Endpoint::inbox)), or without an
/// endpoint from [`SqliteInbox::operator`](crate::SqliteInbox::operator) and
/// [`PostgresInbox::operator`](crate::PostgresInbox::operator).
///
/// ```no_run
/// use stripe_hooks::{SqliteInbox, inbox::{Filter, RunState}};
///
/// # async fn run() -> Result<(), stripe_hooks::Error> {
/// let inbox = SqliteInbox::open("stripe-events.db")?.operator();
/// for run in inbox.list(&Filter::new().state(RunState::Parked)).await? {
///     println!("{} {} {}: {:?}", run.id, run.event_id, run.handler, run.error);
/// }
/// // The bug is fixed: replay the runs that it parked.
/// inbox.replay(&Filter::new().handler("shop::fulfil"), "ada").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Inbox {
    thread: Arc<InboxThread>,
    store: Arc<dyn Store>,
    retention: Retention,
}

impl Inbox {
    pub(super) fn new(thread: Arc<InboxThread>, store: Arc<dyn Store>, retention: Retention) -> Self {
        Self { thread, store, retention }
    }

    /// Returns the runs that match the filter, the newest first: at most 100, unless the filter has
    /// a [limit](Filter::limit).
    ///
    /// # Errors
    /// When the database fails, as for all methods below.
    pub async fn list(&self, filter: &Filter) -> Result<Vec<Run>, Error> {
        let filter = filter.clone();
        self.run_query(async move |store| store.list_runs(&filter).await).await
    }

    /// Returns one run with its event, or `None` when there is no such run.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn show(&self, run: i64) -> Result<Option<RunDetails>, Error> {
        self.run_query(async move |store| store.show_run(run).await).await
    }

    /// Replays the parked runs that match the filter, with a fresh set of attempts, and returns
    /// their ids. A filter for [`RunState::Done`](super::RunState::Done) replays runs that are
    /// done, whose work then happens twice.
    ///
    /// The runs change in batches, each in one transaction with its audit rows, so that a large
    /// number of them does not block the workers.
    ///
    /// # Errors
    /// When the database fails. Earlier batches stay changed, and the error counts their runs.
    pub async fn replay(&self, filter: &Filter, actor: &str) -> Result<Vec<i64>, Error> {
        self.apply_change(RunChange::Replay, filter, actor).await
    }

    /// Skips the pending and parked runs that match the filter, as if they were done, and returns
    /// their ids. They change in batches, as for [`replay`](Self::replay).
    ///
    /// # Errors
    /// When the database fails. Earlier batches stay changed, and the error counts their runs.
    pub async fn skip(&self, filter: &Filter, actor: &str, reason: &str) -> Result<Vec<i64>, Error> {
        self.apply_change(RunChange::Skip { reason: reason.to_owned() }, filter, actor).await
    }

    /// Returns the names of the endpoints that have ever had a handler of this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn endpoints_of(&self, handler: &str) -> Result<Vec<String>, Error> {
        let handler = handler.to_owned();
        self.run_query(async move |store| store.endpoints_of(&handler).await).await
    }

    /// Pauses a handler of an endpoint in all processes: none of its runs begins, and its events are
    /// still stored. Returns whether the handler was not paused before. The endpoint without a name
    /// is `default`.
    ///
    /// # Errors
    /// - When the database fails.
    /// - When only other endpoints have ever had this handler.
    pub async fn pause(&self, endpoint: &str, handler: &str, actor: &str) -> Result<bool, Error> {
        self.set_paused(endpoint, handler, true, actor).await
    }

    /// Resumes a paused handler of an endpoint. Returns whether it was paused.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn resume(&self, endpoint: &str, handler: &str, actor: &str) -> Result<bool, Error> {
        self.set_paused(endpoint, handler, false, actor).await
    }

    async fn set_paused(
        &self,
        endpoint: &str,
        handler: &str,
        paused: bool,
        actor: &str,
    ) -> Result<bool, Error> {
        let endpoints = self.endpoints_of(handler).await?;
        // A pause with a mistyped endpoint must be possible to undo.
        if paused && !endpoints.is_empty() && !endpoints.iter().any(|known| known == endpoint) {
            return Err(EndpointProblem::Inbox(format!(
                "the endpoint `{endpoint}` has no handler `{handler}`; it belongs to `{}`",
                endpoints.join("`, `")
            ))
            .into());
        }
        let [endpoint, handler, actor] = [endpoint, handler, actor].map(str::to_owned);
        self.run_query(async move |store| {
            let key = HandlerKey { endpoint: &endpoint, handler: &handler };
            store.set_paused(key, paused, &actor).await
        })
        .await
    }

    /// Counts all runs. The query reads every row.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn stats(&self) -> Result<Stats, Error> {
        self.run_query(async move |store| store.run_stats().await).await
    }

    /// Removes bodies and events that retention no longer keeps, and returns their number. Audit
    /// rows of removed runs, and processes that are gone, are removed too and not counted. A
    /// process that works on runs does all this every hour.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn prune(&self) -> Result<u64, Error> {
        let retention = self.retention;
        self.run_query(async move |store| prune_all(&*store, retention).await).await
    }

    /// Applies the change to one batch of runs after the other.
    async fn apply_change(&self, change: RunChange, filter: &Filter, actor: &str) -> Result<Vec<i64>, Error> {
        let action = Arc::new(OperatorAction { change, filter: filter.clone(), actor: actor.to_owned() });
        let mut changed = Vec::new();
        let mut next = Some(i64::MAX);
        while let Some(below) = next {
            let left = filter.limit.map_or(MAX_CHANGED_RUNS, |limit| {
                i64::from(limit)
                    .saturating_sub(i64::try_from(changed.len()).unwrap_or(i64::MAX))
                    .min(MAX_CHANGED_RUNS)
            });
            let action = Arc::clone(&action);
            let batch =
                self.await_query(async move |store| store.apply_action(&action, below, left).await).await;
            let batch = batch.map_err(|error| match changed.len() {
                0 => inbox_error(&error),
                before => inbox_error(&format!("{error}; runs that were changed before: {before}")),
            })?;
            changed.extend(batch.changed_runs);
            next = batch.next_below;
        }
        changed.sort_unstable();
        Ok(changed)
    }

    async fn run_query<T, F, A>(&self, query: A) -> Result<T, Error>
    where
        T: Send + 'static,
        A: FnOnce(Arc<dyn Store>) -> F,
        F: Future<Output = Result<T, sqlx::Error>> + Send + 'static,
    {
        self.await_query(query).await.map_err(|error| inbox_error(&error))
    }

    /// Runs the query on the inbox's thread, which owns the connections.
    async fn await_query<T, F, A>(&self, query: A) -> Result<T, String>
    where
        T: Send + 'static,
        A: FnOnce(Arc<dyn Store>) -> F,
        F: Future<Output = Result<T, sqlx::Error>> + Send + 'static,
    {
        match self.thread.runtime_handle().spawn(query(Arc::clone(&self.store))).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(error.to_string()),
            Err(error) => Err(error.to_string()),
        }
    }
}

fn inbox_error(error: &str) -> Error {
    EndpointProblem::Inbox(format!("the inbox did not answer: {error}")).into()
}

/// Removes all bodies, events and audit rows that retention no longer keeps.
pub(super) async fn prune_all(store: &dyn Store, retention: Retention) -> Result<u64, sqlx::Error> {
    let removed = prune_in_batches(|batch| store.prune_events(retention, batch)).await?;
    prune_in_batches(|batch| store.prune_audit(retention, batch)).await?;
    store.prune_processes().await?;
    Ok(removed)
}

/// Removes rows in small batches with a pause after each, so that no other query waits long for
/// one. Returns the number of rows.
async fn prune_in_batches<F>(mut remove: impl FnMut(u32) -> F) -> Result<u64, sqlx::Error>
where
    F: Future<Output = Result<u64, sqlx::Error>>,
{
    const PRUNE_BATCH: u32 = 100;
    const PRUNE_PAUSE: Duration = Duration::from_millis(50);
    let mut removed = 0;
    loop {
        let batch = remove(PRUNE_BATCH).await?;
        if batch == 0 {
            return Ok(removed);
        }
        removed += batch;
        tokio::time::sleep(PRUNE_PAUSE).await;
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").finish_non_exhaustive()
    }
}
