//! Stores events and their runs in SQLite, in one commit.

use std::{collections::HashMap, iter, time::Duration};

use serde_json::json;
use sqlx::{AssertSqlSafe, Row, Sqlite, query::Query, sqlite::SqliteArguments};

use super::{
    command::transact,
    connections::SqliteStore,
    values::{after, now},
};
use crate::inbox::{
    run::RunState,
    store::{Accepted, Arrival, Claimed, First},
};

/// Number of values of an event, and of a run.
const VALUES: usize = 9;
/// The largest number of runs in one statement: SQLite limits the number of a statement's values.
const LONGEST: usize = 256;

/// The statements that store this many events and runs. The `?` stand for the values of the rows,
/// in their order. The values that all rows share come after those, by number.
///
/// The first statement selects the events that are known already, normally none. The runs are
/// inserted before their events, because an event that is not stored yet makes its runs new. The
/// last statement selects the runs that begin. `OR ROLLBACK` saves work: without it, SQLite keeps a
/// copy of each page, to undo the statement alone.
fn statements(events: usize, runs: usize, begins: bool) -> String {
    let [endpoint, now, lease_until, begun] =
        [1, 2, 3, 4].map(|number| events + (runs + events) * VALUES + number);
    let rows = |count| vec!["(?, ?, ?, ?, ?, ?, ?, ?, ?)"; count].join(", ");
    let (ids, events) = (vec!["(?)"; events].join(", "), rows(events));
    let (statements, runs) = (runs.div_ceil(LONGEST), rows(runs.min(LONGEST)));
    let runs = format!(
        "INSERT OR ROLLBACK INTO stripe_hooks_runs \
           (endpoint, event_id, about, handler, state, attempts, fence, run_at, lease_until, reason, last_error, lane, lane_at, holds, \
             waits, created_at, started_at, finished_at) \
         SELECT ${endpoint}, event, about, handler, state, state = 'running', state = 'running', ${now}, \
           iif(state = 'running', ${lease_until}, NULL), reason, error, lane, iif(lane IS NULL, NULL, coalesce(lane_at, ${now})), holds, \
           lane IS NOT NULL, ${now}, iif(state = 'running', ${now}, NULL), iif(state = 'parked', ${now}, NULL) \
         FROM ( \
           SELECT column1 AS event, column2 AS about, column3 AS handler, \
             iif(column4 = 'running' AND column3 IN (SELECT handler FROM stripe_hooks_pauses), 'pending', column4) AS state, \
             column5 AS reason, column6 AS error, column7 AS lane, column8 AS lane_at, column9 AS holds FROM (VALUES {runs})) AS run \
         WHERE event IS NOT NULL AND NOT EXISTS (SELECT 1 FROM stripe_hooks_events WHERE endpoint = ${endpoint} AND id = run.event) \
         ON CONFLICT (endpoint, about, handler) DO NOTHING; "
    )
    .repeat(statements);
    let begun = format!(
        "SELECT run.event_id AS event, run.id AS run, run.handler \
         FROM json_each(${begun}) AS begun CROSS JOIN stripe_hooks_runs AS run \
           ON run.endpoint = ${endpoint} AND run.about = begun.value->>1 AND run.handler = begun.value->>2 \
         WHERE run.event_id = begun.value->>0 AND run.state = 'running'; "
    );
    let begun = if begins { &*begun } else { "" };
    format!(
        "BEGIN IMMEDIATE; \
         SELECT event.id AS event, NULL AS run, NULL AS handler \
         FROM (VALUES {ids}) AS arrived CROSS JOIN stripe_hooks_events AS event ON event.endpoint = ${endpoint} AND event.id = arrived.column1; \
         {runs}\
         INSERT OR ROLLBACK INTO stripe_hooks_events \
           (endpoint, received_at, id, form, type, api_version, created, livemode, account, object_id, body) \
         SELECT ${endpoint}, ${now}, * FROM (VALUES {events}) WHERE column1 IS NOT NULL ON CONFLICT DO NOTHING; \
         {begun}COMMIT"
    )
}

impl SqliteStore {
    /// Stores the new ones among the arrivals, with their runs.
    pub(super) async fn accept(
        &self,
        endpoint: &str,
        arrivals: &[Arrival],
        lease: Duration,
    ) -> Result<Vec<Accepted>, sqlx::Error> {
        // The same id may arrive twice, and is new once.
        let mut places = HashMap::with_capacity(arrivals.len());
        for (at, arrival) in arrivals.iter().enumerate() {
            places.entry(&*arrival.id).or_insert(at);
        }
        let is_first = |(at, arrival): &(usize, &Arrival)| places[&*arrival.id] == *at;
        let firsts: Vec<_> = arrivals.iter().enumerate().filter(is_first).map(|(_, first)| first).collect();
        let runs: Vec<_> =
            firsts.iter().flat_map(|arrival| arrival.runs.iter().map(move |run| (arrival, run))).collect();
        let begins = runs.iter().filter(|(_, run)| matches!(run.first, First::Begins));
        let begins: Vec<_> = begins.map(|(arrival, run)| (&arrival.id, &run.about, &run.handler)).collect();
        // Powers of two, so that a few prepared statements serve all batches. The rows that are
        // left over are NULL.
        let (event_rows, run_rows) = (firsts.len().next_power_of_two(), runs.len().next_power_of_two());
        let text = statements(event_rows, run_rows, !begins.is_empty());
        let mut accept = sqlx::query(AssertSqlSafe(text));
        for arrival in &firsts {
            accept = accept.bind(&arrival.id);
        }
        accept = nulls(accept, event_rows - firsts.len());
        for (arrival, run) in &runs {
            let (state, reason, error) = match &run.first {
                First::Waits => (RunState::Pending, None, None),
                First::Begins => (RunState::Running, None, None),
                First::Parked(reason, error) => (RunState::Parked, Some(reason.as_str()), Some(error)),
            };
            let lane = run.lane.as_ref();
            accept = accept.bind(&arrival.id).bind(&run.about).bind(&run.handler).bind(state.as_str());
            accept =
                accept.bind(reason).bind(error).bind(lane.map(|lane| &lane.object)).bind(arrival.created);
            accept = accept.bind(lane.is_some_and(|lane| lane.holds));
        }
        accept = nulls(accept, (run_rows - runs.len()) * VALUES);
        for arrival in &firsts {
            accept = accept.bind(&arrival.id).bind(arrival.form).bind(&arrival.event_type);
            accept = accept.bind(&arrival.api_version).bind(arrival.created).bind(arrival.livemode);
            accept = accept.bind(&arrival.account).bind(&arrival.object_id).bind(&*arrival.body);
        }
        accept = nulls(accept, (event_rows - firsts.len()) * VALUES);
        accept = accept.bind(endpoint).bind(now()).bind(after(lease)).bind(json!(begins).to_string());
        let rows = transact(self.write.acquire().await?, accept).await?;
        let mut accepted: Vec<_> = arrivals
            .iter()
            .enumerate()
            .map(|(at, arrival)| Accepted { is_new: is_first(&(at, arrival)), begun: Vec::new() })
            .collect();
        for row in rows {
            let Some(&at) = places.get(row.try_get::<&str, _>("event")?) else { continue };
            let (accepted, arrival) = (&mut accepted[at], &arrivals[at]);
            match row.try_get("run")? {
                None => accepted.is_new = false,
                Some(id) if accepted.is_new => {
                    accepted.begun.push(Claimed::begun(id, row.try_get("handler")?, arrival));
                }
                // The run belongs to an event that was stored before.
                Some(_) => {}
            }
        }
        Ok(accepted)
    }
}

/// Binds NULL this many times.
fn nulls(query: Query<'_, Sqlite, SqliteArguments>, count: usize) -> Query<'_, Sqlite, SqliteArguments> {
    iter::repeat_n(None::<i64>, count).fold(query, Query::bind)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::inbox::{sqlite::open::open, store::NewRun};

    fn arrival(id: String, runs: usize) -> Arrival {
        let run = |number| NewRun {
            handler: format!("handler_{number}"),
            about: id.clone(),
            lane: None,
            first: First::Waits,
        };
        Arrival {
            form: "snapshot",
            event_type: "charge.succeeded".to_owned(),
            api_version: None,
            created: Some(1),
            livemode: Some(false),
            account: None,
            object_id: None,
            body: Bytes::from(id.clone()),
            runs: (0..runs).map(run).collect(),
            id,
        }
    }

    #[tokio::test]
    async fn any_number_of_events_with_any_number_of_runs_is_stored_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path().join("events.db")).await.unwrap();
        for (events, runs) in [(1, 0), (1, 1), (1, 3 * LONGEST + 1), (3, 2), (64, 1), (127, 5), (128, 40)] {
            let batch: Vec<_> =
                (0..events).map(|at| arrival(format!("evt_{at}_of_{events}_with_{runs}"), runs)).collect();
            let count = |accepted: Vec<Accepted>| accepted.iter().filter(|one| one.is_new).count();
            let lease = Duration::from_secs(60);
            // The first alone, and then all: each is stored once.
            assert_eq!(count(store.accept("default", &batch[..1], lease).await.unwrap()), 1);
            assert_eq!(count(store.accept("default", &batch, lease).await.unwrap()), events - 1);
            let stored: (i64, i64) = sqlx::query_as(
                "SELECT count(*), count(event.id) FROM stripe_hooks_runs AS run LEFT JOIN stripe_hooks_events AS event \
                 ON event.endpoint = run.endpoint AND event.id = run.event_id AND event.body = CAST(event.id AS BLOB) \
                 WHERE run.event_id LIKE ? AND livemode = 0 AND account IS NULL",
            )
            .bind(format!("evt_%_of_{events}_with_{runs}"))
            .fetch_one(&store.read)
            .await
            .unwrap();
            let expected = i64::try_from(events * runs).unwrap();
            assert_eq!(stored, (expected, expected), "{events} events with {runs} runs each");
        }
    }
}
