//! Reads the rows that both engines return in the same form.

use std::{collections::BTreeMap, time::Duration};

use sqlx::{ColumnIndex, Decode, Row, Type};

#[cfg(feature = "metrics")]
use super::store::BacklogCounts;
use super::{
    event_key::id_in_body,
    run::{Audit, HandlerStats, ParkReason, Run, RunDetails, RunResult, RunState, Stats},
    store::{ClaimedRun, LapsedRun, RunStatus},
};
use crate::fields::Raw;

/// A query's result.
pub(super) type QueryResult<T> = Result<T, sqlx::Error>;

/// A row of either engine.
pub(super) trait DatabaseRow {
    fn get_text(&self, column: &str) -> QueryResult<String>;
    fn get_optional_text(&self, column: &str) -> QueryResult<Option<String>>;
    fn get_integer(&self, column: &str) -> QueryResult<i64>;
    fn get_optional_integer(&self, column: &str) -> QueryResult<Option<i64>>;
    fn get_optional_bytes(&self, column: &str) -> QueryResult<Option<Vec<u8>>>;
    fn get_bool(&self, column: &str) -> QueryResult<bool>;
}

impl<R: Row> DatabaseRow for R
where
    for<'c> &'c str: ColumnIndex<R>,
    for<'r> String: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> i64: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> Vec<u8>: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> bool: Decode<'r, R::Database> + Type<R::Database>,
{
    fn get_text(&self, column: &str) -> QueryResult<String> {
        self.try_get(column)
    }

    fn get_optional_text(&self, column: &str) -> QueryResult<Option<String>> {
        self.try_get(column)
    }

    fn get_integer(&self, column: &str) -> QueryResult<i64> {
        self.try_get(column)
    }

    fn get_optional_integer(&self, column: &str) -> QueryResult<Option<i64>> {
        self.try_get(column)
    }

    fn get_optional_bytes(&self, column: &str) -> QueryResult<Option<Vec<u8>>> {
        self.try_get(column)
    }

    fn get_bool(&self, column: &str) -> QueryResult<bool> {
        self.try_get(column)
    }
}

fn read_state(row: &impl DatabaseRow) -> QueryResult<RunState> {
    let state = row.get_text("state")?;
    RunState::from_word(&state)
        .ok_or_else(|| sqlx::Error::Decode(format!("no state of a run: {state}").into()))
}

fn read_attempts(row: &impl DatabaseRow) -> QueryResult<u32> {
    Ok(u32::try_from(row.get_integer("attempts")?).unwrap_or_default())
}

pub(super) fn read_claimed(row: &impl DatabaseRow) -> QueryResult<ClaimedRun> {
    Ok(ClaimedRun {
        id: row.get_integer("id")?,
        fence: row.get_integer("fence")?,
        attempt: read_attempts(row)?,
        handler: row.get_text("handler")?,
        body: row.get_optional_bytes("body")?.map(Into::into),
        is_stale: row.get_bool("is_stale")?,
    })
}

pub(super) fn read_run_status(row: &impl DatabaseRow) -> QueryResult<RunStatus> {
    Ok(RunStatus { state: read_state(row)?, reply: row.get_optional_text("reply")? })
}

pub(super) fn read_lapsed(row: &impl DatabaseRow) -> QueryResult<LapsedRun> {
    Ok(LapsedRun {
        id: row.get_integer("id")?,
        fence: row.get_integer("fence")?,
        attempt: read_attempts(row)?,
        handler: row.get_text("handler")?,
    })
}

pub(super) fn read_run(row: &impl DatabaseRow) -> QueryResult<Run> {
    Ok(Run {
        id: row.get_integer("id")?,
        endpoint: row.get_text("endpoint")?,
        event_id: id_in_body(&row.get_text("event_id")?).to_owned(),
        event_type: row.get_text("type")?,
        handler: row.get_text("handler")?,
        state: read_state(row)?,
        attempts: read_attempts(row)?,
        result: row.get_optional_text("result")?.as_deref().and_then(RunResult::from_word),
        reason: row.get_optional_text("reason")?.as_deref().and_then(ParkReason::from_word),
        error: row.get_optional_text("error")?,
        run_at: row.get_integer("run_at")?,
        finished_at: row.get_optional_integer("finished_at")?,
    })
}

/// A run with its lane, the body of its event, and its audit rows.
pub(super) fn run_details(
    run: Run,
    (lane, body): (Option<String>, Option<Vec<u8>>),
    audit: &[impl DatabaseRow],
) -> QueryResult<RunDetails> {
    let body = body.and_then(|body| String::from_utf8(body).ok());
    Ok(RunDetails {
        run,
        lane,
        body: body.map(|body| Raw::from_json(body.into())),
        audit: audit.iter().map(read_audit).collect::<QueryResult<_>>()?,
    })
}

fn read_audit(row: &impl DatabaseRow) -> QueryResult<Audit> {
    Ok(Audit {
        at: row.get_integer("at")?,
        actor: row.get_text("actor")?,
        action: row.get_text("action")?,
        note: row.get_optional_text("note")?,
    })
}

/// The counts of all known handlers, from rows that count `runs` for each `endpoint`, `handler` and
/// `state`.
pub(super) fn read_stats(
    rows: &[impl DatabaseRow],
    known: Vec<(String, String)>,
    paused: Vec<(String, String)>,
    oldest_ready: Option<Duration>,
) -> QueryResult<Stats> {
    let mut handlers: BTreeMap<(String, String), HandlerStats> = BTreeMap::new();
    let mut of = |(endpoint, handler): (String, String), change: &dyn Fn(&mut HandlerStats)| {
        let stats = handlers.entry((endpoint.clone(), handler.clone())).or_insert_with(|| HandlerStats {
            endpoint,
            handler,
            ..HandlerStats::default()
        });
        change(stats);
    };
    for handler in known {
        of(handler, &|_| {});
    }
    for row in rows {
        let runs = u64::try_from(row.get_integer("runs")?).unwrap_or_default();
        let state = read_state(row)?;
        of((row.get_text("endpoint")?, row.get_text("handler")?), &|stats| match state {
            RunState::Pending => stats.pending = runs,
            RunState::Running => stats.running = runs,
            RunState::Done => stats.done = runs,
            RunState::Parked => stats.parked = runs,
        });
    }
    for handler in paused {
        of(handler, &|stats| stats.paused = true);
    }
    Ok(Stats { oldest_ready, handlers: handlers.into_values().collect() })
}

#[cfg(feature = "metrics")]
pub(super) fn read_backlog(
    row: &impl DatabaseRow,
    oldest_ready: Option<Duration>,
) -> QueryResult<BacklogCounts> {
    Ok(BacklogCounts {
        pending: row.get_integer("pending")?,
        running: row.get_integer("running")?,
        parked: row.get_integer("parked")?,
        oldest_ready: oldest_ready.unwrap_or_default(),
    })
}
