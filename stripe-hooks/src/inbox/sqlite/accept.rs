//! The door in SQLite's words: events and their runs, in one commit.

use std::time::Duration;

use serde_json::{Value, json};
use sqlx::{QueryBuilder, Row, Sqlite, sqlite::SqliteRow};

use super::store::{SqliteStore, after, begin, now};
use crate::inbox::store::{Accepted, Arrival, Claimed, First};

impl SqliteStore {
    pub(super) async fn accept(
        &self,
        endpoint: &str,
        arrivals: &[Arrival],
        lease: Duration,
    ) -> Result<Vec<Accepted>, sqlx::Error> {
        let now = now();
        let mut transaction = begin(&self.write).await?;
        let mut insert = QueryBuilder::<Sqlite>::new(
            "INSERT INTO stripe_hooks_events \
             (endpoint, id, form, type, api_version, created, livemode, account, object_id, body, received_at) ",
        );
        insert.push_values(arrivals, |mut row, arrival| {
            row.push_bind(endpoint)
                .push_bind(&arrival.id)
                .push_bind(arrival.form)
                .push_bind(&arrival.event_type)
                .push_bind(&arrival.api_version)
                .push_bind(arrival.created)
                .push_bind(arrival.livemode)
                .push_bind(&arrival.account)
                .push_bind(&arrival.object_id)
                .push_bind(&arrival.body[..])
                .push_bind(now);
        });
        insert.push(" ON CONFLICT DO NOTHING RETURNING id");
        let mut stored: Vec<String> = insert.build_query_scalar().fetch_all(&mut *transaction).await?;
        // One id may be there twice, and is new once.
        let mut is_new = |arrival: &Arrival| {
            let at = stored.iter().position(|id| *id == arrival.id);
            at.map(|at| stored.swap_remove(at)).is_some()
        };
        let mut accepted: Vec<Accepted> =
            arrivals.iter().map(|arrival| Accepted { is_new: is_new(arrival), begun: Vec::new() }).collect();
        let added = || arrivals.iter().zip(&accepted).filter(|(_, accepted)| accepted.is_new);
        let runs = runs(added().map(|(arrival, _)| arrival));
        let begun = sqlx::query(
            "INSERT INTO stripe_hooks_runs \
             (endpoint, event_id, about, handler, state, attempts, fence, run_at, lease_until, reason, last_error, lane, lane_at, holds, \
               waits, created_at, started_at, finished_at) \
             SELECT ?1, event, about, handler, state, state = 'running', state = 'running', ?2, iif(state = 'running', ?3, NULL), reason, \
               error, lane, iif(lane IS NULL, NULL, coalesce(lane_at, ?2)), holds, lane IS NOT NULL, ?2, iif(state = 'running', ?2, NULL), \
               iif(state = 'parked', ?2, NULL) \
             FROM (SELECT value->>'event' AS event, value->>'about' AS about, value->>'handler' AS handler, \
               iif(value->>'state' = 'running' AND value->>'handler' IN (SELECT handler FROM stripe_hooks_pauses), 'pending', \
                 value->>'state') AS state, \
               value->>'reason' AS reason, value->>'error' AS error, value->>'lane' AS lane, value->>'lane_at' AS lane_at, \
               value->>'holds' AS holds FROM json_each(?4)) \
             WHERE true ON CONFLICT (endpoint, about, handler) DO NOTHING RETURNING id, event_id, handler, state",
        )
        .bind(endpoint)
        .bind(now)
        .bind(after(lease))
        .bind(runs)
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        for row in begun.iter().filter(|row| matches!(row.try_get("state"), Ok("running"))) {
            let event: &str = row.try_get("event_id")?;
            let at = arrivals
                .iter()
                .zip(&accepted)
                .position(|(arrival, accepted)| accepted.is_new && arrival.id == event);
            if let Some(at) = at {
                accepted[at].begun.push(read_begun(row, &arrivals[at])?);
            }
        }
        Ok(accepted)
    }
}

/// The runs of these events, as the statement reads them.
fn runs<'a>(arrivals: impl Iterator<Item = &'a Arrival>) -> String {
    let rows = arrivals.flat_map(|arrival| {
        arrival.runs.iter().map(|run| {
            let (state, reason, error) = match &run.first {
                First::Waits => ("pending", None, None),
                First::Begins => ("running", None, None),
                First::Parked(reason, error) => ("parked", Some(reason.as_str()), Some(error)),
            };
            json!({
                "event": arrival.id, "about": run.about, "handler": run.handler,
                "state": state, "reason": reason, "error": error,
                "lane": run.lane.as_ref().map(|lane| &lane.object), "lane_at": arrival.created,
                "holds": i64::from(run.lane.as_ref().is_some_and(|lane| lane.holds)),
            })
        })
    });
    Value::from_iter(rows).to_string()
}

/// A run that was stored together with its event, and claimed.
fn read_begun(row: &SqliteRow, arrival: &Arrival) -> Result<Claimed, sqlx::Error> {
    Ok(Claimed {
        id: row.try_get("id")?,
        fence: 1,
        attempt: 1,
        handler: row.try_get("handler")?,
        body: Some(arrival.body.clone()),
        is_stale: false,
    })
}
