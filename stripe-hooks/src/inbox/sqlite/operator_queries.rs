//! The operator's queries and actions in SQLite, and retention.

use serde_json::json;
use sqlx::{AssertSqlSafe, QueryBuilder, Row, SqliteConnection, sqlite::SqliteRow};

use super::{
    command::run_transaction,
    connections::{SqliteStore, begin_immediate},
    values::{duration_between, json_list, now_milliseconds, time_before},
};
use crate::inbox::{
    action::{ActionBatch, OperatorAction, push_filter},
    process::{MISSING_AFTER, Process, VERSION},
    rows::{self, QueryResult, read_run},
    run::{Filter, Run, RunDetails, Stats},
    settings::Retention,
    store::HandlerKey,
};
#[cfg(feature = "metrics")]
use crate::inbox::{rows::read_backlog, store::BacklogCounts};

const SELECT_RUN: &str = "SELECT run.id, run.endpoint, event.id AS event_id, type, handler, state, attempts, result, reason, error, run_at, \
       finished_at \
     FROM stripe_hooks_runs AS run JOIN stripe_hooks_events AS event ON event.key = run.event WHERE true";

impl SqliteStore {
    pub(super) async fn list_runs(&self, filter: &Filter) -> QueryResult<Vec<Run>> {
        let mut query = QueryBuilder::new(SELECT_RUN);
        push_filter(&mut query, "stripe_hooks_events", filter);
        query.push(" LIMIT ").push_bind(filter.limit.unwrap_or(100));
        query.build().fetch_all(&self.read_pool).await?.iter().map(read_run).collect()
    }

    pub(super) async fn show_run(&self, id: i64) -> QueryResult<Option<RunDetails>> {
        let Some(run) = self.list_runs(&Filter::new().run(id)).await?.pop() else { return Ok(None) };
        let more: Option<(Option<String>, Option<Vec<u8>>)> = sqlx::query_as(
            "SELECT lane, body FROM stripe_hooks_runs AS run \
             JOIN stripe_hooks_events AS event ON event.key = run.event WHERE run.id = ?",
        )
        .bind(id)
        .fetch_optional(&self.read_pool)
        .await?;
        let audit =
            sqlx::query("SELECT at, actor, action, note FROM stripe_hooks_audit WHERE run = ? ORDER BY id")
                .bind(id)
                .fetch_all(&self.read_pool)
                .await?;
        rows::run_details(run, more.unwrap_or_default(), &audit).map(Some)
    }

    /// Applies one batch of an action, with its audit rows, in one transaction.
    pub(super) async fn apply_action(
        &self,
        action: &OperatorAction,
        below: i64,
        limit: i64,
    ) -> QueryResult<ActionBatch> {
        let mut transaction = begin_immediate(&self.write_pool).await?;
        let candidates: Vec<i64> = action
            .candidates_query("stripe_hooks_runs", "stripe_hooks_events", below, limit)
            .build_query_scalar()
            .fetch_all(&mut *transaction)
            .await?;
        // The transaction has the write lock, so that all candidates are still as they were found.
        let found = json!(candidates).to_string();
        sqlx::query(AssertSqlSafe(format!(
            "UPDATE stripe_hooks_runs SET {}, error = ? WHERE id IN (SELECT value FROM json_each(?))",
            action.sql_assignments(now_milliseconds())
        )))
        .bind(action.audit_note())
        .bind(&found)
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "INSERT INTO stripe_hooks_audit (at, actor, action, run, endpoint, handler, note) \
             SELECT ?1, ?2, ?3, run.id, endpoint, handler, ?4 \
             FROM json_each(?5) AS changed JOIN stripe_hooks_runs AS run ON run.id = changed.value ORDER BY run.id",
        )
        .bind(now_milliseconds())
        .bind(&action.actor)
        .bind(action.audit_name())
        .bind(action.audit_note())
        .bind(found)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(ActionBatch::new(&candidates, limit, candidates.clone()))
    }

    pub(super) async fn set_paused(
        &self,
        key: HandlerKey<'_>,
        paused: bool,
        actor: &str,
    ) -> QueryResult<bool> {
        let mut transaction = begin_immediate(&self.write_pool).await?;
        let changed = match paused {
            true => sqlx::query(
                "INSERT INTO stripe_hooks_pauses (endpoint, handler) VALUES (?, ?) ON CONFLICT DO NOTHING",
            ),
            false => sqlx::query("DELETE FROM stripe_hooks_pauses WHERE endpoint = ? AND handler = ?"),
        };
        let changed = changed.bind(key.endpoint).bind(key.handler).execute(&mut *transaction).await?;
        let changed = changed.rows_affected() > 0;
        sqlx::query(
            "INSERT INTO stripe_hooks_audit (at, actor, action, endpoint, handler) VALUES (?, ?, ?, ?, ?)",
        )
        .bind(now_milliseconds())
        .bind(actor)
        .bind(if paused { "pause" } else { "resume" })
        .bind(key.endpoint)
        .bind(key.handler)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(changed)
    }

    pub(super) async fn run_stats(&self) -> QueryResult<Stats> {
        let rows = sqlx::query(
            "SELECT endpoint, handler, state, count(*) AS runs FROM stripe_hooks_runs GROUP BY endpoint, handler, state",
        )
        .fetch_all(&self.read_pool)
        .await?;
        let paused = sqlx::query_as("SELECT endpoint, handler FROM stripe_hooks_pauses")
            .fetch_all(&self.read_pool)
            .await?;
        let known = sqlx::query_as("SELECT endpoint, handler FROM stripe_hooks_handlers")
            .fetch_all(&self.read_pool)
            .await?;
        let now = now_milliseconds();
        let oldest: Option<i64> = sqlx::query_scalar(
            "SELECT min(run_at) FROM stripe_hooks_runs WHERE state = 'pending' AND blocked = 0 AND run_at <= ? \
             AND (endpoint, handler) NOT IN (SELECT endpoint, handler FROM stripe_hooks_pauses)",
        )
        .bind(now)
        .fetch_one(&self.read_pool)
        .await?;
        rows::read_stats(&rows, known, paused, oldest.map(|since| duration_between(since, now)))
    }

    #[cfg(feature = "metrics")]
    pub(super) async fn count_backlog(&self, endpoint: &str) -> QueryResult<BacklogCounts> {
        let now = now_milliseconds();
        // The states are literals, so that each count uses the index of its state.
        let row = sqlx::query(
            "SELECT (SELECT count(*) FROM stripe_hooks_runs WHERE endpoint = ?1 AND state = 'pending') AS pending, \
             (SELECT count(*) FROM stripe_hooks_runs WHERE endpoint = ?1 AND state = 'running') AS running, \
             (SELECT count(*) FROM stripe_hooks_runs WHERE endpoint = ?1 AND state = 'parked') AS parked, \
             (SELECT run_at FROM stripe_hooks_runs WHERE endpoint = ?1 AND state = 'pending' AND blocked = 0 AND run_at <= ?2 \
               AND handler NOT IN (SELECT handler FROM stripe_hooks_pauses WHERE endpoint = ?1) ORDER BY run_at LIMIT 1) AS oldest",
        )
        .bind(endpoint)
        .bind(now)
        .fetch_one(&self.read_pool)
        .await?;
        let oldest: Option<i64> = row.try_get("oldest")?;
        read_backlog(&row, oldest.map(|since| duration_between(since, now)))
    }

    /// Removes bodies first, and then whole events, which have no body by then. An event with a
    /// parked run stays.
    pub(super) async fn prune_events(&self, retention: Retention, batch: u32) -> QueryResult<u64> {
        let mut transaction = begin_immediate(&self.write_pool).await?;
        let bodies = sqlx::query(
            "UPDATE stripe_hooks_events SET body = NULL WHERE key IN ( \
               SELECT key FROM stripe_hooks_events AS event WHERE body IS NOT NULL AND received_at < ?1 \
               AND NOT EXISTS (SELECT 1 FROM stripe_hooks_runs AS run WHERE run.event = event.key AND run.state <> 'done') LIMIT ?2) \
             RETURNING key",
        )
        .bind(time_before(retention.bodies.min(retention.ids)))
        .bind(batch)
        .fetch_all(&mut *transaction)
        .await?;
        let replies = "UPDATE stripe_hooks_runs SET reply = NULL \
             WHERE reply IS NOT NULL AND event IN (SELECT value FROM json_each(?))";
        sqlx::query(replies).bind(event_keys_json(&bodies)?).execute(&mut *transaction).await?;
        let bodies = u64::try_from(bodies.len()).unwrap_or(u64::MAX);
        let events = remove_events(&mut transaction, time_before(retention.ids), batch).await?;
        transaction.commit().await?;
        Ok(bodies + events)
    }

    /// Writes the row of the process, and the rows of its handlers.
    pub(super) async fn check_in(
        &self,
        process: &Process,
        endpoint: &str,
        handlers: &[&str],
        works: bool,
    ) -> QueryResult<()> {
        let check_in = sqlx::query(
            "BEGIN IMMEDIATE; \
             INSERT INTO stripe_hooks_processes (id, host, pid, program, version, started_at, seen_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (id) DO UPDATE SET seen_at = $6; \
             INSERT INTO stripe_hooks_process_handlers (process, endpoint, handler) \
               SELECT $1, $7, value FROM json_each($8) WHERE $9 ON CONFLICT DO NOTHING; \
             INSERT INTO stripe_hooks_handlers (endpoint, handler, first_seen) \
               SELECT $7, value, $6 FROM json_each($8) WHERE true ON CONFLICT DO NOTHING; \
             COMMIT",
        )
        .bind(process.id)
        .bind(&process.host)
        .bind(process.pid)
        .bind(&process.program)
        .bind(VERSION)
        .bind(now_milliseconds())
        .bind(endpoint.to_owned())
        .bind(json_list(handlers))
        .bind(works);
        run_transaction(self.write_pool.acquire().await?, check_in).await.map(drop)
    }

    /// Removes the rows of the process's handlers, and its own row with its last endpoint.
    pub(super) async fn check_out(&self, process: i64, endpoint: &str, is_last: bool) -> QueryResult<()> {
        let check_out = sqlx::query(
            "BEGIN IMMEDIATE; \
             DELETE FROM stripe_hooks_process_handlers WHERE process = $1 AND endpoint = $2; \
             DELETE FROM stripe_hooks_processes WHERE id = $1 AND $3 \
               AND NOT EXISTS (SELECT 1 FROM stripe_hooks_process_handlers WHERE process = $1); \
             COMMIT",
        )
        .bind(process)
        .bind(endpoint.to_owned())
        .bind(is_last);
        run_transaction(self.write_pool.acquire().await?, check_out).await.map(drop)
    }

    pub(super) async fn endpoints_of(&self, handler: &str) -> QueryResult<Vec<String>> {
        sqlx::query_scalar("SELECT endpoint FROM stripe_hooks_handlers WHERE handler = ? ORDER BY endpoint")
            .bind(handler)
            .fetch_all(&self.read_pool)
            .await
    }

    pub(super) async fn prune_processes(&self) -> QueryResult<u64> {
        let mut transaction = begin_immediate(&self.write_pool).await?;
        let removed = sqlx::query("DELETE FROM stripe_hooks_processes WHERE seen_at < ?")
            .bind(time_before(MISSING_AFTER))
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "DELETE FROM stripe_hooks_process_handlers WHERE process NOT IN (SELECT id FROM stripe_hooks_processes)",
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(removed.rows_affected())
    }

    /// Removes the audit rows of runs that are gone.
    pub(super) async fn prune_audit(&self, retention: Retention, batch: u32) -> QueryResult<u64> {
        let removed = sqlx::query(
            "DELETE FROM stripe_hooks_audit WHERE id IN (SELECT id FROM stripe_hooks_audit WHERE at < ? AND run IS NOT NULL \
             AND run NOT IN (SELECT id FROM stripe_hooks_runs) LIMIT ?)",
        )
        .bind(time_before(retention.ids))
        .bind(batch)
        .execute(&self.write_pool)
        .await?;
        Ok(removed.rows_affected())
    }
}

/// Removes events and their runs, which are all done.
async fn remove_events(connection: &mut SqliteConnection, before: i64, batch: u32) -> QueryResult<u64> {
    let removed = sqlx::query(
        "DELETE FROM stripe_hooks_events WHERE key IN ( \
           SELECT key FROM stripe_hooks_events AS event WHERE body IS NULL AND received_at < ?1 \
           AND NOT EXISTS (SELECT 1 FROM stripe_hooks_runs AS run WHERE run.event = event.key AND run.state <> 'done') LIMIT ?2) \
         RETURNING key",
    )
    .bind(before)
    .bind(batch)
    .fetch_all(&mut *connection)
    .await?;
    sqlx::query("DELETE FROM stripe_hooks_runs WHERE event IN (SELECT value FROM json_each(?))")
        .bind(event_keys_json(&removed)?)
        .execute(connection)
        .await?;
    Ok(u64::try_from(removed.len()).unwrap_or(u64::MAX))
}

/// The keys of events, as one JSON list.
fn event_keys_json(events: &[SqliteRow]) -> QueryResult<String> {
    let keys: Vec<i64> = events.iter().map(|row| row.try_get("key")).collect::<QueryResult<_>>()?;
    Ok(json!(keys).to_string())
}
