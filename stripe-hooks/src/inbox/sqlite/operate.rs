//! The operator's questions and actions in SQLite's words, and retention.

use std::{collections::BTreeMap, time::Duration};

use serde_json::json;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection, sqlite::SqliteRow};

use super::store::{SqliteStore, begin, milliseconds, now, read_state};
#[cfg(feature = "metrics")]
use crate::inbox::store::Backlog;
use crate::{
    fields::Raw,
    inbox::{
        operator::{Audit, Filter, HandlerStats, Run, RunDetails, RunState, Stats},
        settings::Retention,
        store::Reason,
    },
};

type Found<T> = Result<T, sqlx::Error>;

const RUN: &str = "SELECT run.id, event_id, coalesce(type, '') AS type, handler, state, attempts, reason, last_error, run_at, finished_at \
     FROM stripe_hooks_runs AS run LEFT JOIN stripe_hooks_events AS event ON event.endpoint = run.endpoint AND event.id = run.event_id \
     WHERE true";

/// Adds what the filter asks for to a question about `run`.
fn push_filter(query: &mut QueryBuilder<Sqlite>, filter: &Filter) {
    if let Some(id) = filter.run {
        query.push(" AND run.id = ").push_bind(id);
    }
    if let Some(state) = filter.state {
        // Literal, so that the index of what is parked serves; by another state, runs are read from the newest on.
        query.push(format_args!(" AND state = '{}'", state.as_str()));
    }
    if let Some(handler) = &filter.handler {
        query.push(" AND handler = ").push_bind(handler);
    }
    if let Some(event) = &filter.event {
        query.push(" AND event_id = ").push_bind(event);
    }
    if let Some(reason) = filter.reason {
        query.push(" AND reason = ").push_bind(reason.as_str());
    }
    query.push(" ORDER BY run.id DESC");
}

impl SqliteStore {
    pub(super) async fn list(&self, filter: &Filter) -> Found<Vec<Run>> {
        let mut query = QueryBuilder::new(RUN);
        push_filter(&mut query, filter);
        query.push(" LIMIT ").push_bind(filter.limit.unwrap_or(100));
        query.build().fetch_all(&self.read).await?.iter().map(read_run).collect()
    }

    pub(super) async fn show(&self, id: i64) -> Found<Option<RunDetails>> {
        let Some(run) = self.list(&Filter::new().run(id)).await?.pop() else { return Ok(None) };
        let more: Option<(Option<String>, Option<Vec<u8>>)> = sqlx::query_as(
            "SELECT lane, body FROM stripe_hooks_runs AS run \
             LEFT JOIN stripe_hooks_events AS event ON event.endpoint = run.endpoint AND event.id = run.event_id WHERE run.id = ?",
        )
        .bind(id)
        .fetch_optional(&self.read)
        .await?;
        let (lane, body) = more.unwrap_or_default();
        let audit =
            sqlx::query("SELECT at, actor, action, note FROM stripe_hooks_audit WHERE run = ? ORDER BY id")
                .bind(id)
                .fetch_all(&self.read)
                .await?;
        let body = body.and_then(|body| String::from_utf8(body).ok());
        Ok(Some(RunDetails {
            run,
            lane,
            body: body.map(|body| Raw::from_json(body.into())),
            audit: audit.iter().map(read_audit).collect::<Found<_>>()?,
        }))
    }

    pub(super) async fn replay(&self, filter: &Filter, actor: &str) -> Found<Vec<i64>> {
        let states = match filter.state {
            None | Some(RunState::Parked) => "('parked')",
            Some(RunState::Done) => "('done')",
            Some(RunState::Pending | RunState::Running) => return Ok(Vec::new()),
        };
        let set = format!(
            "state = 'pending', attempts = 0, run_at = {}, reason = NULL, last_error = NULL, finished_at = NULL",
            now()
        );
        // What has no handler is no event, and no attempt would change that.
        let mut query = change(&set, &format!("state IN {states} AND handler <> ''"), filter);
        self.act(&mut query, actor, "replay", None).await
    }

    pub(super) async fn skip(&self, filter: &Filter, actor: &str, reason: &str) -> Found<Vec<i64>> {
        // What was skipped was not ended by an attempt, so that older events of its object are not stale for it.
        let set = format!("state = 'done', reason = NULL, started_at = NULL, finished_at = {}", now());
        let mut query = change(&set, "state IN ('pending', 'parked')", filter);
        self.act(&mut query, actor, "skip", Some(reason)).await
    }

    /// Changes runs and writes down who did it, in one transaction.
    async fn act(
        &self,
        query: &mut QueryBuilder<Sqlite>,
        actor: &str,
        action: &str,
        note: Option<&str>,
    ) -> Found<Vec<i64>> {
        let mut transaction = begin(&self.write).await?;
        let changed: Vec<i64> = query.build_query_scalar().fetch_all(&mut *transaction).await?;
        if let Some(note) = note {
            sqlx::query(
                "UPDATE stripe_hooks_runs SET last_error = ? WHERE id IN (SELECT value FROM json_each(?))",
            )
            .bind(note)
            .bind(json!(changed).to_string())
            .execute(&mut *transaction)
            .await?;
        }
        sqlx::query(
            "INSERT INTO stripe_hooks_audit (at, actor, action, run, handler, note) \
             SELECT ?1, ?2, ?3, run.id, handler, ?4 \
             FROM json_each(?5) AS changed JOIN stripe_hooks_runs AS run ON run.id = changed.value",
        )
        .bind(now())
        .bind(actor)
        .bind(action)
        .bind(note)
        .bind(json!(changed).to_string())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(changed)
    }

    pub(super) async fn pause(&self, handler: &str, paused: bool, actor: &str) -> Found<bool> {
        let mut transaction = begin(&self.write).await?;
        let changed = match paused {
            true => sqlx::query("INSERT INTO stripe_hooks_pauses VALUES (?) ON CONFLICT DO NOTHING"),
            false => sqlx::query("DELETE FROM stripe_hooks_pauses WHERE handler = ?"),
        };
        let changed = changed.bind(handler).execute(&mut *transaction).await?.rows_affected() > 0;
        sqlx::query("INSERT INTO stripe_hooks_audit (at, actor, action, handler) VALUES (?, ?, ?, ?)")
            .bind(now())
            .bind(actor)
            .bind(if paused { "pause" } else { "resume" })
            .bind(handler)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(changed)
    }

    pub(super) async fn stats(&self) -> Found<Stats> {
        let mut handlers: BTreeMap<String, HandlerStats> = BTreeMap::new();
        let mut of = |handler: String, change: &dyn Fn(&mut HandlerStats)| {
            let stats = handlers
                .entry(handler.clone())
                .or_insert_with(|| HandlerStats { handler, ..HandlerStats::default() });
            change(stats);
        };
        let rows = sqlx::query(
            "SELECT handler, state, count(*) AS runs FROM stripe_hooks_runs GROUP BY handler, state",
        )
        .fetch_all(&self.read)
        .await?;
        for row in &rows {
            let runs = u64::try_from(row.try_get::<i64, _>("runs")?).unwrap_or_default();
            let state = RunState::of(row.try_get("state")?);
            of(row.try_get("handler")?, &|stats| match state {
                Some(RunState::Pending) => stats.pending = runs,
                Some(RunState::Running) => stats.running = runs,
                Some(RunState::Done) => stats.done = runs,
                Some(RunState::Parked) => stats.parked = runs,
                None => {}
            });
        }
        for handler in
            sqlx::query_scalar("SELECT handler FROM stripe_hooks_pauses").fetch_all(&self.read).await?
        {
            of(handler, &|stats| stats.paused = true);
        }
        let now = now();
        let oldest: Option<i64> = sqlx::query_scalar(
            "SELECT min(run_at) FROM stripe_hooks_runs WHERE state = 'pending' AND waits = 0 AND run_at <= ? \
             AND handler NOT IN (SELECT handler FROM stripe_hooks_pauses)",
        )
        .bind(now)
        .fetch_one(&self.read)
        .await?;
        let waited =
            |since: i64| Duration::from_millis(u64::try_from(now.saturating_sub(since)).unwrap_or(0));
        Ok(Stats { oldest_ready: oldest.map(waited), handlers: handlers.into_values().collect() })
    }

    #[cfg(feature = "metrics")]
    pub(super) async fn backlog(&self, endpoint: &str) -> Found<Backlog> {
        let now = now();
        // The states are literal, so that each count is made of the index of its state.
        let row = sqlx::query(
            "SELECT (SELECT count(*) FROM stripe_hooks_runs WHERE endpoint = ?1 AND state = 'pending') AS pending, \
             (SELECT count(*) FROM stripe_hooks_runs WHERE endpoint = ?1 AND state = 'running') AS running, \
             (SELECT count(*) FROM stripe_hooks_runs WHERE endpoint = ?1 AND state = 'parked') AS parked, \
             (SELECT run_at FROM stripe_hooks_runs WHERE endpoint = ?1 AND state = 'pending' AND waits = 0 AND run_at <= ?2 \
               AND handler NOT IN (SELECT handler FROM stripe_hooks_pauses) ORDER BY run_at LIMIT 1) AS oldest",
        )
        .bind(endpoint)
        .bind(now)
        .fetch_one(&self.read)
        .await?;
        let oldest: Option<i64> = row.try_get("oldest")?;
        let waited = oldest.map_or(0, |since| now.saturating_sub(since));
        Ok(Backlog {
            pending: row.try_get("pending")?,
            running: row.try_get("running")?,
            parked: row.try_get("parked")?,
            oldest_ready: Duration::from_millis(u64::try_from(waited).unwrap_or(0)),
        })
    }

    /// Bodies first, then whole events, then what was done to runs that are gone. What is parked stays until somebody deals with it.
    pub(super) async fn prune(&self, retention: Retention, batch: u32) -> Found<u64> {
        let before = |kept: Duration| now().saturating_sub(milliseconds(kept));
        let mut transaction = begin(&self.write).await?;
        let bodies = sqlx::query(
            "UPDATE stripe_hooks_events SET body = NULL WHERE (endpoint, id) IN ( \
               SELECT endpoint, id FROM stripe_hooks_events AS event WHERE body IS NOT NULL AND received_at < ?1 \
               AND NOT EXISTS (SELECT 1 FROM stripe_hooks_runs AS run \
                 WHERE run.endpoint = event.endpoint AND run.event_id = event.id AND run.state <> 'done') LIMIT ?2) \
             RETURNING endpoint, id",
        )
        .bind(before(retention.bodies))
        .bind(batch)
        .fetch_all(&mut *transaction)
        .await?;
        let answers = "UPDATE stripe_hooks_runs SET answer = NULL WHERE answer IS NOT NULL \
             AND (endpoint, event_id) IN (SELECT value->>0, value->>1 FROM json_each(?))";
        sqlx::query(answers).bind(keys(&bodies)?).execute(&mut *transaction).await?;
        let bodies = u64::try_from(bodies.len()).unwrap_or(u64::MAX);
        let events = remove_events(&mut transaction, before(retention.ids), batch).await?;
        sqlx::query("DELETE FROM stripe_hooks_audit WHERE id IN (SELECT id FROM stripe_hooks_audit WHERE at < ? AND run IS NOT NULL \
             AND run NOT IN (SELECT id FROM stripe_hooks_runs) LIMIT ?)")
            .bind(before(retention.ids))
            .bind(batch)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(bodies + events)
    }
}

/// Removes events and their runs, which have ended.
async fn remove_events(connection: &mut SqliteConnection, before: i64, batch: u32) -> Found<u64> {
    let removed = sqlx::query(
        "DELETE FROM stripe_hooks_events WHERE (endpoint, id) IN ( \
           SELECT endpoint, id FROM stripe_hooks_events AS event WHERE received_at < ?1 \
           AND NOT EXISTS (SELECT 1 FROM stripe_hooks_runs AS run \
             WHERE run.endpoint = event.endpoint AND run.event_id = event.id AND run.state <> 'done') LIMIT ?2) \
         RETURNING endpoint, id",
    )
    .bind(before)
    .bind(batch)
    .fetch_all(&mut *connection)
    .await?;
    sqlx::query(
        "DELETE FROM stripe_hooks_runs WHERE (endpoint, event_id) IN (SELECT value->>0, value->>1 FROM json_each(?))",
    )
    .bind(keys(&removed)?)
    .execute(connection)
    .await?;
    Ok(u64::try_from(removed.len()).unwrap_or(u64::MAX))
}

/// The keys of events, as a statement reads them.
fn keys(events: &[SqliteRow]) -> Found<String> {
    let keys: Vec<(String, String)> =
        events.iter().map(|row| Ok((row.try_get("endpoint")?, row.try_get("id")?))).collect::<Found<_>>()?;
    Ok(json!(keys).to_string())
}

/// Changes the runs that are in such a state and that the filter finds. The parts are this module's own words.
fn change(set: &str, expected: &str, filter: &Filter) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new(format!(
        "UPDATE stripe_hooks_runs SET {set} WHERE id IN (SELECT id FROM stripe_hooks_runs AS run WHERE {expected}"
    ));
    push_filter(&mut query, filter);
    if let Some(limit) = filter.limit {
        query.push(" LIMIT ").push_bind(limit);
    }
    query.push(") RETURNING id");
    query
}

fn read_run(row: &SqliteRow) -> Found<Run> {
    let reason: Option<&str> = row.try_get("reason")?;
    Ok(Run {
        id: row.try_get("id")?,
        event_id: row.try_get("event_id")?,
        event_type: row.try_get("type")?,
        handler: row.try_get("handler")?,
        state: read_state(row)?,
        attempts: row.try_get("attempts")?,
        reason: reason.and_then(Reason::of),
        error: row.try_get("last_error")?,
        run_at: row.try_get("run_at")?,
        finished_at: row.try_get("finished_at")?,
    })
}

fn read_audit(row: &SqliteRow) -> Found<Audit> {
    Ok(Audit {
        at: row.try_get("at")?,
        actor: row.try_get("actor")?,
        action: row.try_get("action")?,
        note: row.try_get("note")?,
    })
}
