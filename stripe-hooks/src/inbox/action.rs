//! What an operator does to runs, as either engine asks for it: to which, and what becomes of them.

use sqlx::{Database, Encode, QueryBuilder, Type};

use super::operator::{Filter, RunState};

/// An operator's action on all runs that the filter finds.
#[derive(Debug)]
pub(crate) struct Action {
    pub(super) change: Change,
    pub(super) filter: Filter,
    pub(super) actor: String,
}

/// What becomes of a run.
#[derive(Debug)]
pub(super) enum Change {
    /// It begins anew.
    Replay,
    /// It counts as done.
    Skip { reason: String },
}

impl Action {
    /// As the audit table names it.
    pub(super) fn name(&self) -> &'static str {
        match self.change {
            Change::Replay => "replay",
            Change::Skip { .. } => "skip",
        }
    }

    /// What its audit rows say besides, and the runs instead of their last error.
    pub(super) fn note(&self) -> Option<&str> {
        match &self.change {
            Change::Replay => None,
            Change::Skip { reason } => Some(reason),
        }
    }

    /// What a run is that it may be done to.
    pub(super) fn expected(&self) -> &'static str {
        match (&self.change, self.filter.state) {
            // What has no handler is no event, and no attempt would change that.
            (Change::Replay, Some(RunState::Done)) => "state = 'done' AND handler <> ''",
            (Change::Replay, _) => "state = 'parked' AND handler <> ''",
            (Change::Skip { .. }, _) => "state IN ('pending', 'parked')",
        }
    }

    /// What is written to a run, beside the note, at this time.
    pub(super) fn set(&self, now: impl std::fmt::Display) -> String {
        match self.change {
            Change::Replay => {
                format!("state = 'pending', attempts = 0, run_at = {now}, reason = NULL, finished_at = NULL")
            }
            // What was skipped was not ended by an attempt, so that older events of its object are not stale for it.
            Change::Skip { .. } => {
                format!("state = 'done', reason = NULL, started_at = NULL, finished_at = {now}")
            }
        }
    }

    /// The question for the numbers of the next runs that it may be done to, the newest first.
    pub(super) fn candidates<DB: Database>(&self, table: &str, below: i64, limit: i64) -> QueryBuilder<DB>
    where
        DB::Arguments: Default,
        for<'t> i64: Encode<'t, DB> + Type<DB>,
        for<'t> String: Encode<'t, DB> + Type<DB>,
    {
        let mut query =
            QueryBuilder::new(format!("SELECT run.id FROM {table} AS run WHERE {}", self.expected()));
        query.push(" AND run.id < ").push_bind(below);
        push_filter(&mut query, &self.filter);
        query.push(" LIMIT ").push_bind(limit);
        query
    }
}

/// One batch of an action.
#[derive(Debug)]
pub(crate) struct Acted {
    pub(super) changed: Vec<i64>,
    /// The number below which the next batch looks, unless this was the last. What was changed, and what comes meanwhile, is so never
    /// found again.
    pub(super) next: Option<i64>,
}

impl Acted {
    /// Of as many candidates as there were, up to the limit, some were changed.
    pub(super) fn new(candidates: &[i64], limit: i64, changed: Vec<i64>) -> Self {
        let is_last = i64::try_from(candidates.len()).is_ok_and(|count| count < limit);
        Self { changed, next: candidates.last().copied().filter(|_| !is_last) }
    }
}

/// Adds what the filter asks for to a question about `run`.
pub(super) fn push_filter<DB: Database>(query: &mut QueryBuilder<DB>, filter: &Filter)
where
    for<'t> i64: Encode<'t, DB> + Type<DB>,
    for<'t> String: Encode<'t, DB> + Type<DB>,
{
    if let Some(id) = filter.run {
        query.push(" AND run.id = ").push_bind(id);
    }
    if let Some(state) = filter.state {
        // Literal, so that the index of what is parked serves; by another state, runs are read from the newest on.
        query.push(format_args!(" AND state = '{}'", state.as_str()));
    }
    if let Some(handler) = &filter.handler {
        query.push(" AND handler = ").push_bind(handler.clone());
    }
    if let Some(event) = &filter.event {
        query.push(" AND event_id = ").push_bind(event.clone());
    }
    if let Some(reason) = filter.reason {
        query.push(" AND reason = ").push_bind(reason.as_str().to_owned());
    }
    query.push(" ORDER BY run.id DESC");
}
