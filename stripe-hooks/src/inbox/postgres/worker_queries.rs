//! The worker's queries in PostgreSQL: claiming runs, writing how attempts end, and recovering what
//! dead processes left behind.

use std::time::Duration;

use sqlx::PgConnection;

use super::values::{collect_column, duration_from_seconds, to_milliseconds_f64, without_nul};
use crate::inbox::{
    event_key::EventKey,
    rows::{QueryResult, read_claimed, read_lapsed, read_run_status},
    run::ParkReason,
    store::{ClaimRequest, ClaimedBatch, Completion, LapsedRun, MAX_CHANGED_RUNS, RunStatus},
};

/// Claims ready runs, oldest first, and skips those that another process is claiming. The query
/// reads more rows of each handler than it claims, because the first ones may be locked, and locks
/// only the rows that it claims.
///
/// The planner has only one way to the rows of each step. The last steps find their rows by id.
/// Their conditions on the state are negative lists, so that the planner cannot use the index of
/// pending runs: without statistics, it takes that index for empty, and reads it from end to end.
pub(super) async fn claim_runs(
    connection: &mut PgConnection,
    request: &ClaimRequest<'_>,
) -> QueryResult<ClaimedBatch> {
    let room = (request.max_runs)();
    if room == 0 {
        return Ok(ClaimedBatch::default());
    }
    let claimed = sqlx::query(
        "WITH first AS MATERIALIZED ( \
           SELECT first.id FROM unnest($2::text[]) AS requested (handler) CROSS JOIN LATERAL ( \
             SELECT id FROM runs WHERE endpoint = $1 AND state = 'pending' AND NOT blocked AND run_at <= now() AND handler = requested.handler \
             ORDER BY run_at, id LIMIT 2 * $3 + 20) AS first \
           WHERE requested.handler NOT IN (SELECT handler FROM pauses WHERE endpoint = $1) \
         ), ready AS MATERIALIZED ( \
           SELECT id FROM runs WHERE id = ANY(ARRAY(SELECT id FROM first)) AND state NOT IN ('running', 'done', 'parked') AND NOT blocked \
           ORDER BY run_at, id LIMIT $3 FOR UPDATE SKIP LOCKED \
         ), claimed AS ( \
           UPDATE runs AS run SET state = 'running', attempts = attempts + 1, fence = fence + 1, \
             lease_until = now() + $4 * interval '1 millisecond', process = $5, started_at = now() \
           WHERE run.id = ANY(ARRAY(SELECT id FROM ready)) \
           RETURNING run.id, run.endpoint, run.tenant, run.event, run.fence, run.attempts, run.handler, run.run_at, run.lane, run.lane_at \
         ) \
         SELECT run.id, fence, attempts::bigint AS attempts, handler, body, \
           EXISTS (SELECT FROM runs AS ended \
             WHERE ended.endpoint = run.endpoint AND ended.tenant = run.tenant AND ended.handler = run.handler AND ended.lane = run.lane \
             AND ended.lane_at >= date_trunc('second', run.lane_at) + interval '1 second' \
             AND ended.state = 'done' AND ended.result <> 'skipped') AS is_stale \
         FROM claimed AS run LEFT JOIN events AS event ON event.key = run.event \
         ORDER BY run_at, run.id",
    )
    .bind(request.endpoint)
    .bind(request.handlers)
    .bind(i64::try_from(room).unwrap_or(i64::MAX))
    .bind(to_milliseconds_f64(request.lease.duration))
    .bind(request.lease.process_id)
    .fetch_all(connection)
    .await?;
    let runs: Vec<_> = claimed.iter().map(read_claimed).collect::<QueryResult<_>>()?;
    Ok(ClaimedBatch { is_full: runs.len() == room, runs })
}

/// Returns the state of this handler's run for the event.
pub(super) async fn run_status(
    connection: &mut PgConnection,
    endpoint: &str,
    counts_for: &EventKey,
    handler: &str,
) -> QueryResult<Option<RunStatus>> {
    let row = sqlx::query(
        "SELECT state, reply FROM runs \
         WHERE counts_for_id = $1 AND counts_for_type = $2 AND handler = $3 AND endpoint = $4 AND tenant = ''",
    )
    .bind(without_nul(&counts_for.id))
    .bind(without_nul(&counts_for.event_type))
    .bind(handler)
    .bind(endpoint)
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(read_run_status).transpose()
}

/// Ends attempts, and records that the events whose answer they decide are answered. It locks their
/// lanes first, then those events, and then the runs in the order of their ids. It finds the runs by
/// id, with a negative list of states as in [`claim_runs`].
pub(super) async fn complete_attempts(
    connection: &mut PgConnection,
    ends: &[Completion],
) -> QueryResult<Vec<(i64, i64)>> {
    let ended = collect_column(ends, |completion| completion.end.to_columns());
    sqlx::query_as(
        "WITH ended AS ( \
           SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::float8[], $5::text[], $6::text[], $7::boolean[], $8::text[], $9::boolean[], \
             $10::boolean[], $11::text[]) AS ended (id, fence, state, delay, reason, error, given_back, reply, is_lapsed, decides_answer, result) \
         ), locked AS MATERIALIZED ( \
           SELECT lock_lane(lock) FROM (SELECT DISTINCT lane_lock(endpoint, tenant, handler, lane) AS lock FROM runs \
             WHERE id = ANY($1) AND lane IS NOT NULL ORDER BY lock) AS locks \
         ), unanswered AS MATERIALIZED ( \
           SELECT key FROM events WHERE (SELECT count(*) FROM locked) >= 0 AND answered_at IS NULL AND key = ANY(ARRAY( \
             SELECT run.event FROM ended JOIN runs AS run ON run.id = ended.id \
               WHERE run.id = ANY($1) AND decides_answer AND ended.state = 'done')) \
           ORDER BY key FOR NO KEY UPDATE \
         ), held AS MATERIALIZED ( \
           SELECT run.id, CASE WHEN decides_answer AND ended.state = 'done' THEN run.event END AS answered_event \
           FROM runs AS run JOIN ended ON run.id = ended.id AND run.fence = ended.fence \
           WHERE run.id = ANY($1) AND run.state NOT IN ('pending', 'done', 'parked') AND (NOT is_lapsed OR run.lease_until < now()) \
           AND (SELECT count(*) FROM unanswered) >= 0 ORDER BY run.id FOR UPDATE OF run \
         ), answered AS ( \
           UPDATE events SET answered_at = now() WHERE key = ANY(ARRAY(SELECT key FROM unanswered)) \
             AND key = ANY(ARRAY(SELECT answered_event FROM held)) \
         ) \
         UPDATE runs AS run SET state = ended.state, attempts = run.attempts - given_back::int, \
           run_at = coalesce(now() + delay * interval '1 millisecond', run.run_at), result = ended.result, \
           reason = ended.reason, \
           error = CASE WHEN given_back THEN run.error ELSE ended.error END, lease_until = NULL, \
           reply = coalesce(ended.reply, run.reply), finished_at = CASE WHEN ended.state <> 'pending' THEN now() END \
         FROM ended \
         WHERE run.id = ANY(ARRAY(SELECT id FROM held)) AND run.id = ended.id AND run.fence = ended.fence \
         AND run.state NOT IN ('pending', 'done', 'parked') AND (NOT is_lapsed OR run.lease_until < now()) \
         RETURNING run.id, run.fence",
    )
    .bind(collect_column(ends, |completion| completion.id))
    .bind(collect_column(ends, |completion| completion.fence))
    .bind(collect_column(&ended, |ended| ended.state))
    .bind(collect_column(&ended, |ended| ended.delay.map(to_milliseconds_f64)))
    .bind(collect_column(&ended, |ended| ended.reason))
    .bind(collect_column(&ended, |ended| ended.error))
    .bind(collect_column(&ended, |ended| ended.is_given_back))
    .bind(collect_column(&ended, |ended| ended.reply))
    .bind(collect_column(ends, |completion| completion.is_lapsed))
    .bind(collect_column(ends, |completion| completion.decides_answer))
    .bind(collect_column(&ended, |ended| ended.result))
    .fetch_all(connection)
    .await
}

/// Returns those of the runs that another connection has locked, or whose lane or event it has
/// locked. The query waits for no lock, and keeps none.
pub(super) async fn find_locked_runs(connection: &mut PgConnection, runs: &[i64]) -> QueryResult<Vec<i64>> {
    sqlx::query_scalar(
        "WITH free_events AS MATERIALIZED ( \
           SELECT key FROM events WHERE key = ANY(ARRAY(SELECT event FROM runs WHERE id = ANY($1))) FOR NO KEY UPDATE SKIP LOCKED \
         ), free AS MATERIALIZED ( \
           SELECT id FROM runs WHERE id = ANY($1) AND event IN (SELECT key FROM free_events) \
           AND (lane IS NULL OR pg_try_advisory_xact_lock(1937010281, lane_lock(endpoint, tenant, handler, lane))) FOR UPDATE SKIP LOCKED \
         ) \
         SELECT id FROM runs WHERE id = ANY($1) AND id NOT IN (SELECT id FROM free)",
    )
    .bind(runs)
    .fetch_all(connection)
    .await
}

/// Renews leases. It skips a run whose end is being written, which needs no longer lease.
pub(super) async fn renew_leases(
    connection: &mut PgConnection,
    held: &[(i64, i64)],
    lease: Duration,
) -> QueryResult<()> {
    sqlx::query(
        "UPDATE runs AS run SET lease_until = now() + $3 * interval '1 millisecond' \
         FROM ( \
           SELECT run.id FROM runs AS run JOIN unnest($1::bigint[], $2::bigint[]) AS held (id, fence) \
           ON run.id = held.id AND run.fence = held.fence WHERE run.state = 'running' FOR UPDATE OF run SKIP LOCKED \
         ) AS held \
         WHERE run.id = held.id",
    )
    .bind(collect_column(held, |(id, _)| *id))
    .bind(collect_column(held, |(_, fence)| *fence))
    .bind(to_milliseconds_f64(lease))
    .execute(connection)
    .await?;
    Ok(())
}

/// Returns runs of these handlers whose lease has expired.
pub(super) async fn find_lapsed_runs(
    connection: &mut PgConnection,
    endpoint: &str,
    handlers: &[&str],
) -> QueryResult<Vec<LapsedRun>> {
    let rows = sqlx::query(
        "SELECT id, fence, attempts::bigint AS attempts, handler FROM runs \
         WHERE endpoint = $1 AND state = 'running' AND lease_until < now() AND handler = ANY($2) LIMIT 100",
    )
    .bind(endpoint)
    .bind(handlers)
    .fetch_all(connection)
    .await?;
    rows.iter().map(read_lapsed).collect()
}

/// Parks one batch of runs whose handler is none of these, and that have been ready, or without a
/// lease, for longer than `after`.
pub(super) async fn park_orphans(
    connection: &mut PgConnection,
    endpoint: &str,
    handlers: &[&str],
    after: Duration,
) -> QueryResult<u64> {
    let parked = sqlx::query(
        "WITH RECURSIVE pending AS ( \
           SELECT min(handler) AS handler FROM runs WHERE endpoint = $2 AND state = 'pending' \
           UNION ALL \
           SELECT (SELECT min(handler) FROM runs WHERE endpoint = $2 AND state = 'pending' AND handler > pending.handler) FROM pending \
           WHERE handler IS NOT NULL \
         ), orphans AS ( \
           SELECT id, lane_lock(endpoint, tenant, handler, lane) AS lock FROM ( \
             SELECT run.id, run.endpoint, run.tenant, run.handler, run.lane FROM pending CROSS JOIN LATERAL ( \
               SELECT * FROM runs WHERE endpoint = $2 AND state = 'pending' AND handler = pending.handler \
               AND run_at < now() - $4 * interval '1 millisecond' LIMIT $5) AS run \
             WHERE pending.handler <> ALL($3) \
             UNION ALL \
             SELECT id, endpoint, tenant, handler, lane FROM runs WHERE endpoint = $2 AND state = 'running' \
             AND lease_until < now() - $4 * interval '1 millisecond' AND handler <> ALL($3)) AS orphans LIMIT $5 \
         ), locked AS MATERIALIZED ( \
           SELECT lock_lane(lock) FROM (SELECT DISTINCT lock FROM orphans WHERE lock IS NOT NULL ORDER BY lock) AS locks \
         ) \
         UPDATE runs SET state = 'parked', reason = $1, lease_until = NULL, finished_at = now() \
         WHERE id IN ( \
           SELECT run.id FROM runs AS run JOIN orphans ON orphans.id = run.id \
           WHERE (SELECT count(*) FROM locked) >= 0 AND run.state IN ('pending', 'running') FOR UPDATE OF run SKIP LOCKED)",
    )
    .bind(ParkReason::NoHandler.as_str())
    .bind(endpoint)
    .bind(handlers)
    .bind(to_milliseconds_f64(after))
    .bind(MAX_CHANGED_RUNS)
    .execute(connection)
    .await?;
    Ok(parked.rows_affected())
}

/// Unparks one batch of the runs that were parked because one of these handlers was missing.
pub(super) async fn adopt_orphans(
    connection: &mut PgConnection,
    endpoint: &str,
    handlers: &[&str],
) -> QueryResult<u64> {
    let adopted = sqlx::query(
        "WITH adopted AS ( \
           SELECT id, lane_lock(endpoint, tenant, handler, lane) AS lock FROM runs \
           WHERE endpoint = $1 AND state = 'parked' AND reason = $2 AND handler = ANY($3) LIMIT $4 \
         ), locked AS MATERIALIZED ( \
           SELECT lock_lane(lock) FROM (SELECT DISTINCT lock FROM adopted WHERE lock IS NOT NULL ORDER BY lock) AS locks \
         ) \
         UPDATE runs SET state = 'pending', reason = NULL, run_at = now(), finished_at = NULL \
         WHERE id IN ( \
           SELECT run.id FROM runs AS run JOIN adopted ON adopted.id = run.id \
           WHERE (SELECT count(*) FROM locked) >= 0 AND run.state = 'parked' FOR UPDATE OF run SKIP LOCKED)",
    )
    .bind(endpoint)
    .bind(ParkReason::NoHandler.as_str())
    .bind(handlers)
    .bind(MAX_CHANGED_RUNS)
    .execute(connection)
    .await?;
    Ok(adopted.rows_affected())
}

/// Returns the delay until the next run of these handlers is due.
pub(super) async fn delay_until_due(
    connection: &mut PgConnection,
    endpoint: &str,
    handlers: &[&str],
) -> QueryResult<Option<Duration>> {
    let due: Option<f64> = sqlx::query_scalar(
        "SELECT extract(epoch FROM min(first.run_at) - now())::float8 FROM unnest($2::text[]) AS requested (handler) CROSS JOIN LATERAL ( \
           SELECT run_at FROM runs WHERE endpoint = $1 AND state = 'pending' AND NOT blocked AND handler = requested.handler \
           ORDER BY run_at LIMIT 1) AS first \
         WHERE requested.handler NOT IN (SELECT handler FROM pauses WHERE endpoint = $1)",
    )
    .bind(endpoint)
    .bind(handlers)
    .fetch_one(connection)
    .await?;
    Ok(due.map(duration_from_seconds))
}

/// A lane: its tenant, its handler and its object.
pub(super) type LaneKey = (String, String, String);

/// Checks the next lanes that have blocked runs, and makes the first run ready in each lane that
/// has no ready run. Returns the last of these lanes if there may be more.
pub(super) async fn free_lanes(
    connection: &mut PgConnection,
    endpoint: &str,
    after: &LaneKey,
) -> QueryResult<Option<LaneKey>> {
    let looked_at: Vec<(String, String, String, bool)> = sqlx::query_as(
        "WITH RECURSIVE lanes AS ( \
           (SELECT 1 AS count, tenant, handler, lane, lane_at, id FROM runs \
             WHERE endpoint = $1 AND state = 'pending' AND blocked AND lane IS NOT NULL AND (tenant, handler, lane) > ($2, $3, $4) \
             ORDER BY tenant, handler, lane, lane_at, id LIMIT 1) \
           UNION ALL \
           SELECT lanes.count + 1, next.tenant, next.handler, next.lane, next.lane_at, next.id FROM lanes CROSS JOIN LATERAL ( \
             SELECT tenant, handler, lane, lane_at, id FROM runs WHERE endpoint = $1 AND state = 'pending' AND blocked AND lane IS NOT NULL \
             AND (tenant, handler, lane) > (lanes.tenant, lanes.handler, lanes.lane) \
             ORDER BY tenant, handler, lane, lane_at, id LIMIT 1) AS next \
           WHERE lanes.count < $5 \
         ) \
         SELECT tenant, handler, lane, \
           NOT EXISTS (SELECT FROM runs AS run WHERE run.endpoint = $1 AND run.tenant = lanes.tenant AND run.handler = lanes.handler \
             AND run.lane = lanes.lane \
             AND run.state = 'running') \
           AND NOT EXISTS (SELECT FROM runs AS run WHERE run.endpoint = $1 AND run.tenant = lanes.tenant AND run.handler = lanes.handler \
             AND run.lane = lanes.lane \
             AND run.state = 'pending' AND NOT run.blocked) \
           AND NOT EXISTS (SELECT FROM runs AS run WHERE run.endpoint = $1 AND run.tenant = lanes.tenant AND run.handler = lanes.handler \
             AND run.lane = lanes.lane \
             AND run.state = 'parked' AND run.blocks_when_parked AND (run.lane_at, run.id) < (lanes.lane_at, lanes.id)) AS is_free \
         FROM lanes ORDER BY count",
    )
    .bind(endpoint)
    .bind(&after.0)
    .bind(&after.1)
    .bind(&after.2)
    .bind(MAX_CHANGED_RUNS)
    .fetch_all(&mut *connection)
    .await?;
    // `next_of_lane` takes the lane's lock and checks again.
    let free: Vec<_> = looked_at.iter().filter(|(.., is_free)| *is_free).collect();
    if !free.is_empty() {
        sqlx::query(
            "SELECT next_of_lane($1, tenant, handler, lane) FROM unnest($2::text[], $3::text[], $4::text[]) AS free (tenant, handler, lane) \
             ORDER BY lane_lock($1, tenant, handler, lane)",
        )
        .bind(endpoint)
        .bind(collect_column(&free, |(tenant, ..)| &**tenant))
        .bind(collect_column(&free, |(_, handler, ..)| &**handler))
        .bind(collect_column(&free, |(_, _, lane, _)| &**lane))
        .execute(connection)
        .await?;
    }
    let may_be_more =
        u64::try_from(looked_at.len()).is_ok_and(|count| count >= MAX_CHANGED_RUNS.unsigned_abs());
    let last = looked_at.into_iter().next_back().filter(|_| may_be_more);
    Ok(last.map(|(tenant, handler, lane, _)| (tenant, handler, lane)))
}
