//! The door in SQLite's words: events and their runs, in one commit.

use std::{collections::HashSet, time::Duration};

use serde::Serialize;
use sqlx::Row;

use super::{
    command::transact,
    store::{SqliteStore, after, now},
};
use crate::inbox::store::{Accepted, Arrival, Claimed, First};

/// First which of the events are known, normally none. The runs come before their events, by which they are known to be new; and last those that
/// begin. The bodies are cut out of one long one, so that the text is the same for any number of events, and stays prepared.
/// `OR ROLLBACK`, because SQLite else keeps each page as it was before a statement that may have to be taken back by itself.
const ACCEPT: &str = "BEGIN IMMEDIATE; \
    SELECT arrived.value->>0 AS at, NULL AS run, NULL AS handler \
    FROM json_each($2) AS arrived CROSS JOIN stripe_hooks_events AS event ON event.endpoint = $1 AND event.id = arrived.value->>1; \
    WITH run AS MATERIALIZED ( \
      SELECT value->>0 AS event, value->>1 AS about, value->>2 AS handler, \
        iif(value->>3 = 'running' AND value->>2 IN (SELECT handler FROM stripe_hooks_pauses), 'pending', value->>3) AS state, \
        value->>4 AS reason, value->>5 AS error, value->>6 AS lane, value->>7 AS lane_at, value->>8 AS holds FROM json_each($4)) \
    INSERT OR ROLLBACK INTO stripe_hooks_runs \
      (endpoint, event_id, about, handler, state, attempts, fence, run_at, lease_until, reason, last_error, lane, lane_at, holds, \
        waits, created_at, started_at, finished_at) \
    SELECT $1, event, about, handler, state, state = 'running', state = 'running', $5, iif(state = 'running', $6, NULL), reason, error, \
      lane, iif(lane IS NULL, NULL, coalesce(lane_at, $5)), holds, lane IS NOT NULL, $5, iif(state = 'running', $5, NULL), \
      iif(state = 'parked', $5, NULL) \
    FROM run WHERE NOT EXISTS (SELECT 1 FROM stripe_hooks_events WHERE endpoint = $1 AND id = run.event) \
    ON CONFLICT (endpoint, about, handler) DO NOTHING; \
    INSERT OR ROLLBACK INTO stripe_hooks_events \
      (endpoint, id, form, type, api_version, created, livemode, account, object_id, body, received_at) \
    SELECT $1, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, value->>8, \
      substr($3, value->>9, value->>10), $5 FROM json_each($2) WHERE true \
    ON CONFLICT DO NOTHING; \
    SELECT begun.value->>0 AS at, run.id AS run, run.handler \
    FROM json_each($7) AS begun CROSS JOIN stripe_hooks_runs AS run \
      ON run.endpoint = $1 AND run.about = begun.value->>2 AND run.handler = begun.value->>3 \
    WHERE run.event_id = begun.value->>1 AND run.state = 'running'; \
    COMMIT";

impl SqliteStore {
    pub(super) async fn accept(
        &self,
        endpoint: &str,
        arrivals: &[Arrival],
        lease: Duration,
    ) -> Result<Vec<Accepted>, sqlx::Error> {
        // One id may be there twice, and is new once.
        let mut ids = HashSet::with_capacity(arrivals.len());
        let firsts: Vec<_> =
            arrivals.iter().enumerate().filter(|(_, arrival)| ids.insert(&*arrival.id)).collect();
        let bodies: usize = firsts.iter().map(|(_, arrival)| arrival.body.len()).sum();
        let mut bodies = Vec::with_capacity(bodies);
        let events = list(firsts.iter().map(|(at, arrival)| {
            // The first byte is 1.
            let (body, length) = (bodies.len() + 1, arrival.body.len());
            bodies.extend_from_slice(&arrival.body);
            let about = (&arrival.api_version, arrival.created, arrival.livemode, &arrival.account);
            let (api_version, created, livemode, account) = about;
            (
                at,
                &arrival.id,
                arrival.form,
                &arrival.event_type,
                api_version,
                created,
                livemode,
                account,
                &arrival.object_id,
                body,
                length,
            )
        }))?;
        let runs =
            || firsts.iter().flat_map(|(at, arrival)| arrival.runs.iter().map(move |run| (at, arrival, run)));
        let begins = runs().filter(|(.., run)| matches!(run.first, First::Begins));
        let begins = list(begins.map(|(at, arrival, run)| (at, &arrival.id, &run.about, &run.handler)))?;
        let runs = list(runs().map(|(_, arrival, run)| {
            let (state, reason, error) = match &run.first {
                First::Waits => ("pending", None, None),
                First::Begins => ("running", None, None),
                First::Parked(reason, error) => ("parked", Some(reason.as_str()), Some(error)),
            };
            let lane = run.lane.as_ref().map(|lane| &lane.object);
            let holds = run.lane.as_ref().is_some_and(|lane| lane.holds);
            (&arrival.id, &run.about, &run.handler, state, reason, error, lane, arrival.created, holds)
        }))?;
        let accept = sqlx::query(ACCEPT)
            .bind(endpoint.to_owned())
            .bind(events)
            .bind(bodies)
            .bind(runs)
            .bind(now())
            .bind(after(lease))
            .bind(begins);
        let rows = transact(self.write.acquire().await?, accept).await?;
        let mut accepted: Vec<_> =
            arrivals.iter().map(|_| Accepted { is_new: false, begun: Vec::new() }).collect();
        for (at, _) in &firsts {
            accepted[*at].is_new = true;
        }
        for row in rows {
            let at = usize::try_from(row.try_get::<i64, _>("at")?).unwrap_or(usize::MAX);
            let Some((accepted, arrival)) = accepted.get_mut(at).zip(arrivals.get(at)) else { continue };
            match row.try_get("run")? {
                None => accepted.is_new = false,
                Some(id) if accepted.is_new => {
                    accepted.begun.push(Claimed::begun(id, row.try_get("handler")?, arrival));
                }
                // The run of an event that had been stored before.
                Some(_) => {}
            }
        }
        Ok(accepted)
    }
}

/// Rows, as a statement reads them.
fn list(rows: impl Iterator<Item = impl Serialize>) -> Result<String, sqlx::Error> {
    let rows: Vec<_> = rows.collect();
    serde_json::to_string(&rows).map_err(|error| sqlx::Error::Encode(error.into()))
}
