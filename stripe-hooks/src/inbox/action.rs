//! An operator's action on runs, as the SQL of both engines has it: the runs that it selects, and
//! the columns that it sets.

use sqlx::{Database, Encode, QueryBuilder, Type};

use super::{
    event_key::{is_all_zero, prefix_of_keys},
    run::{Filter, RunResult, RunState},
};

/// An operator's action on all runs that match the filter.
#[derive(Debug)]
pub(crate) struct OperatorAction {
    pub(super) change: RunChange,
    pub(super) filter: Filter,
    pub(super) actor: String,
}

/// The change that an action makes to a run.
#[derive(Debug)]
pub(super) enum RunChange {
    /// The run is pending again, with a fresh set of attempts.
    Replay,
    /// The run counts as done.
    Skip { reason: String },
}

impl OperatorAction {
    /// The action's name in the audit table.
    pub(super) fn audit_name(&self) -> &'static str {
        match self.change {
            RunChange::Replay => "replay",
            RunChange::Skip { .. } => "skip",
        }
    }

    /// The note in its audit rows, which also replaces the last error of the runs.
    pub(super) fn audit_note(&self) -> Option<&str> {
        match &self.change {
            RunChange::Replay => None,
            RunChange::Skip { reason } => Some(reason),
        }
    }

    /// The SQL condition for runs that the action may change.
    pub(super) fn sql_condition(&self) -> &'static str {
        match (&self.change, self.filter.state) {
            // A run without a handler is a body that is not an event. No attempt would change that.
            (RunChange::Replay, Some(RunState::Done)) => "state = 'done' AND handler <> ''",
            (RunChange::Replay, _) => "state = 'parked' AND handler <> ''",
            (RunChange::Skip { .. }, _) => "state IN ('pending', 'parked')",
        }
    }

    /// The SQL assignments for a run, apart from the note. `now` is SQL for the current time.
    pub(super) fn sql_assignments(&self, now: impl std::fmt::Display) -> String {
        match self.change {
            RunChange::Replay => {
                format!(
                    "state = 'pending', attempts = 0, run_at = {now}, result = NULL, reason = NULL, finished_at = NULL"
                )
            }
            RunChange::Skip { .. } => {
                let result = RunResult::Skipped.as_str();
                format!("state = 'done', result = '{result}', reason = NULL, finished_at = {now}")
            }
        }
    }

    /// The query for the ids of the next runs that the action may change, the newest first.
    pub(super) fn candidates_query<DB: Database>(
        &self,
        runs: &str,
        events: &str,
        below: i64,
        limit: i64,
    ) -> QueryBuilder<DB>
    where
        DB::Arguments: Default,
        for<'t> i64: Encode<'t, DB> + Type<DB>,
        for<'t> String: Encode<'t, DB> + Type<DB>,
    {
        let mut query =
            QueryBuilder::new(format!("SELECT run.id FROM {runs} AS run WHERE {}", self.sql_condition()));
        query.push(" AND run.id < ").push_bind(below);
        push_filter(&mut query, events, &self.filter);
        query.push(" LIMIT ").push_bind(limit);
        query
    }
}

/// One batch of an action.
#[derive(Debug)]
pub(crate) struct ActionBatch {
    pub(super) changed_runs: Vec<i64>,
    /// The next batch takes ids below this one; `None` after the last batch. No batch selects a
    /// changed run again, nor a run that arrived in the meantime.
    pub(super) next_below: Option<i64>,
}

impl ActionBatch {
    /// The result of a batch that selected these candidates, at most `limit`, and changed some of
    /// them.
    pub(super) fn new(candidates: &[i64], limit: i64, changed: Vec<i64>) -> Self {
        let is_last = i64::try_from(candidates.len()).is_ok_and(|count| count < limit);
        Self { changed_runs: changed, next_below: candidates.last().copied().filter(|_| !is_last) }
    }
}

/// Adds the filter's conditions and its order to a query on `run`. `events` is the table of events.
pub(super) fn push_filter<DB: Database>(query: &mut QueryBuilder<DB>, events: &str, filter: &Filter)
where
    for<'t> i64: Encode<'t, DB> + Type<DB>,
    for<'t> String: Encode<'t, DB> + Type<DB>,
{
    if let Some(id) = filter.run {
        query.push(" AND run.id = ").push_bind(id);
    }
    if let Some(state) = filter.state {
        // A literal, so that the planner can use the partial index of parked runs. Queries for
        // other states read runs from the newest on.
        query.push(format_args!(" AND state = '{}'", state.as_str()));
    }
    if let Some(endpoint) = &filter.endpoint {
        query.push(" AND run.endpoint = ").push_bind(endpoint.clone());
    }
    if let Some(handler) = &filter.handler {
        query.push(" AND handler = ").push_bind(handler.clone());
    }
    if let Some(event) = &filter.event {
        query.push(format_args!(" AND run.event IN (SELECT key FROM {events} WHERE "));
        if is_all_zero(event) {
            let prefix = prefix_of_keys(event);
            query.push(format_args!("substr(id, 1, {}) = ", prefix.chars().count())).push_bind(prefix);
        } else {
            query.push("id = ").push_bind(event.clone());
        }
        query.push(")");
    }
    if let Some(reason) = filter.reason {
        query.push(" AND reason = ").push_bind(reason.as_str().to_owned());
    }
    query.push(" ORDER BY run.id DESC");
}
