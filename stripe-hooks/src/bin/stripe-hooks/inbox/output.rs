//! How runs look: as columns for people, and as JSON for programs.

use std::{io::Write, time::Duration};

use jiff::Timestamp;
use serde_json::{Value, json};
use stripe_hooks::{
    Raw,
    inbox::{ParkReason, Run, RunDetails, RunResult, RunState, Stats},
};

use crate::{failure::Failure, text_table};

/// How much of an error a table shows.
const MAX_ERROR_CHARS: usize = 80;

pub(super) fn print_runs(runs: &[Run], out: &mut impl Write) -> Result<(), Failure> {
    let header = ["RUN", "EVENT", "TYPE", "HANDLER", "STATE", "ATTEMPTS", "DUE", "ENDED", "WHY"];
    let mut rows = vec![header.map(str::to_owned)];
    rows.extend(runs.iter().map(run_row));
    Ok(text_table::write_table(&rows, out)?)
}

fn run_row(run: &Run) -> [String; 9] {
    let due = if run.state == RunState::Pending { format_time(run.run_at) } else { String::new() };
    let error = run.error.as_deref().map(|error| {
        let line = text_table::to_safe_line(error);
        match line.char_indices().nth(MAX_ERROR_CHARS) {
            Some((end, _)) => format!("{}…", &line[..end]),
            None => line,
        }
    });
    // Most runs that are done were handled.
    let result = run.result.filter(|result| *result != RunResult::Handled).map(RunResult::as_str);
    let word = run.reason.map(ParkReason::as_str).or(result).map(str::to_owned);
    let why: Vec<_> = word.into_iter().chain(error).collect();
    [
        run.id.to_string(),
        text_table::to_safe_line(&run.event_id),
        text_table::to_safe_line(&run.event_type),
        text_table::to_safe_line(&run.handler),
        run.state.as_str().to_owned(),
        run.attempts.to_string(),
        due,
        run.finished_at.map(format_time).unwrap_or_default(),
        why.join(": "),
    ]
}

pub(super) fn print_run_details(
    details: &RunDetails,
    with_body: bool,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let run = &details.run;
    let state = match run.reason.map(ParkReason::as_str).or(run.result.map(RunResult::as_str)) {
        Some(word) => format!("{} ({word})", run.state.as_str()),
        None => run.state.as_str().to_owned(),
    };
    let body = match &details.body {
        Some(body) if with_body => format!("{} bytes", body.as_str().len()),
        Some(body) => format!("{} bytes; --body prints it, personal data and all", body.as_str().len()),
        None => "not here: removed by retention, or no text".to_owned(),
    };
    let mut rows = vec![
        ["run", &run.id.to_string()].map(str::to_owned),
        ["event".to_owned(), text_table::to_safe_line(&format!("{} {}", run.event_id, run.event_type))],
        ["endpoint".to_owned(), text_table::to_safe_line(&run.endpoint)],
        ["handler".to_owned(), text_table::to_safe_line(&run.handler)],
        ["state".to_owned(), state],
        ["attempts".to_owned(), run.attempts.to_string()],
    ];
    rows.extend(details.lane.as_deref().map(|lane| ["lane".to_owned(), text_table::to_safe_line(lane)]));
    if run.state == RunState::Pending {
        rows.push(["due".to_owned(), format_time(run.run_at)]);
    }
    rows.extend(run.finished_at.map(|at| ["ended".to_owned(), format_time(at)]));
    rows.extend(run.error.as_deref().map(|error| ["error".to_owned(), text_table::to_safe_line(error)]));
    rows.push(["body".to_owned(), body]);
    text_table::write_table(&rows, out)?;
    if !details.audit.is_empty() {
        let mut rows = vec![["WHEN", "WHO", "ACTION", "NOTE"].map(str::to_owned)];
        rows.extend(details.audit.iter().map(|row| {
            let note = row.note.as_deref().unwrap_or_default();
            [
                format_time(row.at),
                text_table::to_safe_line(&row.actor),
                row.action.clone(),
                text_table::to_safe_line(note),
            ]
        }));
        writeln!(out)?;
        text_table::write_table(&rows, out)?;
    }
    if let (true, Some(body)) = (with_body, &details.body) {
        writeln!(out, "\n{}", body.as_str())?;
    }
    Ok(())
}

pub(super) fn print_stats(stats: &Stats, out: &mut impl Write) -> Result<(), Failure> {
    let header = ["ENDPOINT", "HANDLER", "PENDING", "RUNNING", "DONE", "PARKED", ""];
    let mut rows = vec![header.map(str::to_owned)];
    rows.extend(stats.handlers.iter().map(|of| {
        let counts = [of.pending, of.running, of.done, of.parked].map(|runs| runs.to_string());
        let [pending, running, done, parked] = counts;
        let paused = if of.paused { "paused" } else { "" };
        [
            text_table::to_safe_line(&of.endpoint),
            handler_name(&of.handler),
            pending,
            running,
            done,
            parked,
            paused.to_owned(),
        ]
    }));
    text_table::write_table(&rows, out)?;
    match stats.oldest_ready {
        Some(waited) => {
            writeln!(out, "\nthe oldest run that could begin has waited for {}", format_duration(waited))?;
        }
        None => writeln!(out, "\nno run waits that could begin")?,
    }
    Ok(())
}

/// What is no event has no handler.
fn handler_name(handler: &str) -> String {
    if handler.is_empty() { "(not an event)".to_owned() } else { text_table::to_safe_line(handler) }
}

pub(super) fn run_to_json(run: &Run) -> Value {
    json!({
        "id": run.id,
        "event": run.event_id,
        "type": run.event_type,
        "endpoint": run.endpoint,
        "handler": run.handler,
        "state": run.state.as_str(),
        "attempts": run.attempts,
        "result": run.result.map(RunResult::as_str),
        "reason": run.reason.map(ParkReason::as_str),
        "error": run.error,
        "due": (run.state == RunState::Pending).then(|| format_time_precisely(run.run_at)),
        "ended": run.finished_at.map(format_time_precisely),
    })
}

/// The body as one text, so that not a byte of it changes.
pub(super) fn details_to_json(details: &RunDetails, with_body: bool) -> Value {
    let mut json = run_to_json(&details.run);
    json["lane"] = details.lane.as_deref().into();
    json["audit"] = details
        .audit
        .iter()
        .map(|row| {
            json!({ "at": format_time_precisely(row.at), "actor": row.actor, "action": row.action, "note": row.note })
        })
        .collect();
    if with_body {
        json["body"] = details.body.as_ref().map(Raw::as_str).into();
    }
    json
}

pub(super) fn stats_to_json(stats: &Stats) -> Value {
    let handlers = stats.handlers.iter().map(|of| {
        json!({
            "endpoint": of.endpoint,
            "handler": of.handler,
            "paused": of.paused,
            "pending": of.pending,
            "running": of.running,
            "done": of.done,
            "parked": of.parked,
        })
    });
    json!({
        "oldest_ready_seconds": stats.oldest_ready.map(|waited| waited.as_secs_f64()),
        "handlers": handlers.collect::<Vec<_>>(),
    })
}

pub(super) fn write_json(json: &Value, out: &mut impl Write) -> Result<(), Failure> {
    serde_json::to_writer_pretty(&mut *out, json)?;
    writeln!(out)?;
    Ok(())
}

/// A time for people, to the second, in UTC.
fn format_time(milliseconds: i64) -> String {
    match Timestamp::from_millisecond(milliseconds) {
        Ok(time) => time.strftime("%F %T").to_string(),
        Err(_) => "never".to_owned(),
    }
}

/// A time for programs.
fn format_time_precisely(milliseconds: i64) -> Option<String> {
    Timestamp::from_millisecond(milliseconds).ok().map(|time| format!("{time:.3}"))
}

/// A duration in its two greatest units.
fn format_duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min {} s", seconds % 60),
        (0, _, _) => format!("{hours} h {minutes} min"),
        _ => format!("{days} d {hours} h"),
    }
}

/// The numbers of some runs, for people: not more than a line has room for.
pub(super) fn format_run_numbers(runs: &[i64]) -> String {
    const MAX_NUMBERS: usize = 12;
    let shown: Vec<_> = runs.iter().take(MAX_NUMBERS).map(i64::to_string).collect();
    let more = if runs.len() > MAX_NUMBERS { ", …" } else { "" };
    shown.join(", ") + more
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_told_in_its_two_greatest_units() {
        let of = |seconds| format_duration(Duration::from_secs(seconds));
        assert_eq!([0, 59, 61, 3_600, 90_061].map(of), ["0 s", "59 s", "1 min 1 s", "1 h 0 min", "1 d 1 h"]);
    }

    #[test]
    fn a_time_is_told_in_utc_and_one_beyond_all_calendars_is_never() {
        assert_eq!(format_time(1_793_190_896_789), "2026-10-28 12:34:56");
        assert_eq!(format_time_precisely(1_793_190_896_789).as_deref(), Some("2026-10-28T12:34:56.789Z"));
        assert_eq!((format_time(i64::MAX), format_time_precisely(i64::MAX)), ("never".to_owned(), None));
    }
}
