//! Stores events and their runs in PostgreSQL, in one statement.

use sqlx::{PgConnection, Row, postgres::PgRow};

use super::values::{collect_column, to_milliseconds_f64, without_nul};
use crate::inbox::{
    event_key::EventKey,
    rows::QueryResult,
    run::ParkReason,
    store::{AcceptedArrival, Arrival, ClaimedRun, Lane, Lease, RunStart},
};

/// Stores the new ones among the arrivals, with their runs. It locks the lanes first, then the
/// events in the order of their ids and types, and then the runs in the order of their keys, so that batches
/// with events in common wait for each other without a deadlock.
pub(super) async fn store_arrivals(
    connection: &mut PgConnection,
    endpoint: &str,
    arrivals: &[Arrival],
    lease: Lease,
) -> QueryResult<Vec<AcceptedArrival>> {
    let runs: Vec<_> =
        arrivals.iter().flat_map(|arrival| arrival.runs.iter().map(move |run| (arrival, run))).collect();
    let stored = sqlx::query(
        "WITH run AS ( \
           SELECT * FROM unnest($15::text[], $16::text[], $17::text[], $18::text[], $19::text[], $20::text[], $21::text[], $22::boolean[], \
             $23::text[], $24::bigint[], $25::boolean[]) AS run (id, type, counts_for_id, counts_for_type, handler, reason, error, begins, \
             lane, lane_at, blocks_when_parked) \
         ), locked AS MATERIALIZED ( \
           SELECT lock_lane(lock) FROM (SELECT DISTINCT lane_lock($1, '', handler, lane) AS lock FROM run WHERE lane IS NOT NULL ORDER BY lock) \
             AS locks \
         ), stored AS ( \
           INSERT INTO events (endpoint, id, type, form, source, api_version, created, livemode, account, context, object_kind, object_id, \
             body, received_at, answered_at) \
           SELECT $1, id, type, form, source, api_version, to_timestamp(created::float8 / 1000), livemode, account, context, object_kind, \
             object_id, body, now(), CASE WHEN is_answered THEN now() END \
           FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::boolean[], $9::text[], $10::text[], \
             $11::text[], $12::text[], $13::bytea[], $14::boolean[]) \
             AS arrived (id, type, form, source, api_version, created, livemode, account, context, object_kind, object_id, body, is_answered) \
           WHERE (SELECT count(*) FROM locked) >= 0 \
           ORDER BY id, type ON CONFLICT (id, type, endpoint, tenant) DO NOTHING RETURNING key, id, type \
         ), entered AS ( \
           SELECT run.*, stored.key AS event, CASE WHEN reason IS NOT NULL THEN 'parked' \
             WHEN begins AND handler NOT IN (SELECT handler FROM pauses WHERE endpoint = $1) THEN 'running' ELSE 'pending' END AS state \
           FROM run JOIN stored ON stored.id = run.id AND stored.type = run.type \
         ), inserted AS ( \
           INSERT INTO runs (event, endpoint, handler, counts_for_id, counts_for_type, state, attempts, fence, run_at, lease_until, process, \
             reason, error, lane, lane_at, blocks_when_parked, blocked, created_at, started_at, finished_at) \
           SELECT event, $1, handler, counts_for_id, counts_for_type, state, (state = 'running')::int, (state = 'running')::int, now(), \
             CASE WHEN state = 'running' THEN now() + $26 * interval '1 millisecond' END, CASE WHEN state = 'running' THEN $27::bigint END, \
             reason, error, lane, CASE WHEN lane IS NOT NULL THEN coalesce(to_timestamp(lane_at::float8 / 1000), now()) END, \
             blocks_when_parked, lane IS NOT NULL, now(), CASE WHEN state = 'running' THEN now() END, \
             CASE WHEN state = 'parked' THEN now() END \
           FROM entered ORDER BY counts_for_id, counts_for_type, handler \
           ON CONFLICT (counts_for_id, counts_for_type, handler, endpoint, tenant) DO NOTHING \
           RETURNING id, event, handler, state \
         ) \
         SELECT id, type, NULL AS run, NULL AS handler FROM stored \
         UNION ALL SELECT stored.id, stored.type, inserted.id, inserted.handler FROM inserted JOIN stored ON stored.key = inserted.event \
           WHERE inserted.state = 'running'",
    )
    .bind(endpoint)
    .bind(collect_column(arrivals, |arrival| without_nul(&arrival.key.id)))
    .bind(collect_column(arrivals, |arrival| without_nul(&arrival.key.event_type)))
    .bind(collect_column(arrivals, |arrival| arrival.form))
    .bind(collect_column(arrivals, |arrival| arrival.source.as_str()))
    .bind(collect_column(arrivals, |arrival| arrival.api_version.as_deref().map(without_nul)))
    .bind(collect_column(arrivals, |arrival| arrival.created.filter(is_valid_date)))
    .bind(collect_column(arrivals, |arrival| arrival.livemode))
    .bind(collect_column(arrivals, |arrival| arrival.account.as_deref().map(without_nul)))
    .bind(collect_column(arrivals, |arrival| arrival.context.as_deref().map(without_nul)))
    .bind(collect_column(arrivals, |arrival| arrival.object_kind.as_deref().map(without_nul)))
    .bind(collect_column(arrivals, |arrival| arrival.object_id.as_deref().map(without_nul)))
    .bind(collect_column(arrivals, |arrival| &arrival.body[..]))
    .bind(collect_column(arrivals, |arrival| arrival.is_answered))
    .bind(collect_column(&runs, |(arrival, _)| without_nul(&arrival.key.id)))
    .bind(collect_column(&runs, |(arrival, _)| without_nul(&arrival.key.event_type)))
    .bind(collect_column(&runs, |(_, run)| without_nul(&run.counts_for.id)))
    .bind(collect_column(&runs, |(_, run)| without_nul(&run.counts_for.event_type)))
    .bind(collect_column(&runs, |(_, run)| &*run.handler))
    .bind(collect_column(&runs, |(_, run)| initial_parking(&run.start).map(|(reason, _)| reason.as_str())))
    .bind(collect_column(&runs, |(_, run)| initial_parking(&run.start).map(|(_, error)| without_nul(error))))
    .bind(collect_column(&runs, |(_, run)| matches!(run.start, RunStart::AttemptNow)))
    .bind(collect_column(&runs, |(_, run)| run.lane.as_ref().map(|lane| without_nul(&lane.object))))
    .bind(collect_column(&runs, |(arrival, _)| arrival.created.filter(is_valid_date)))
    .bind(collect_column(&runs, |(_, run)| run.lane.as_ref().is_some_and(|lane: &Lane| lane.blocks_when_parked)))
    .bind(to_milliseconds_f64(lease.duration))
    .bind(lease.process_id)
    .fetch_all(connection)
    .await?;
    read_accepted(arrivals, &stored)
}

/// Returns for each arrival whether another connection has locked one of its lanes. The query waits
/// for no lock, and keeps none.
pub(super) async fn find_locked_arrivals(
    connection: &mut PgConnection,
    endpoint: &str,
    arrivals: &[Arrival],
) -> QueryResult<Vec<bool>> {
    let runs =
        arrivals.iter().enumerate().flat_map(|(at, arrival)| arrival.runs.iter().map(move |run| (at, run)));
    let lanes: Vec<_> = runs.filter_map(|(at, run)| Some((at, &run.handler, run.lane.as_ref()?))).collect();
    let locked: Vec<i64> = sqlx::query_scalar(
        "SELECT at FROM unnest($2::bigint[], $3::text[], $4::text[]) AS run (at, handler, lane) \
         WHERE NOT pg_try_advisory_xact_lock(1937010281, lane_lock($1, '', handler, lane))",
    )
    .bind(endpoint)
    .bind(collect_column(&lanes, |(at, ..)| i64::try_from(*at).unwrap_or(i64::MAX)))
    .bind(collect_column(&lanes, |(_, handler, _)| &***handler))
    .bind(collect_column(&lanes, |(.., lane)| without_nul(&lane.object)))
    .fetch_all(connection)
    .await?;
    let is_locked = |at| i64::try_from(at).is_ok_and(|at| locked.contains(&at));
    Ok((0..arrivals.len()).map(is_locked).collect())
}

/// The reason and error of a run that is parked from its start.
fn initial_parking(start: &RunStart) -> Option<(ParkReason, &str)> {
    match start {
        RunStart::Parked(reason, error) => Some((*reason, error)),
        RunStart::Pending | RunStart::AttemptNow => None,
    }
}

/// The result for each arrival. The same event may arrive twice, and is new once.
fn read_accepted(arrivals: &[Arrival], stored: &[PgRow]) -> QueryResult<Vec<AcceptedArrival>> {
    let mut accepted: Vec<_> =
        arrivals.iter().map(|_| AcceptedArrival { is_new: false, inline_runs: Vec::new() }).collect();
    for row in stored {
        let (id, event_type): (&str, &str) = (row.try_get("id")?, row.try_get("type")?);
        let run: Option<i64> = row.try_get("run")?;
        let is_stored =
            |key: &EventKey| id == without_nul(&key.id) && event_type == without_nul(&key.event_type);
        let at = arrivals.iter().position(|arrival| is_stored(&arrival.key));
        let Some((arrival, accepted)) = at.map(|at| (&arrivals[at], &mut accepted[at])) else { continue };
        match run {
            None => accepted.is_new = true,
            Some(id) => {
                accepted.inline_runs.push(ClaimedRun::from_arrival(id, row.try_get("handler")?, arrival));
            }
        }
    }
    Ok(accepted)
}

/// Returns whether PostgreSQL has this time (in milliseconds): here, from 1970 until the year 9999.
fn is_valid_date(created: &i64) -> bool {
    (0..253_402_300_800_000).contains(created)
}
