//! Stores events and their runs in SQLite, in one commit.

use std::{collections::HashMap, iter};

use serde_json::json;
use sqlx::{AssertSqlSafe, Row, Sqlite, query::Query, sqlite::SqliteArguments};

use super::{
    command::run_transaction,
    connections::SqliteStore,
    values::{now_milliseconds, time_after},
};
use crate::inbox::{
    run::RunState,
    store::{AcceptedArrival, Arrival, ClaimedRun, Lease, RunStart},
};

/// Number of values that identify an event.
const KEY: usize = 3;
/// Number of values of a run.
const RUN: usize = 12;
/// Number of values of an event.
const EVENT: usize = 14;
/// The largest number of runs in one statement: SQLite limits the number of a statement's values.
const MAX_RUNS_PER_STATEMENT: usize = 256;

/// Row constructors for this many rows of so many values.
fn rows(count: usize, values: usize) -> String {
    let row = format!("({})", vec!["?"; values].join(", "));
    vec![row; count].join(", ")
}

/// The statements that store this many events and runs. The `?` stand for the values of the rows,
/// in their order. The values that all rows share come after those, by number.
///
/// The first statement selects the events that are known already, normally none. The runs are
/// inserted before their events, because an event that is not stored yet makes its runs new. The
/// key of an event is its position in the batch after the last key that was used, which SQLite
/// keeps in a table of its own: a query on the events, into which the same statement inserts, would
/// copy all bodies. The last statement selects the runs that begin. `OR ROLLBACK` saves work:
/// without it, SQLite keeps a copy of each page, to undo the statement alone.
fn build_statements(events: usize, runs: usize, begins: bool) -> String {
    let [endpoint, now, lease_until, process, begun] =
        [1, 2, 3, 4, 5].map(|number| events * (KEY + EVENT) + runs * RUN + number);
    let (keys, events) = (rows(events, KEY), rows(events, EVENT));
    let (statements, runs) =
        (runs.div_ceil(MAX_RUNS_PER_STATEMENT), rows(runs.min(MAX_RUNS_PER_STATEMENT), RUN));
    let last_key = "(SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'stripe_hooks_events')";
    let runs = format!(
        "INSERT OR ROLLBACK INTO stripe_hooks_runs \
           (event, endpoint, handler, counts_for_id, counts_for_type, state, attempts, fence, run_at, lease_until, process, reason, error, \
             lane, lane_at, blocks_when_parked, blocked, created_at, started_at, finished_at) \
         SELECT {last_key} + position, ${endpoint}, handler, coalesce(counts_for_id, id), coalesce(counts_for_type, type), state, \
           state = 'running', state = 'running', ${now}, iif(state = 'running', ${lease_until}, NULL), \
           iif(state = 'running', ${process}, NULL), reason, error, lane, iif(lane IS NULL, NULL, coalesce(lane_at, ${now})), \
           blocks_when_parked, lane IS NOT NULL, ${now}, iif(state = 'running', ${now}, NULL), iif(state = 'parked', ${now}, NULL) \
         FROM ( \
           SELECT column1 AS position, column2 AS id, column3 AS type, column4 AS handler, column5 AS counts_for_id, \
             column6 AS counts_for_type, iif(column7 = 'running' AND column4 IN ( \
               SELECT handler FROM stripe_hooks_pauses WHERE endpoint = ${endpoint}), 'pending', column7) AS state, \
             column8 AS reason, column9 AS error, column10 AS lane, column11 AS lane_at, column12 AS blocks_when_parked \
           FROM (VALUES {runs})) AS run \
         WHERE position IS NOT NULL AND NOT EXISTS (SELECT 1 FROM stripe_hooks_events AS event \
           WHERE event.id = run.id AND event.type = run.type AND event.endpoint = ${endpoint} AND event.tenant = '') \
         ON CONFLICT (counts_for_id, counts_for_type, handler, endpoint, tenant) DO NOTHING; "
    )
    .repeat(statements);
    let begun = format!(
        "SELECT begun.value->>0 AS position, run.id AS run, run.handler \
         FROM json_each(${begun}) AS begun CROSS JOIN stripe_hooks_runs AS run \
           ON run.counts_for_id = begun.value->>3 AND run.counts_for_type = begun.value->>4 AND run.handler = begun.value->>5 \
           AND run.endpoint = ${endpoint} AND run.tenant = '' \
         CROSS JOIN stripe_hooks_events AS event ON event.key = run.event \
         WHERE event.id = begun.value->>1 AND event.type = begun.value->>2 AND run.state = 'running'; "
    );
    let begun = if begins { &*begun } else { "" };
    format!(
        "BEGIN IMMEDIATE; \
         SELECT arrived.column1 AS position, NULL AS run, NULL AS handler \
         FROM (VALUES {keys}) AS arrived CROSS JOIN stripe_hooks_events AS event \
           ON event.id = arrived.column2 AND event.type = arrived.column3 AND event.endpoint = ${endpoint} AND event.tenant = ''; \
         {runs}\
         INSERT OR ROLLBACK INTO stripe_hooks_events \
           (key, endpoint, id, type, form, source, api_version, created, livemode, account, context, object_kind, object_id, received_at, \
             answered_at, body) \
         SELECT {last_key} + column1, ${endpoint}, column2, column3, column4, column5, column6, column7, column8, column9, column10, \
           column11, column12, ${now}, iif(column13, ${now}, NULL), column14 \
         FROM (VALUES {events}) WHERE column1 IS NOT NULL ON CONFLICT (id, type, endpoint, tenant) DO NOTHING; \
         {begun}COMMIT"
    )
}

impl SqliteStore {
    /// Stores the new ones among the arrivals, with their runs.
    pub(super) async fn store_arrivals(
        &self,
        endpoint: &str,
        arrivals: &[Arrival],
        lease: Lease,
    ) -> Result<Vec<AcceptedArrival>, sqlx::Error> {
        match self.accept_once(endpoint, arrivals, lease).await {
            Err(error) if is_key_taken(&error) => {
                self.restore_last_key().await?;
                self.accept_once(endpoint, arrivals, lease).await
            }
            accepted => accepted,
        }
    }

    /// Restores the last key of the events. The application may have reset all sequences of its
    /// file.
    async fn restore_last_key(&self) -> Result<(), sqlx::Error> {
        let restore = sqlx::query(
            "BEGIN IMMEDIATE; \
             DELETE FROM sqlite_sequence WHERE name = 'stripe_hooks_events'; \
             INSERT INTO sqlite_sequence (name, seq) SELECT 'stripe_hooks_events', max(key) FROM stripe_hooks_events; \
             COMMIT",
        );
        run_transaction(self.write_pool.acquire().await?, restore).await.map(drop)
    }

    async fn accept_once(
        &self,
        endpoint: &str,
        arrivals: &[Arrival],
        lease: Lease,
    ) -> Result<Vec<AcceptedArrival>, sqlx::Error> {
        // The same event may arrive twice, and is new once.
        let mut first_at = HashMap::with_capacity(arrivals.len());
        for (at, arrival) in arrivals.iter().enumerate() {
            first_at.entry(&arrival.key).or_insert(at);
        }
        let is_first = |at: usize| first_at[&arrivals[at].key] == at;
        // A position is 1 for the first arrival.
        let firsts: Vec<(i64, &Arrival)> =
            (1..).zip(arrivals).enumerate().filter(|(at, _)| is_first(*at)).map(|(_, first)| first).collect();
        let runs: Vec<_> = firsts
            .iter()
            .flat_map(|(position, arrival)| arrival.runs.iter().map(move |run| (*position, *arrival, run)))
            .collect();
        let begins = runs.iter().filter(|(.., run)| matches!(run.start, RunStart::AttemptNow));
        let begins: Vec<_> = begins
            .map(|(position, arrival, run)| {
                let (own, counts_for) = (&arrival.key, &run.counts_for);
                let types = (&own.event_type, &counts_for.event_type);
                (position, &own.id, types.0, &counts_for.id, types.1, &run.handler)
            })
            .collect();
        // Powers of two, so that a few prepared statements serve all batches. The rows that are
        // left over are NULL.
        let (event_rows, run_rows) = (firsts.len().next_power_of_two(), runs.len().next_power_of_two());
        let text = build_statements(event_rows, run_rows, !begins.is_empty());
        let mut accept = sqlx::query(AssertSqlSafe(text));
        for (position, Arrival { key, .. }) in &firsts {
            accept = accept.bind(position).bind(&key.id).bind(&key.event_type);
        }
        accept = bind_nulls(accept, (event_rows - firsts.len()) * KEY);
        for (position, arrival, run) in &runs {
            let (state, reason, error) = match &run.start {
                RunStart::Pending => (RunState::Pending, None, None),
                RunStart::AttemptNow => (RunState::Running, None, None),
                RunStart::Parked(reason, error) => (RunState::Parked, Some(reason.as_str()), Some(error)),
            };
            // Most runs count for their own event.
            let twin = Some(&run.counts_for).filter(|counts_for| **counts_for != arrival.key);
            let lane = run.lane.as_ref();
            accept = accept.bind(position).bind(&arrival.key.id).bind(&arrival.key.event_type);
            accept = accept.bind(&run.handler).bind(twin.map(|twin| &twin.id));
            accept = accept.bind(twin.map(|twin| &twin.event_type)).bind(state.as_str()).bind(reason);
            accept = accept.bind(error).bind(lane.map(|lane| &lane.object)).bind(arrival.created);
            accept = accept.bind(lane.is_some_and(|lane| lane.blocks_when_parked));
        }
        accept = bind_nulls(accept, (run_rows - runs.len()) * RUN);
        for (position, arrival) in &firsts {
            accept = accept.bind(position).bind(&arrival.key.id).bind(&arrival.key.event_type);
            accept = accept.bind(arrival.form).bind(arrival.source.as_str()).bind(&arrival.api_version);
            accept = accept.bind(arrival.created).bind(arrival.livemode).bind(&arrival.account);
            accept = accept.bind(&arrival.context).bind(&arrival.object_kind).bind(&arrival.object_id);
            accept = accept.bind(arrival.is_answered).bind(&*arrival.body);
        }
        accept = bind_nulls(accept, (event_rows - firsts.len()) * EVENT);
        accept = accept
            .bind(endpoint)
            .bind(now_milliseconds())
            .bind(time_after(lease.duration))
            .bind(lease.process_id);
        accept = accept.bind(json!(begins).to_string());
        let rows = run_transaction(self.write_pool.acquire().await?, accept).await?;
        let mut accepted: Vec<_> = (0..arrivals.len())
            .map(|at| AcceptedArrival { is_new: is_first(at), inline_runs: Vec::new() })
            .collect();
        for row in rows {
            let position: i64 = row.try_get("position")?;
            let at = usize::try_from(position).unwrap_or_default().wrapping_sub(1);
            let Some((accepted, arrival)) = accepted.get_mut(at).zip(arrivals.get(at)) else { continue };
            match row.try_get("run")? {
                None => accepted.is_new = false,
                Some(id) if accepted.is_new => {
                    accepted.inline_runs.push(ClaimedRun::from_arrival(id, row.try_get("handler")?, arrival));
                }
                // The run belongs to an event that was stored before.
                Some(_) => {}
            }
        }
        Ok(accepted)
    }
}

/// Returns whether an event already has the key that a new one would get.
fn is_key_taken(error: &sqlx::Error) -> bool {
    let error = error.as_database_error();
    error.is_some_and(|error| error.message().contains("stripe_hooks_events.key"))
}

/// Binds NULL this many times.
fn bind_nulls(query: Query<'_, Sqlite, SqliteArguments>, count: usize) -> Query<'_, Sqlite, SqliteArguments> {
    iter::repeat_n(None::<i64>, count).fold(query, Query::bind)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;

    use super::*;
    use crate::{
        inbox::{event_key::EventKey, sqlite::open::open_or_create, store::NewRun},
        source::EventSource,
    };

    fn arrival(id: &str, runs: usize) -> Arrival {
        let key = EventKey::new(id, "charge.succeeded", b"");
        let run = |number| NewRun {
            handler: format!("handler_{number}"),
            counts_for: key.clone(),
            lane: None,
            start: RunStart::Pending,
        };
        Arrival {
            form: "snapshot",
            source: EventSource::Delivered,
            api_version: None,
            created: Some(1),
            livemode: Some(false),
            account: None,
            context: None,
            object_kind: None,
            object_id: None,
            body: Bytes::from(id.to_owned()),
            is_answered: true,
            runs: (0..runs).map(run).collect(),
            key,
        }
    }

    #[tokio::test]
    async fn any_number_of_events_with_any_number_of_runs_is_stored_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let store = open_or_create(folder.path().join("events.db")).await.unwrap();
        for (events, runs) in
            [(1, 0), (1, 1), (1, 3 * MAX_RUNS_PER_STATEMENT + 1), (3, 2), (64, 1), (127, 5), (128, 40)]
        {
            let batch: Vec<_> =
                (0..events).map(|at| arrival(&format!("evt_{at}_of_{events}_with_{runs}"), runs)).collect();
            let count = |accepted: Vec<AcceptedArrival>| accepted.iter().filter(|one| one.is_new).count();
            let lease = Lease { process_id: 1, duration: Duration::from_secs(60) };
            // The first alone, and then all: each is stored once.
            assert_eq!(count(store.store_arrivals("default", &batch[..1], lease).await.unwrap()), 1);
            assert_eq!(count(store.store_arrivals("default", &batch, lease).await.unwrap()), events - 1);
            let stored: (i64, i64) = sqlx::query_as(
                "SELECT count(*), count(event.key) FROM stripe_hooks_runs AS run LEFT JOIN stripe_hooks_events AS event \
                 ON event.key = run.event AND event.endpoint = run.endpoint AND event.id = run.counts_for_id \
                 AND event.body = CAST(event.id AS BLOB) AND event.answered_at = event.received_at \
                 WHERE run.counts_for_id LIKE ? AND livemode = 0 AND account IS NULL",
            )
            .bind(format!("evt_%_of_{events}_with_{runs}"))
            .fetch_one(&store.read_pool)
            .await
            .unwrap();
            let expected = i64::try_from(events * runs).unwrap();
            assert_eq!(stored, (expected, expected), "{events} events with {runs} runs each");
        }
    }
}
