//! The operator's queries and actions in PostgreSQL, and retention.

#[cfg(feature = "metrics")]
use sqlx::Row;
use sqlx::{AssertSqlSafe, Connection, PgConnection, QueryBuilder};

use super::{
    connections::PostgresStore,
    notifier::Notifier,
    values::{duration_from_seconds, to_milliseconds_f64, without_nul},
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

const SELECT_RUN: &str = "SELECT run.id, run.endpoint, event.id AS event_id, type, handler, state, attempts::bigint AS attempts, result, reason, error, \
     (extract(epoch FROM run_at) * 1000)::bigint AS run_at, (extract(epoch FROM finished_at) * 1000)::bigint AS finished_at \
     FROM runs AS run JOIN events AS event ON event.key = run.event WHERE true";

impl PostgresStore {
    pub(super) async fn list_runs(&self, filter: &Filter) -> QueryResult<Vec<Run>> {
        self.operators_connection.query(async |connection| list_runs(connection, filter).await).await
    }

    pub(super) async fn show_run(&self, id: i64) -> QueryResult<Option<RunDetails>> {
        self.operators_connection.query(async |connection| show_run(connection, id).await).await
    }

    pub(super) async fn apply_action(
        &self,
        action: &OperatorAction,
        below: i64,
        limit: i64,
    ) -> QueryResult<ActionBatch> {
        let notifier = &self.notifier;
        self.operators_connection
            .query(async |connection| apply_action(connection, action, below, limit, notifier).await)
            .await
    }

    pub(super) async fn set_paused(
        &self,
        key: HandlerKey<'_>,
        paused: bool,
        actor: &str,
    ) -> QueryResult<bool> {
        let notifier = &self.notifier;
        self.operators_connection
            .query(async |connection| set_paused(connection, key, paused, actor, notifier).await)
            .await
    }

    pub(super) async fn endpoints_of(&self, handler: &str) -> QueryResult<Vec<String>> {
        self.operators_connection
            .query(async |connection| {
                sqlx::query_scalar("SELECT endpoint FROM handlers WHERE handler = $1 ORDER BY endpoint")
                    .bind(handler)
                    .fetch_all(connection)
                    .await
            })
            .await
    }

    pub(super) async fn check_in(
        &self,
        process: &Process,
        endpoint: &str,
        handlers: &[&str],
        works: bool,
    ) -> QueryResult<()> {
        self.upkeep_connection
            .query(async |connection| check_in(connection, process, endpoint, handlers, works).await)
            .await
    }

    pub(super) async fn check_out(&self, process: i64, endpoint: &str, is_last: bool) -> QueryResult<()> {
        self.upkeep_connection
            .query(async |connection| check_out(connection, process, endpoint, is_last).await)
            .await
    }

    pub(super) async fn prune_processes(&self) -> QueryResult<u64> {
        self.operators_connection.query(async |connection| prune_processes(connection).await).await
    }

    pub(super) async fn run_stats(&self) -> QueryResult<Stats> {
        self.operators_connection.query(async |connection| run_stats(connection).await).await
    }

    #[cfg(feature = "metrics")]
    pub(super) async fn count_backlog(&self, endpoint: &str) -> QueryResult<BacklogCounts> {
        self.upkeep_connection.query(async |connection| count_backlog(connection, endpoint).await).await
    }

    pub(super) async fn prune_events(&self, retention: Retention, batch: u32) -> QueryResult<u64> {
        self.operators_connection
            .query(async |connection| prune_events(connection, retention, batch).await)
            .await
    }

    pub(super) async fn prune_audit(&self, retention: Retention, batch: u32) -> QueryResult<u64> {
        self.operators_connection
            .query(async |connection| prune_audit(connection, retention, batch).await)
            .await
    }
}

async fn list_runs(connection: &mut PgConnection, filter: &Filter) -> QueryResult<Vec<Run>> {
    let mut query = QueryBuilder::new(SELECT_RUN);
    push_filter(&mut query, "events", filter);
    query.push(" LIMIT ").push_bind(i64::from(filter.limit.unwrap_or(100)));
    query.build().fetch_all(connection).await?.iter().map(read_run).collect()
}

async fn show_run(connection: &mut PgConnection, id: i64) -> QueryResult<Option<RunDetails>> {
    let Some(run) = list_runs(connection, &Filter::new().run(id)).await?.pop() else { return Ok(None) };
    let more: Option<(Option<String>, Option<Vec<u8>>)> = sqlx::query_as(
        "SELECT lane, body FROM runs AS run JOIN events AS event ON event.key = run.event WHERE run.id = $1",
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
    rows::run_details(run, more.unwrap_or_default(), &audit).map(Some)
}

/// Applies one batch of an action, with its audit rows, in one transaction. It locks the lanes
/// first, then the events, so that retention does not remove them, and then the runs.
async fn apply_action(
    connection: &mut PgConnection,
    action: &OperatorAction,
    below: i64,
    limit: i64,
    notifier: &Notifier,
) -> QueryResult<ActionBatch> {
    let mut transaction = connection.begin().await?;
    let candidates: Vec<i64> = action
        .candidates_query("runs", "events", below, limit)
        .build_query_scalar()
        .fetch_all(&mut *transaction)
        .await?;
    let (set, expected) = (action.sql_assignments("now()"), action.sql_condition());
    let changed: Vec<i64> = sqlx::query_scalar(AssertSqlSafe(format!(
        "WITH chosen AS ( \
           SELECT event, lane_lock(endpoint, tenant, handler, lane) AS lock FROM runs WHERE id = ANY($1) \
         ), locked AS MATERIALIZED ( \
           SELECT lock_lane(lock) FROM (SELECT DISTINCT lock FROM chosen WHERE lock IS NOT NULL ORDER BY lock) AS locks \
         ), kept AS MATERIALIZED ( \
           SELECT FROM events WHERE key IN (SELECT event FROM chosen) \
           AND (SELECT count(*) FROM locked) >= 0 ORDER BY key FOR SHARE \
         ) \
         UPDATE runs SET {set}, error = $2 WHERE id IN ( \
           SELECT id FROM runs AS run WHERE id = ANY($1) AND {expected} AND (SELECT count(*) FROM kept) >= 0 \
           ORDER BY id FOR UPDATE OF run) \
         RETURNING id"
    )))
    .bind(&candidates)
    .bind(action.audit_note())
    .fetch_all(&mut *transaction)
    .await?;
    sqlx::query(
        "INSERT INTO audit (at, actor, action, run, endpoint, handler, note) \
         SELECT now(), $1, $2, run.id, endpoint, handler, $3 FROM runs AS run WHERE run.id = ANY($4) ORDER BY run.id",
    )
    .bind(&action.actor)
    .bind(action.audit_name())
    .bind(action.audit_note())
    .bind(&changed)
    .execute(&mut *transaction)
    .await?;
    notifier.notify_in_transaction(&mut transaction).await?;
    transaction.commit().await?;
    Ok(ActionBatch::new(&candidates, limit, changed))
}

async fn set_paused(
    connection: &mut PgConnection,
    key: HandlerKey<'_>,
    paused: bool,
    actor: &str,
    notifier: &Notifier,
) -> QueryResult<bool> {
    let mut transaction = connection.begin().await?;
    let changed = match paused {
        true => sqlx::query("INSERT INTO pauses (endpoint, handler) VALUES ($1, $2) ON CONFLICT DO NOTHING"),
        false => sqlx::query("DELETE FROM pauses WHERE endpoint = $1 AND handler = $2"),
    };
    let changed = changed.bind(key.endpoint).bind(key.handler).execute(&mut *transaction).await?;
    let changed = changed.rows_affected() > 0;
    sqlx::query("INSERT INTO audit (at, actor, action, endpoint, handler) VALUES (now(), $1, $2, $3, $4)")
        .bind(actor)
        .bind(if paused { "pause" } else { "resume" })
        .bind(key.endpoint)
        .bind(key.handler)
        .execute(&mut *transaction)
        .await?;
    notifier.notify_in_transaction(&mut transaction).await?;
    transaction.commit().await?;
    Ok(changed)
}

async fn run_stats(connection: &mut PgConnection) -> QueryResult<Stats> {
    let rows = sqlx::query(
        "SELECT endpoint, handler, state, count(*) AS runs FROM runs GROUP BY endpoint, handler, state",
    )
    .fetch_all(&mut *connection)
    .await?;
    let paused = sqlx::query_as("SELECT endpoint, handler FROM pauses").fetch_all(&mut *connection).await?;
    let known = sqlx::query_as("SELECT endpoint, handler FROM handlers").fetch_all(&mut *connection).await?;
    let oldest: Option<f64> = sqlx::query_scalar(
        "SELECT extract(epoch FROM now() - min(run_at))::float8 FROM runs WHERE state = 'pending' AND NOT blocked AND run_at <= now() \
         AND (endpoint, handler) NOT IN (SELECT endpoint, handler FROM pauses)",
    )
    .fetch_one(connection)
    .await?;
    rows::read_stats(&rows, known, paused, oldest.map(duration_from_seconds))
}

#[cfg(feature = "metrics")]
async fn count_backlog(connection: &mut PgConnection, endpoint: &str) -> QueryResult<BacklogCounts> {
    // The states are literals, so that each count uses the index of its state.
    let row = sqlx::query(
        "SELECT (SELECT count(*) FROM runs WHERE endpoint = $1 AND state = 'pending') AS pending, \
         (SELECT count(*) FROM runs WHERE endpoint = $1 AND state = 'running') AS running, \
         (SELECT count(*) FROM runs WHERE endpoint = $1 AND state = 'parked') AS parked, \
         (SELECT extract(epoch FROM now() - run_at)::float8 FROM runs WHERE endpoint = $1 AND state = 'pending' AND NOT blocked AND run_at <= now() \
           AND handler NOT IN (SELECT handler FROM pauses WHERE endpoint = $1) ORDER BY run_at LIMIT 1) AS oldest",
    )
    .bind(endpoint)
    .fetch_one(connection)
    .await?;
    let oldest: Option<f64> = row.try_get("oldest")?;
    read_backlog(&row, oldest.map(duration_from_seconds))
}

/// Selects those of the locked events whose runs are still all done. It sees a run that was
/// replayed before its event was locked; a later replay waits for the event's lock.
const STILL_DONE_CONDITION: &str = "WHERE key = ANY($1) AND NOT EXISTS (SELECT FROM runs AS run WHERE run.event = event.key AND run.state <> 'done') \
     RETURNING key";

/// Removes bodies first, and then whole events. An event with a parked run stays. Events that
/// another process is removing are left to it.
async fn prune_events(connection: &mut PgConnection, retention: Retention, batch: u32) -> QueryResult<u64> {
    let (bodies_kept, ids_kept) = (to_milliseconds_f64(retention.bodies), to_milliseconds_f64(retention.ids));
    let mut transaction = connection.begin().await?;
    let locked: Vec<i64> = sqlx::query_scalar(
        "SELECT key FROM events AS event WHERE body IS NOT NULL AND received_at < now() - $1 * interval '1 millisecond' \
         AND NOT EXISTS (SELECT FROM runs AS run WHERE run.event = event.key AND run.state <> 'done') \
         LIMIT $2 FOR UPDATE SKIP LOCKED",
    )
    .bind(bodies_kept)
    .bind(i64::from(batch))
    .fetch_all(&mut *transaction)
    .await?;
    let remove_bodies =
        AssertSqlSafe(format!("UPDATE events AS event SET body = NULL {STILL_DONE_CONDITION}"));
    let bodies: Vec<i64> =
        sqlx::query_scalar(remove_bodies).bind(&locked).fetch_all(&mut *transaction).await?;
    sqlx::query("UPDATE runs SET reply = NULL WHERE reply IS NOT NULL AND event = ANY($1)")
        .bind(&bodies)
        .execute(&mut *transaction)
        .await?;
    let bodies = u64::try_from(bodies.len()).unwrap_or(u64::MAX);
    let events = remove_events(&mut transaction, ids_kept, batch).await?;
    transaction.commit().await?;
    Ok(bodies + events)
}

/// Removes the audit rows of runs that are gone.
async fn prune_audit(connection: &mut PgConnection, retention: Retention, batch: u32) -> QueryResult<u64> {
    let removed = sqlx::query(
        "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < now() - $1 * interval '1 millisecond' AND run IS NOT NULL \
         AND NOT EXISTS (SELECT FROM runs WHERE runs.id = audit.run) LIMIT $2 FOR UPDATE SKIP LOCKED)",
    )
    .bind(to_milliseconds_f64(retention.ids))
    .bind(i64::from(batch))
    .execute(connection)
    .await?;
    Ok(removed.rows_affected())
}

/// Removes events and their runs, which are all done.
async fn remove_events(connection: &mut PgConnection, kept: f64, batch: u32) -> QueryResult<u64> {
    let locked: Vec<i64> = sqlx::query_scalar(
        "SELECT key FROM events AS event WHERE received_at < now() - $1 * interval '1 millisecond' \
         AND NOT EXISTS (SELECT FROM runs AS run WHERE run.event = event.key AND run.state <> 'done') \
         LIMIT $2 FOR UPDATE SKIP LOCKED",
    )
    .bind(kept)
    .bind(i64::from(batch))
    .fetch_all(&mut *connection)
    .await?;
    let remove = AssertSqlSafe(format!("DELETE FROM events AS event {STILL_DONE_CONDITION}"));
    let removed: Vec<i64> = sqlx::query_scalar(remove).bind(&locked).fetch_all(&mut *connection).await?;
    sqlx::query("DELETE FROM runs WHERE event = ANY($1)").bind(&removed).execute(connection).await?;
    Ok(u64::try_from(removed.len()).unwrap_or(u64::MAX))
}

/// Writes the row of the process, and the rows of its handlers.
async fn check_in(
    connection: &mut PgConnection,
    process: &Process,
    endpoint: &str,
    handlers: &[&str],
    works: bool,
) -> QueryResult<()> {
    sqlx::query(
        "WITH process AS ( \
           INSERT INTO processes (id, host, pid, program, version, started_at, seen_at) \
             VALUES ($1, $2, $3, $4, $5, now(), now()) ON CONFLICT (id) DO UPDATE SET seen_at = now() \
         ), handler AS ( \
           SELECT * FROM unnest($7::text[]) AS handler (id) ORDER BY id \
         ), known AS ( \
           INSERT INTO handlers (endpoint, handler, first_seen) SELECT $6, id, now() FROM handler ON CONFLICT DO NOTHING \
         ) \
         INSERT INTO process_handlers (process, endpoint, handler) SELECT $1, $6, id FROM handler WHERE $8 ON CONFLICT DO NOTHING",
    )
    .bind(process.id)
    .bind(without_nul(&process.host))
    .bind(process.pid)
    .bind(without_nul(&process.program))
    .bind(VERSION)
    .bind(endpoint)
    .bind(handlers)
    .bind(works)
    .execute(connection)
    .await?;
    Ok(())
}

/// Removes the rows of the process's handlers, and its own row with its last endpoint.
async fn check_out(
    connection: &mut PgConnection,
    process: i64,
    endpoint: &str,
    is_last: bool,
) -> QueryResult<()> {
    let mut transaction = connection.begin().await?;
    sqlx::query("DELETE FROM process_handlers WHERE process = $1 AND endpoint = $2")
        .bind(process)
        .bind(endpoint)
        .execute(&mut *transaction)
        .await?;
    sqlx::query(
        "DELETE FROM processes WHERE id = $1 AND $2 AND NOT EXISTS (SELECT FROM process_handlers WHERE process = $1)",
    )
    .bind(process)
    .bind(is_last)
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await
}

async fn prune_processes(connection: &mut PgConnection) -> QueryResult<u64> {
    let mut transaction = connection.begin().await?;
    let removed = sqlx::query("DELETE FROM processes WHERE seen_at < now() - $1 * interval '1 millisecond'")
        .bind(to_milliseconds_f64(MISSING_AFTER))
        .execute(&mut *transaction)
        .await?;
    sqlx::query("DELETE FROM process_handlers WHERE process NOT IN (SELECT id FROM processes)")
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(removed.rows_affected())
}
