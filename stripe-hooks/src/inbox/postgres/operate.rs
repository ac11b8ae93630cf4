//! The operator's questions and actions in PostgreSQL's words, and retention.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Connection, PgConnection, Postgres, QueryBuilder, Row, postgres::PgRow};

use super::{
    milliseconds,
    news::News,
    store::{PostgresStore, read_attempts, read_state, seconds},
};
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

const RUN: &str = "SELECT run.id, event_id, coalesce(type, '') AS type, handler, state, attempts, reason, last_error, \
     (extract(epoch FROM run_at) * 1000)::bigint AS run_at, (extract(epoch FROM finished_at) * 1000)::bigint AS finished_at \
     FROM runs AS run LEFT JOIN events AS event ON event.endpoint = run.endpoint AND event.id = run.event_id WHERE true";

/// Adds what the filter asks for to a question about `run`.
fn push_filter(query: &mut QueryBuilder<Postgres>, filter: &Filter) {
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
        query.push(" AND reason = ").push_bind(reason.as_str());
    }
    query.push(" ORDER BY run.id DESC");
}

impl PostgresStore {
    pub(super) async fn list(&self, filter: &Filter) -> Found<Vec<Run>> {
        self.asking.ask(async |connection| list(connection, filter).await).await
    }

    pub(super) async fn show(&self, id: i64) -> Found<Option<RunDetails>> {
        self.asking.ask(async |connection| show(connection, id).await).await
    }

    pub(super) async fn replay(&self, filter: &Filter, actor: &str) -> Found<Vec<i64>> {
        let states = match filter.state {
            None | Some(RunState::Parked) => "('parked')",
            Some(RunState::Done) => "('done')",
            Some(RunState::Pending | RunState::Running) => return Ok(Vec::new()),
        };
        let set = "state = 'pending', attempts = 0, run_at = now(), reason = NULL, last_error = NULL, finished_at = NULL";
        // What has no handler is no event, and no attempt would change that.
        let query = change(set, &format!("state IN {states} AND handler <> ''"), filter);
        self.act(query, Action { actor, name: "replay", note: None }).await
    }

    pub(super) async fn skip(&self, filter: &Filter, actor: &str, reason: &str) -> Found<Vec<i64>> {
        // What was skipped was not ended by an attempt, so that older events of its object are not stale for it.
        let set = "state = 'done', reason = NULL, started_at = NULL, finished_at = now()";
        let query = change(set, "state IN ('pending', 'parked')", filter);
        self.act(query, Action { actor, name: "skip", note: Some(reason) }).await
    }

    async fn act(&self, mut query: QueryBuilder<Postgres>, action: Action<'_>) -> Found<Vec<i64>> {
        let news = &self.news;
        self.asking.ask(async |connection| act(connection, &mut query, &action, news).await).await
    }

    pub(super) async fn pause(&self, handler: &str, paused: bool, actor: &str) -> Found<bool> {
        let news = &self.news;
        self.asking.ask(async |connection| pause(connection, handler, paused, actor, news).await).await
    }

    pub(super) async fn stats(&self) -> Found<Stats> {
        self.asking.ask(async |connection| stats(connection).await).await
    }

    pub(super) async fn prune(&self, retention: Retention, batch: u32) -> Found<u64> {
        self.asking.ask(async |connection| prune(connection, retention, batch).await).await
    }
}

async fn list(connection: &mut PgConnection, filter: &Filter) -> Found<Vec<Run>> {
    let mut query = QueryBuilder::new(RUN);
    push_filter(&mut query, filter);
    query.push(" LIMIT ").push_bind(i64::from(filter.limit.unwrap_or(100)));
    query.build().fetch_all(connection).await?.iter().map(read_run).collect()
}

async fn show(connection: &mut PgConnection, id: i64) -> Found<Option<RunDetails>> {
    let Some(run) = list(connection, &Filter::new().run(id)).await?.pop() else { return Ok(None) };
    let more: Option<(Option<String>, Option<Vec<u8>>)> = sqlx::query_as(
        "SELECT lane, body FROM runs AS run LEFT JOIN events AS event ON event.endpoint = run.endpoint AND event.id = run.event_id \
         WHERE run.id = $1",
    )
    .bind(id)
    .fetch_optional(&mut *connection)
    .await?;
    let (lane, body) = more.unwrap_or_default();
    let audit = sqlx::query(
        "SELECT (extract(epoch FROM at) * 1000)::bigint AS at, actor, action, note FROM audit WHERE run = $1 ORDER BY id",
    )
    .bind(id)
    .fetch_all(connection)
    .await?;
    let body = body.and_then(|body| String::from_utf8(body).ok());
    Ok(Some(RunDetails {
        run,
        lane,
        body: body.map(|body| Raw::from_json(body.into())),
        audit: audit.iter().map(read_audit).collect::<Found<_>>()?,
    }))
}

/// What an operator does.
struct Action<'a> {
    actor: &'a str,
    name: &'static str,
    note: Option<&'a str>,
}

/// Changes runs and writes down who did it, in one transaction.
async fn act(
    connection: &mut PgConnection,
    query: &mut QueryBuilder<Postgres>,
    action: &Action<'_>,
    news: &News,
) -> Found<Vec<i64>> {
    let mut transaction = connection.begin().await?;
    let changed: Vec<i64> = query.build_query_scalar().fetch_all(&mut *transaction).await?;
    if let Some(note) = action.note {
        sqlx::query("UPDATE runs SET last_error = $1 WHERE id = ANY($2)")
            .bind(note)
            .bind(&changed)
            .execute(&mut *transaction)
            .await?;
    }
    sqlx::query(
        "INSERT INTO audit (at, actor, action, run, handler, note) \
         SELECT now(), $1, $2, run.id, handler, $3 FROM runs AS run WHERE run.id = ANY($4) ORDER BY run.id",
    )
    .bind(action.actor)
    .bind(action.name)
    .bind(action.note)
    .bind(&changed)
    .execute(&mut *transaction)
    .await?;
    news.tell_now(&mut transaction).await?;
    transaction.commit().await?;
    Ok(changed)
}

async fn pause(
    connection: &mut PgConnection,
    handler: &str,
    paused: bool,
    actor: &str,
    news: &News,
) -> Found<bool> {
    let mut transaction = connection.begin().await?;
    let changed = match paused {
        true => sqlx::query("INSERT INTO pauses VALUES ($1) ON CONFLICT DO NOTHING"),
        false => sqlx::query("DELETE FROM pauses WHERE handler = $1"),
    };
    let changed = changed.bind(handler).execute(&mut *transaction).await?.rows_affected() > 0;
    sqlx::query("INSERT INTO audit (at, actor, action, handler) VALUES (now(), $1, $2, $3)")
        .bind(actor)
        .bind(if paused { "pause" } else { "resume" })
        .bind(handler)
        .execute(&mut *transaction)
        .await?;
    news.tell_now(&mut transaction).await?;
    transaction.commit().await?;
    Ok(changed)
}

async fn stats(connection: &mut PgConnection) -> Found<Stats> {
    let mut handlers: BTreeMap<String, HandlerStats> = BTreeMap::new();
    let mut of = |handler: String, change: &dyn Fn(&mut HandlerStats)| {
        let stats = handlers
            .entry(handler.clone())
            .or_insert_with(|| HandlerStats { handler, ..HandlerStats::default() });
        change(stats);
    };
    let rows = sqlx::query("SELECT handler, state, count(*) AS runs FROM runs GROUP BY handler, state")
        .fetch_all(&mut *connection)
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
    for handler in sqlx::query_scalar("SELECT handler FROM pauses").fetch_all(&mut *connection).await? {
        of(handler, &|stats| stats.paused = true);
    }
    let oldest: Option<f64> = sqlx::query_scalar(
        "SELECT extract(epoch FROM now() - min(run_at))::float8 FROM runs WHERE state = 'pending' AND NOT waits AND run_at <= now() \
         AND handler NOT IN (SELECT handler FROM pauses)",
    )
    .fetch_one(connection)
    .await?;
    Ok(Stats { oldest_ready: oldest.map(seconds), handlers: handlers.into_values().collect() })
}

#[cfg(feature = "metrics")]
pub(super) async fn backlog(connection: &mut PgConnection, endpoint: &str) -> Found<Backlog> {
    // The states are literal, so that each count is made of the index of its state.
    let row = sqlx::query(
        "SELECT (SELECT count(*) FROM runs WHERE endpoint = $1 AND state = 'pending') AS pending, \
         (SELECT count(*) FROM runs WHERE endpoint = $1 AND state = 'running') AS running, \
         (SELECT count(*) FROM runs WHERE endpoint = $1 AND state = 'parked') AS parked, \
         (SELECT extract(epoch FROM now() - run_at)::float8 FROM runs WHERE endpoint = $1 AND state = 'pending' AND NOT waits AND run_at <= now() \
           AND handler NOT IN (SELECT handler FROM pauses) ORDER BY run_at LIMIT 1) AS oldest",
    )
    .bind(endpoint)
    .fetch_one(connection)
    .await?;
    let oldest: Option<f64> = row.try_get("oldest")?;
    Ok(Backlog {
        pending: row.try_get("pending")?,
        running: row.try_get("running")?,
        parked: row.try_get("parked")?,
        oldest_ready: oldest.map(seconds).unwrap_or_default(),
    })
}

/// Of the events that are locked, those whose runs have all ended: a run that was replayed before its event was locked is seen now, and one that is replayed
/// later waits for the event.
const STILL_ENDED: &str = "WHERE (endpoint, id) IN (SELECT * FROM unnest($1::text[], $2::text[])) AND NOT EXISTS (SELECT FROM runs AS run \
     WHERE run.endpoint = event.endpoint AND run.event_id = event.id AND run.state <> 'done') RETURNING endpoint, id";

/// Bodies first, then whole events, then what was done to runs that are gone. What is parked stays until somebody deals with it. What another process
/// removes at the same moment is left to it.
async fn prune(connection: &mut PgConnection, retention: Retention, batch: u32) -> Found<u64> {
    let (bodies_kept, ids_kept) = (milliseconds(retention.bodies), milliseconds(retention.ids));
    let mut transaction = connection.begin().await?;
    let locked = sqlx::query(
        "SELECT endpoint, id FROM events AS event WHERE body IS NOT NULL AND received_at < now() - $1 * interval '1 millisecond' \
         AND NOT EXISTS (SELECT FROM runs AS run \
           WHERE run.endpoint = event.endpoint AND run.event_id = event.id AND run.state <> 'done') \
         LIMIT $2 FOR UPDATE SKIP LOCKED",
    )
    .bind(bodies_kept)
    .bind(i64::from(batch))
    .fetch_all(&mut *transaction)
    .await?;
    let (endpoints, ids) = keys(&locked)?;
    let bodies = sqlx::query(AssertSqlSafe(format!("UPDATE events AS event SET body = NULL {STILL_ENDED}")))
        .bind(endpoints)
        .bind(ids)
        .fetch_all(&mut *transaction)
        .await?;
    let (endpoints, ids) = keys(&bodies)?;
    sqlx::query(
        "UPDATE runs SET answer = NULL FROM unnest($1::text[], $2::text[]) AS pruned (endpoint, id) \
         WHERE answer IS NOT NULL AND runs.endpoint = pruned.endpoint AND runs.event_id = pruned.id",
    )
    .bind(endpoints)
    .bind(ids)
    .execute(&mut *transaction)
    .await?;
    let bodies = u64::try_from(bodies.len()).unwrap_or(u64::MAX);
    let events = remove_events(&mut transaction, ids_kept, batch).await?;
    sqlx::query(
        "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < now() - $1 * interval '1 millisecond' AND run IS NOT NULL \
         AND NOT EXISTS (SELECT FROM runs WHERE runs.id = audit.run) LIMIT $2 FOR UPDATE SKIP LOCKED)",
    )
    .bind(ids_kept)
    .bind(i64::from(batch))
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(bodies + events)
}

/// Removes events and their runs, which have ended.
async fn remove_events(connection: &mut PgConnection, kept: f64, batch: u32) -> Found<u64> {
    let locked = sqlx::query(
        "SELECT endpoint, id FROM events AS event WHERE received_at < now() - $1 * interval '1 millisecond' \
         AND NOT EXISTS (SELECT FROM runs AS run \
           WHERE run.endpoint = event.endpoint AND run.event_id = event.id AND run.state <> 'done') \
         LIMIT $2 FOR UPDATE SKIP LOCKED",
    )
    .bind(kept)
    .bind(i64::from(batch))
    .fetch_all(&mut *connection)
    .await?;
    let (endpoints, ids) = keys(&locked)?;
    let removed = sqlx::query(AssertSqlSafe(format!("DELETE FROM events AS event {STILL_ENDED}")))
        .bind(endpoints)
        .bind(ids)
        .fetch_all(&mut *connection)
        .await?;
    let (endpoints, ids) = keys(&removed)?;
    sqlx::query(
        "DELETE FROM runs USING unnest($1::text[], $2::text[]) AS removed (endpoint, id) \
         WHERE runs.endpoint = removed.endpoint AND runs.event_id = removed.id",
    )
    .bind(endpoints)
    .bind(ids)
    .execute(connection)
    .await?;
    Ok(u64::try_from(removed.len()).unwrap_or(u64::MAX))
}

/// The keys of events, as two columns.
fn keys(events: &[PgRow]) -> Found<(Vec<String>, Vec<String>)> {
    let key = |row: &PgRow| Ok((row.try_get("endpoint")?, row.try_get("id")?));
    Ok(events.iter().map(key).collect::<Found<Vec<_>>>()?.into_iter().unzip())
}

/// Changes the runs that are in such a state and that the filter finds, once their lanes are locked, and their events, which retention then leaves. The parts are this module's own words.
fn change(set: &str, expected: &str, filter: &Filter) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new(format!(
        "WITH chosen AS (SELECT id, endpoint, event_id, lane_lock(endpoint, handler, lane) AS lock FROM runs AS run WHERE {expected}"
    ));
    push_filter(&mut query, filter);
    if let Some(limit) = filter.limit {
        query.push(" LIMIT ").push_bind(i64::from(limit));
    }
    query.push(format_args!(
        "), locked AS MATERIALIZED ( \
           SELECT lock_lane(lock) FROM (SELECT DISTINCT lock FROM chosen WHERE lock IS NOT NULL ORDER BY lock) AS locks \
         ), kept AS MATERIALIZED ( \
           SELECT FROM events AS event WHERE (endpoint, id) IN (SELECT endpoint, event_id FROM chosen) \
           AND (SELECT count(*) FROM locked) >= 0 ORDER BY endpoint, id FOR SHARE \
         ) \
         UPDATE runs SET {set} WHERE id IN ( \
           SELECT run.id FROM runs AS run JOIN chosen ON chosen.id = run.id \
           WHERE {expected} AND (SELECT count(*) FROM kept) >= 0 ORDER BY run.id FOR UPDATE OF run) \
         RETURNING id"
    ));
    query
}

fn read_run(row: &PgRow) -> Found<Run> {
    let reason: Option<&str> = row.try_get("reason")?;
    Ok(Run {
        id: row.try_get("id")?,
        event_id: row.try_get("event_id")?,
        event_type: row.try_get("type")?,
        handler: row.try_get("handler")?,
        state: read_state(row)?,
        attempts: read_attempts(row)?,
        reason: reason.and_then(Reason::of),
        error: row.try_get("last_error")?,
        run_at: row.try_get("run_at")?,
        finished_at: row.try_get("finished_at")?,
    })
}

fn read_audit(row: &PgRow) -> Found<Audit> {
    Ok(Audit {
        at: row.try_get("at")?,
        actor: row.try_get("actor")?,
        action: row.try_get("action")?,
        note: row.try_get("note")?,
    })
}
