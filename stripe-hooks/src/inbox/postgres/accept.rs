//! Stores events and their runs in PostgreSQL, in one statement.

use std::time::Duration;

use sqlx::{PgConnection, Row, postgres::PgRow};

use super::values::{column, milliseconds, text};
use crate::inbox::{
    rows::Found,
    run::Reason,
    store::{Accepted, Arrival, Claimed, First, Lane},
};

/// Stores the new ones among the arrivals, with their runs. It locks the lanes first, then the
/// events in the order of their ids, and then the runs in the order of their keys, so that batches
/// with events in common wait for each other without a deadlock.
pub(super) async fn accept(
    connection: &mut PgConnection,
    endpoint: &str,
    arrivals: &[Arrival],
    lease: Duration,
) -> Found<Vec<Accepted>> {
    let runs: Vec<_> =
        arrivals.iter().flat_map(|arrival| arrival.runs.iter().map(move |run| (arrival, run))).collect();
    let stored = sqlx::query(
        "WITH run AS ( \
           SELECT * FROM unnest($11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::boolean[], $17::text[], $18::bigint[], \
             $19::boolean[]) AS run (event, about, handler, reason, error, begins, lane, lane_at, holds) \
         ), locked AS MATERIALIZED ( \
           SELECT lock_lane(lock) FROM (SELECT DISTINCT lane_lock($1, handler, lane) AS lock FROM run WHERE lane IS NOT NULL ORDER BY lock) \
             AS locks \
         ), stored AS ( \
           INSERT INTO events (endpoint, id, form, type, api_version, created, livemode, account, object_id, body, received_at) \
           SELECT $1, id, form, type, api_version, to_timestamp(created::float8 / 1000), livemode, account, object_id, body, now() \
           FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::boolean[], $8::text[], $9::text[], $10::bytea[]) \
             AS arrived (id, form, type, api_version, created, livemode, account, object_id, body) \
           WHERE (SELECT count(*) FROM locked) >= 0 \
           ORDER BY id ON CONFLICT DO NOTHING RETURNING id \
         ), entered AS ( \
           SELECT run.*, CASE WHEN reason IS NOT NULL THEN 'parked' \
             WHEN begins AND handler NOT IN (SELECT handler FROM pauses) THEN 'running' ELSE 'pending' END AS state \
           FROM run JOIN stored ON stored.id = run.event \
         ), begun AS ( \
           INSERT INTO runs (endpoint, event_id, about, handler, state, attempts, fence, run_at, lease_until, reason, last_error, lane, lane_at, \
             holds, waits, created_at, started_at, finished_at) \
           SELECT $1, event, about, handler, state, (state = 'running')::int, (state = 'running')::int, now(), \
             CASE WHEN state = 'running' THEN now() + $20 * interval '1 millisecond' END, reason, error, lane, \
             CASE WHEN lane IS NOT NULL THEN coalesce(to_timestamp(lane_at::float8 / 1000), now()) END, holds, lane IS NOT NULL, now(), \
             CASE WHEN state = 'running' THEN now() END, CASE WHEN state = 'parked' THEN now() END \
           FROM entered ORDER BY about, handler ON CONFLICT (endpoint, about, handler) DO NOTHING \
           RETURNING id, event_id, handler, state \
         ) \
         SELECT id AS event, NULL AS run, NULL AS handler FROM stored \
         UNION ALL SELECT event_id, id, handler FROM begun WHERE state = 'running'",
    )
    .bind(endpoint)
    .bind(column(arrivals, |arrival| text(&arrival.id)))
    .bind(column(arrivals, |arrival| arrival.form))
    .bind(column(arrivals, |arrival| text(&arrival.event_type)))
    .bind(column(arrivals, |arrival| arrival.api_version.as_deref().map(text)))
    .bind(column(arrivals, |arrival| arrival.created.filter(is_a_date)))
    .bind(column(arrivals, |arrival| arrival.livemode))
    .bind(column(arrivals, |arrival| arrival.account.as_deref().map(text)))
    .bind(column(arrivals, |arrival| arrival.object_id.as_deref().map(text)))
    .bind(column(arrivals, |arrival| &arrival.body[..]))
    .bind(column(&runs, |(arrival, _)| text(&arrival.id)))
    .bind(column(&runs, |(_, run)| text(&run.about)))
    .bind(column(&runs, |(_, run)| &*run.handler))
    .bind(column(&runs, |(_, run)| parked(&run.first).map(|(reason, _)| reason.as_str())))
    .bind(column(&runs, |(_, run)| parked(&run.first).map(|(_, error)| text(error))))
    .bind(column(&runs, |(_, run)| matches!(run.first, First::Begins)))
    .bind(column(&runs, |(_, run)| run.lane.as_ref().map(|lane| text(&lane.object))))
    .bind(column(&runs, |(arrival, _)| arrival.created.filter(is_a_date)))
    .bind(column(&runs, |(_, run)| run.lane.as_ref().is_some_and(|lane: &Lane| lane.holds)))
    .bind(milliseconds(lease))
    .fetch_all(connection)
    .await?;
    read(arrivals, &stored)
}

/// Returns for each arrival whether another connection has locked one of its lanes. The query waits
/// for no lock, and keeps none.
pub(super) async fn held_up(
    connection: &mut PgConnection,
    endpoint: &str,
    arrivals: &[Arrival],
) -> Found<Vec<bool>> {
    let runs =
        arrivals.iter().enumerate().flat_map(|(at, arrival)| arrival.runs.iter().map(move |run| (at, run)));
    let lanes: Vec<_> = runs.filter_map(|(at, run)| Some((at, &run.handler, run.lane.as_ref()?))).collect();
    let locked: Vec<i64> = sqlx::query_scalar(
        "SELECT at FROM unnest($2::bigint[], $3::text[], $4::text[]) AS run (at, handler, lane) \
         WHERE NOT pg_try_advisory_xact_lock(1937010281, lane_lock($1, handler, lane))",
    )
    .bind(endpoint)
    .bind(column(&lanes, |(at, ..)| i64::try_from(*at).unwrap_or(i64::MAX)))
    .bind(column(&lanes, |(_, handler, _)| &***handler))
    .bind(column(&lanes, |(.., lane)| text(&lane.object)))
    .fetch_all(connection)
    .await?;
    let is_locked = |at| i64::try_from(at).is_ok_and(|at| locked.contains(&at));
    Ok((0..arrivals.len()).map(is_locked).collect())
}

/// The reason and error of a run that is parked from its start.
fn parked(first: &First) -> Option<(Reason, &str)> {
    match first {
        First::Parked(reason, error) => Some((*reason, error)),
        First::Waits | First::Begins => None,
    }
}

/// The result for each arrival. The same id may arrive twice, and is new once.
fn read(arrivals: &[Arrival], stored: &[PgRow]) -> Found<Vec<Accepted>> {
    let mut accepted: Vec<_> =
        arrivals.iter().map(|_| Accepted { is_new: false, begun: Vec::new() }).collect();
    for row in stored {
        let (event, run): (&str, Option<i64>) = (row.try_get("event")?, row.try_get("run")?);
        let at = arrivals.iter().position(|arrival| event == text(&arrival.id));
        let Some((arrival, accepted)) = at.map(|at| (&arrivals[at], &mut accepted[at])) else { continue };
        match run {
            None => accepted.is_new = true,
            Some(id) => accepted.begun.push(Claimed::begun(id, row.try_get("handler")?, arrival)),
        }
    }
    Ok(accepted)
}

/// Returns whether PostgreSQL has this time (in milliseconds): here, from 1970 until the year 9999.
fn is_a_date(created: &i64) -> bool {
    (0..253_402_300_800_000).contains(created)
}
