//! `stripe-hooks events`

use std::{io::Write, process::ExitCode};

use serde_json::{Value, json};
use stripe_hooks::{EventForm, EventInfo, EventStatus, RetiredEvent, catalogue, testing::sample};

use crate::{arguments::EventsArguments, failure::Failure, table};

pub(crate) fn run(arguments: &EventsArguments, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let pattern = arguments.pattern.as_deref().unwrap_or_default();
    let events: Vec<_> = catalogue::all().iter().filter(|event| matches(pattern, event.name)).collect();
    let retired: Vec<_> = catalogue::retired().iter().filter(|event| matches(pattern, event.name)).collect();
    if events.is_empty() && retired.is_empty() {
        return Err(nothing(pattern));
    }
    if arguments.json {
        let sent = events.iter().map(|event| json_of(event));
        let all: Vec<_> = sent.chain(retired.iter().map(|event| json_of_retired(event))).collect();
        serde_json::to_writer_pretty(&mut *out, &all)?;
        writeln!(out)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut rows = vec![["EVENT", "OBJECT", "SINCE", "TWIN", "STATUS"].map(str::to_owned)];
    rows.extend(events.iter().map(|event| row(event)));
    rows.extend(retired.iter().map(|event| row_of_retired(event)));
    table::write(&rows, out)?;
    let available = events.iter().filter(|event| event.status == EventStatus::Available).count();
    writeln!(
        out,
        "\n{available} events, {} in preview, {} retired",
        events.len() - available,
        retired.len()
    )?;
    Ok(ExitCode::SUCCESS)
}

/// Whether a name holds the pattern, or is like it where it has stars.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let (first, rest) = (parts.next().unwrap_or_default(), Vec::from_iter(parts));
    let Some((last, middle)) = rest.split_last() else { return name.contains(pattern) };
    let Some(mut left) = name.strip_prefix(first) else { return false };
    for part in middle {
        let Some(at) = left.find(part) else { return false };
        left = &left[at + part.len()..];
    }
    left.ends_with(last)
}

fn nothing(pattern: &str) -> Failure {
    match sample::event(pattern) {
        Err(error) if !pattern.contains('*') => Failure::Work(error.to_string()),
        _ => Failure::Work(format!("no event is like `{pattern}`; `stripe-hooks events` lists them all")),
    }
}

fn row(event: &EventInfo) -> [String; 5] {
    let status = match event.status {
        EventStatus::Available => "",
        EventStatus::Preview => "preview",
    };
    [
        event.name.to_owned(),
        event.objects.join(" | "),
        event.since.unwrap_or_default().to_owned(),
        event.twin.unwrap_or_default().to_owned(),
        status.to_owned(),
    ]
}

fn row_of_retired(event: &RetiredEvent) -> [String; 5] {
    let status = match event.see {
        Some(see) => format!("retired {}, see {see}", event.until),
        None => format!("retired {}", event.until),
    };
    [event.name.to_owned(), String::new(), String::new(), String::new(), status]
}

fn json_of(event: &EventInfo) -> Value {
    json!({
        "name": event.name,
        "form": match event.form {
            EventForm::Snapshot => "snapshot",
            EventForm::Thin => "thin",
        },
        "status": match event.status {
            EventStatus::Available => "available",
            EventStatus::Preview => "preview",
        },
        "objects": event.objects,
        "since": event.since,
        "twin": event.twin,
    })
}

fn json_of_retired(event: &RetiredEvent) -> Value {
    json!({ "name": event.name, "status": "retired", "until": event.until, "see": event.see })
}
