//! `stripe-hooks events`

use std::{io::Write, process::ExitCode};

use serde_json::{Value, json};
use stripe_hooks::{EventForm, EventInfo, EventStatus, RetiredEvent, catalogue, testing::sample};

use crate::{arguments::EventsArguments, failure::Failure, text_table};

pub(crate) fn run_events(arguments: &EventsArguments, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let pattern = arguments.pattern.as_deref().unwrap_or_default();
    let events: Vec<_> = catalogue::all().iter().filter(|event| name_matches(pattern, event.name)).collect();
    let retired: Vec<_> =
        catalogue::retired().iter().filter(|event| name_matches(pattern, event.name)).collect();
    if events.is_empty() && retired.is_empty() {
        return Err(no_match_failure(pattern));
    }
    if arguments.json {
        let sent = events.iter().map(|event| event_to_json(event));
        let all: Vec<_> = sent.chain(retired.iter().map(|event| retired_event_to_json(event))).collect();
        serde_json::to_writer_pretty(&mut *out, &all)?;
        writeln!(out)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut rows = vec![["EVENT", "OBJECT", "SINCE", "TWIN", "STATUS"].map(str::to_owned)];
    rows.extend(events.iter().map(|event| event_row(event)));
    rows.extend(retired.iter().map(|event| retired_event_row(event)));
    text_table::write_table(&rows, out)?;
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
pub(crate) fn name_matches(pattern: &str, name: &str) -> bool {
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

fn no_match_failure(pattern: &str) -> Failure {
    match sample::event(pattern) {
        Err(error) if !pattern.contains('*') => Failure::Operation(error.to_string()),
        _ => {
            Failure::Operation(format!("no event is like `{pattern}`; `stripe-hooks events` lists them all"))
        }
    }
}

fn event_row(event: &EventInfo) -> [String; 5] {
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

fn retired_event_row(event: &RetiredEvent) -> [String; 5] {
    let status = match event.see {
        Some(see) => format!("retired {}, see {see}", event.until),
        None => format!("retired {}", event.until),
    };
    [event.name.to_owned(), String::new(), String::new(), String::new(), status]
}

fn event_to_json(event: &EventInfo) -> Value {
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

fn retired_event_to_json(event: &RetiredEvent) -> Value {
    json!({ "name": event.name, "status": "retired", "until": event.until, "see": event.see })
}
