//! Reads the rows that both engines return in the same form.

use std::{collections::BTreeMap, time::Duration};

use sqlx::{ColumnIndex, Decode, Row, Type};

#[cfg(feature = "metrics")]
use super::store::Backlog;
use super::{
    event_key::id_in_body,
    run::{Audit, HandlerStats, ParkReason, Run, RunDetails, RunResult, RunState, Stats},
    store::{Claimed, Lapsed, Standing},
};
use crate::fields::Raw;

/// A query's result.
pub(super) type Found<T> = Result<T, sqlx::Error>;

/// A row of either engine.
pub(super) trait Cells {
    fn text(&self, column: &str) -> Found<String>;
    fn text_if_any(&self, column: &str) -> Found<Option<String>>;
    fn number(&self, column: &str) -> Found<i64>;
    fn number_if_any(&self, column: &str) -> Found<Option<i64>>;
    fn bytes_if_any(&self, column: &str) -> Found<Option<Vec<u8>>>;
    fn is(&self, column: &str) -> Found<bool>;
}

impl<R: Row> Cells for R
where
    for<'c> &'c str: ColumnIndex<R>,
    for<'r> String: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> i64: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> Vec<u8>: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> bool: Decode<'r, R::Database> + Type<R::Database>,
{
    fn text(&self, column: &str) -> Found<String> {
        self.try_get(column)
    }

    fn text_if_any(&self, column: &str) -> Found<Option<String>> {
        self.try_get(column)
    }

    fn number(&self, column: &str) -> Found<i64> {
        self.try_get(column)
    }

    fn number_if_any(&self, column: &str) -> Found<Option<i64>> {
        self.try_get(column)
    }

    fn bytes_if_any(&self, column: &str) -> Found<Option<Vec<u8>>> {
        self.try_get(column)
    }

    fn is(&self, column: &str) -> Found<bool> {
        self.try_get(column)
    }
}

fn read_state(row: &impl Cells) -> Found<RunState> {
    let state = row.text("state")?;
    RunState::of(&state).ok_or_else(|| sqlx::Error::Decode(format!("no state of a run: {state}").into()))
}

fn read_attempts(row: &impl Cells) -> Found<u32> {
    Ok(u32::try_from(row.number("attempts")?).unwrap_or_default())
}

pub(super) fn read_claimed(row: &impl Cells) -> Found<Claimed> {
    Ok(Claimed {
        id: row.number("id")?,
        fence: row.number("fence")?,
        attempt: read_attempts(row)?,
        handler: row.text("handler")?,
        body: row.bytes_if_any("body")?.map(Into::into),
        is_stale: row.is("is_stale")?,
    })
}

pub(super) fn read_standing(row: &impl Cells) -> Found<Standing> {
    Ok(Standing { state: read_state(row)?, reply: row.text_if_any("reply")? })
}

pub(super) fn read_lapsed(row: &impl Cells) -> Found<Lapsed> {
    Ok(Lapsed {
        id: row.number("id")?,
        fence: row.number("fence")?,
        attempt: read_attempts(row)?,
        handler: row.text("handler")?,
    })
}

pub(super) fn read_run(row: &impl Cells) -> Found<Run> {
    Ok(Run {
        id: row.number("id")?,
        endpoint: row.text("endpoint")?,
        event_id: id_in_body(&row.text("event_id")?).to_owned(),
        event_type: row.text("type")?,
        handler: row.text("handler")?,
        state: read_state(row)?,
        attempts: read_attempts(row)?,
        result: row.text_if_any("result")?.as_deref().and_then(RunResult::of),
        reason: row.text_if_any("reason")?.as_deref().and_then(ParkReason::of),
        error: row.text_if_any("error")?,
        run_at: row.number("run_at")?,
        finished_at: row.number_if_any("finished_at")?,
    })
}

/// A run with its lane, the body of its event, and its audit rows.
pub(super) fn details(
    run: Run,
    (lane, body): (Option<String>, Option<Vec<u8>>),
    audit: &[impl Cells],
) -> Found<RunDetails> {
    let body = body.and_then(|body| String::from_utf8(body).ok());
    Ok(RunDetails {
        run,
        lane,
        body: body.map(|body| Raw::from_json(body.into())),
        audit: audit.iter().map(read_audit).collect::<Found<_>>()?,
    })
}

fn read_audit(row: &impl Cells) -> Found<Audit> {
    Ok(Audit {
        at: row.number("at")?,
        actor: row.text("actor")?,
        action: row.text("action")?,
        note: row.text_if_any("note")?,
    })
}

/// The counts of all known handlers, from rows that count `runs` for each `endpoint`, `handler` and
/// `state`.
pub(super) fn stats(
    rows: &[impl Cells],
    known: Vec<(String, String)>,
    paused: Vec<(String, String)>,
    oldest_ready: Option<Duration>,
) -> Found<Stats> {
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
        let runs = u64::try_from(row.number("runs")?).unwrap_or_default();
        let state = read_state(row)?;
        of((row.text("endpoint")?, row.text("handler")?), &|stats| match state {
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
pub(super) fn read_backlog(row: &impl Cells, oldest_ready: Option<Duration>) -> Found<Backlog> {
    Ok(Backlog {
        pending: row.number("pending")?,
        running: row.number("running")?,
        parked: row.number("parked")?,
        oldest_ready: oldest_ready.unwrap_or_default(),
    })
}
