//! The operator's queries and actions in PostgreSQL, and retention.

use sqlx::{AssertSqlSafe, Connection, PgConnection, QueryBuilder, Row, postgres::PgRow};

use super::{
    connections::PostgresStore,
    news::News,
    values::{milliseconds, seconds},
};
use crate::inbox::{
    action::{Acted, Action, push_filter},
    rows::{self, Found, read_run},
    run::{Filter, Run, RunDetails, Stats},
    settings::Retention,
};
#[cfg(feature = "metrics")]
use crate::inbox::{rows::read_backlog, store::Backlog};

const RUN: &str = "SELECT run.id, event_id, coalesce(type, '') AS type, handler, state, attempts::bigint AS attempts, reason, last_error, \
     (extract(epoch FROM run_at) * 1000)::bigint AS run_at, (extract(epoch FROM finished_at) * 1000)::bigint AS finished_at \
     FROM runs AS run LEFT JOIN events AS event ON event.endpoint = run.endpoint AND event.id = run.event_id WHERE true";

impl PostgresStore {
    pub(super) async fn list(&self, filter: &Filter) -> Found<Vec<Run>> {
        self.asking.ask(async |connection| list(connection, filter).await).await
    }

    pub(super) async fn show(&self, id: i64) -> Found<Option<RunDetails>> {
        self.asking.ask(async |connection| show(connection, id).await).await
    }

    pub(super) async fn act(&self, action: &Action, below: i64, limit: i64) -> Found<Acted> {
        let news = &self.news;
        self.asking.ask(async |connection| act(connection, action, below, limit, news).await).await
    }

    pub(super) async fn pause(&self, handler: &str, paused: bool, actor: &str) -> Found<bool> {
        let news = &self.news;
        self.asking.ask(async |connection| pause(connection, handler, paused, actor, news).await).await
    }

    pub(super) async fn stats(&self) -> Found<Stats> {
        self.asking.ask(async |connection| stats(connection).await).await
    }

    #[cfg(feature = "metrics")]
    pub(super) async fn backlog(&self, endpoint: &str) -> Found<Backlog> {
        self.keeping.ask(async |connection| backlog(connection, endpoint).await).await
    }

    pub(super) async fn prune(&self, retention: Retention, batch: u32) -> Found<u64> {
        self.asking.ask(async |connection| prune(connection, retention, batch).await).await
    }

    pub(super) async fn prune_audit(&self, retention: Retention, batch: u32) -> Found<u64> {
        self.asking.ask(async |connection| prune_audit(connection, retention, batch).await).await
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
    let audit = sqlx::query(
        "SELECT (extract(epoch FROM at) * 1000)::bigint AS at, actor, action, note FROM audit WHERE run = $1 ORDER BY id",
    )
    .bind(id)
    .fetch_all(connection)
    .await?;
    rows::details(run, more.unwrap_or_default(), &audit).map(Some)
}

/// Applies one batch of an action, with its audit rows, in one transaction. It locks the lanes
/// first, then the events, so that retention does not remove them, and then the runs.
async fn act(
    connection: &mut PgConnection,
    action: &Action,
    below: i64,
    limit: i64,
    news: &News,
) -> Found<Acted> {
    let mut transaction = connection.begin().await?;
    let candidates: Vec<i64> =
        action.candidates("runs", below, limit).build_query_scalar().fetch_all(&mut *transaction).await?;
    let (set, expected) = (action.set("now()"), action.expected());
    let changed: Vec<i64> = sqlx::query_scalar(AssertSqlSafe(format!(
        "WITH chosen AS ( \
           SELECT endpoint, event_id, lane_lock(endpoint, handler, lane) AS lock FROM runs WHERE id = ANY($1) \
         ), locked AS MATERIALIZED ( \
           SELECT lock_lane(lock) FROM (SELECT DISTINCT lock FROM chosen WHERE lock IS NOT NULL ORDER BY lock) AS locks \
         ), kept AS MATERIALIZED ( \
           SELECT FROM events AS event WHERE (endpoint, id) IN (SELECT endpoint, event_id FROM chosen) \
           AND (SELECT count(*) FROM locked) >= 0 ORDER BY endpoint, id FOR SHARE \
         ) \
         UPDATE runs SET {set}, last_error = $2 WHERE id IN ( \
           SELECT id FROM runs AS run WHERE id = ANY($1) AND {expected} AND (SELECT count(*) FROM kept) >= 0 \
           ORDER BY id FOR UPDATE OF run) \
         RETURNING id"
    )))
    .bind(&candidates)
    .bind(action.note())
    .fetch_all(&mut *transaction)
    .await?;
    sqlx::query(
        "INSERT INTO audit (at, actor, action, run, handler, note) \
         SELECT now(), $1, $2, run.id, handler, $3 FROM runs AS run WHERE run.id = ANY($4) ORDER BY run.id",
    )
    .bind(&action.actor)
    .bind(action.name())
    .bind(action.note())
    .bind(&changed)
    .execute(&mut *transaction)
    .await?;
    news.tell_now(&mut transaction).await?;
    transaction.commit().await?;
    Ok(Acted::new(&candidates, limit, changed))
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
    let rows = sqlx::query("SELECT handler, state, count(*) AS runs FROM runs GROUP BY handler, state")
        .fetch_all(&mut *connection)
        .await?;
    let paused = sqlx::query_scalar("SELECT handler FROM pauses").fetch_all(&mut *connection).await?;
    let oldest: Option<f64> = sqlx::query_scalar(
        "SELECT extract(epoch FROM now() - min(run_at))::float8 FROM runs WHERE state = 'pending' AND NOT waits AND run_at <= now() \
         AND handler NOT IN (SELECT handler FROM pauses)",
    )
    .fetch_one(connection)
    .await?;
    rows::stats(&rows, paused, oldest.map(seconds))
}

#[cfg(feature = "metrics")]
async fn backlog(connection: &mut PgConnection, endpoint: &str) -> Found<Backlog> {
    // The states are literals, so that each count uses the index of its state.
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
    read_backlog(&row, oldest.map(seconds))
}

/// Selects those of the locked events whose runs are still all done. It sees a run that was
/// replayed before its event was locked; a later replay waits for the event's lock.
const STILL_ENDED: &str = "WHERE (endpoint, id) IN (SELECT * FROM unnest($1::text[], $2::text[])) AND NOT EXISTS (SELECT FROM runs AS run \
     WHERE run.endpoint = event.endpoint AND run.event_id = event.id AND run.state <> 'done') RETURNING endpoint, id";

/// Removes bodies first, and then whole events. An event with a parked run stays. Events that
/// another process is removing are left to it.
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
    transaction.commit().await?;
    Ok(bodies + events)
}

/// Removes the audit rows of runs that are gone.
async fn prune_audit(connection: &mut PgConnection, retention: Retention, batch: u32) -> Found<u64> {
    let removed = sqlx::query(
        "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < now() - $1 * interval '1 millisecond' AND run IS NOT NULL \
         AND NOT EXISTS (SELECT FROM runs WHERE runs.id = audit.run) LIMIT $2 FOR UPDATE SKIP LOCKED)",
    )
    .bind(milliseconds(retention.ids))
    .bind(i64::from(batch))
    .execute(connection)
    .await?;
    Ok(removed.rows_affected())
}

/// Removes events and their runs, which are all done.
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
