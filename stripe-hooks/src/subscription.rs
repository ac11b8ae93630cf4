//! What to subscribe an endpoint to in Stripe: exactly the events that the handlers of this program take.

use std::{
    env,
    fmt::{self, Write as _},
    io::{self, Write as _},
    process,
};

use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use crate::{
    catalogue::EventForm,
    events::API_VERSION,
    registry::{EndpointName, Registration, registrations},
};

/// The argument that [`answer_stripe_handlers`] answers.
const ARGUMENT: &str = "--stripe-handlers";

/// The events that the handlers of one endpoint take, for `enabled_events` in Stripe.
///
/// `Display` shows the handlers with event, file and line, and the commands that make Stripe send exactly these events. Serialized, it is
/// the same for machines.
#[derive(Clone)]
pub struct EventSubscription {
    endpoint: EndpointName,
    handlers: Vec<&'static Registration>,
    snapshot: Vec<&'static str>,
    thin: Vec<&'static str>,
}

impl EventSubscription {
    /// The endpoint whose handlers these are.
    #[must_use]
    pub fn endpoint(&self) -> EndpointName {
        self.endpoint
    }

    /// The `enabled_events` of a webhook endpoint, sorted: `["*"]` where a handler takes all. Empty when only thin events are handled.
    /// See <https://docs.stripe.com/api/webhook_endpoints/create#create_webhook_endpoint-enabled_events>.
    #[must_use]
    pub fn snapshot_events(&self) -> &[&'static str] {
        &self.snapshot
    }

    /// The `enabled_events` of an event destination whose payload is thin, sorted.
    /// See <https://docs.stripe.com/api/v2/core/event-destinations/create>.
    #[must_use]
    pub fn thin_events(&self) -> &[&'static str] {
        &self.thin
    }

    /// Of the handlers of one endpoint.
    fn of(handlers: Vec<&'static Registration>) -> Option<Self> {
        let endpoint = (handlers.first()?.endpoint)();
        let named = |form| {
            let events = handlers.iter().flat_map(|handler| handler.events);
            each_once(events.filter(|event| event.form == form).map(|event| event.name).collect())
        };
        let snapshot = if handlers.iter().any(|handler| handler.catch_all.is_some()) {
            vec!["*"]
        } else {
            named(EventForm::Snapshot)
        };
        Some(Self { endpoint, snapshot, thin: named(EventForm::Thin), handlers })
    }
}

/// What each endpoint of this program is to be subscribed to, by the endpoint's name.
#[must_use]
pub fn subscriptions() -> Vec<EventSubscription> {
    let handlers = registrations();
    let names = each_once(handlers.iter().map(|handler| (handler.endpoint)().as_str()).collect());
    let of = |name: &str| {
        handlers.iter().copied().filter(|handler| (handler.endpoint)().as_str() == name).collect()
    };
    names.into_iter().filter_map(|name| EventSubscription::of(of(name))).collect()
}

/// Sorts names, and keeps one of those that are equal.
fn each_once(mut names: Vec<&'static str>) -> Vec<&'static str> {
    names.sort_unstable();
    names.dedup();
    names
}

/// Answers `--stripe-handlers` and ends the program; without that argument it does nothing. Call it first in `main`.
///
/// It prints the handlers with event, file and line, and the exact list of events to subscribe each endpoint to, as commands for the
/// Stripe CLI and as JSON. `--stripe-handlers=json` prints the whole as JSON and nothing else.
///
/// ```
/// stripe_hooks::answer_stripe_handlers();
/// // … and then start the server.
/// ```
pub fn answer_stripe_handlers() {
    let arguments = env::args_os().skip(1);
    let Some(text) = arguments.filter_map(|argument| answer(argument.to_str()?)).next() else { return };
    // Whoever closes the pipe early has read enough.
    let shown = io::stdout().lock().write_all(text.as_bytes()).and_then(|()| io::stdout().flush());
    process::exit(match shown {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => 1,
        _ => 0,
    });
}

fn answer(argument: &str) -> Option<String> {
    let subscriptions = subscriptions();
    match argument.strip_prefix(ARGUMENT)? {
        "" => Some(subscriptions.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
        "=json" => serde_json::to_string_pretty(&subscriptions).ok().map(|json| json + "\n"),
        _ => None,
    }
}

impl fmt::Display for EventSubscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.handlers.len();
        let noun = if count == 1 { "handler" } else { "handlers" };
        writeln!(f, "endpoint `{}`: {count} {noun}\n", self.endpoint.as_str())?;
        let rows: Vec<_> = self.handlers.iter().flat_map(|handler| rows(handler)).collect();
        let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or_default();
        let (event, id) = (width(0), width(1));
        for row in &rows {
            writeln!(f, "  {:event$}  {:id$}  {}", row[0], row[1], row[2])?;
        }
        if !self.snapshot.is_empty() {
            writeln!(
                f,
                "\nSnapshot events. Put the endpoint's URL for https://example.com/webhook, and keep the `secret` of the answer:\n"
            )?;
            write!(
                f,
                "  stripe webhook_endpoints create -d url=https://example.com/webhook -d api_version={API_VERSION}"
            )?;
            for event in &self.snapshot {
                write!(f, " \\\n    -d 'enabled_events[]={event}'")?;
            }
            writeln!(f, "\n\n  {{\"enabled_events\":{}}}", json(&self.snapshot)?)?;
        }
        if !self.thin.is_empty() {
            writeln!(
                f,
                "\nThin events. Send this to `POST /v2/core/event_destinations`, or choose them in the Dashboard:\n"
            )?;
            writeln!(
                f,
                "  {{\"name\":\"thin events\",\"type\":\"webhook_endpoint\",\"event_payload\":\"thin\",\"webhook_endpoint\":\
                 {{\"url\":\"https://example.com/webhook\"}},\"enabled_events\":{}}}",
                json(&self.thin)?
            )?;
        }
        Ok(())
    }
}

fn json(names: &[&str]) -> Result<String, fmt::Error> {
    serde_json::to_string(names).map_err(|_| fmt::Error)
}

/// One line for each event of a handler: the event, the handler, the place of its attribute.
fn rows(handler: &Registration) -> Vec<[String; 3]> {
    let mut place = String::new();
    // Writing to a `String` cannot fail.
    let _ = write!(place, "{}:{}", handler.file, handler.line);
    let mut names: Vec<_> = match handler.catch_all {
        Some(_) => vec!["*"],
        None => handler.events.iter().map(|event| event.name).collect(),
    };
    names.sort_unstable();
    let row = |name: &str| [name.to_owned(), handler.id.to_owned(), place.clone()];
    names.into_iter().map(row).collect()
}

impl fmt::Debug for EventSubscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventSubscription")
            .field("endpoint", &self.endpoint)
            .field("snapshot_events", &self.snapshot)
            .field("thin_events", &self.thin)
            .finish_non_exhaustive()
    }
}

impl Serialize for EventSubscription {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let handlers: Vec<_> = self.handlers.iter().copied().map(Entry).collect();
        let mut fields = serializer.serialize_struct("EventSubscription", 5)?;
        fields.serialize_field("endpoint", self.endpoint.as_str())?;
        fields.serialize_field("api_version", API_VERSION)?;
        fields.serialize_field("enabled_events", &self.snapshot)?;
        fields.serialize_field("enabled_thin_events", &self.thin)?;
        fields.serialize_field("handlers", &handlers)?;
        fields.end()
    }
}

struct Entry(&'static Registration);

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names: Vec<_> = self.0.events.iter().map(|event| event.name).collect();
        let mut fields = serializer.serialize_struct("Handler", 5)?;
        fields.serialize_field("id", self.0.id)?;
        fields.serialize_field("events", &names)?;
        fields.serialize_field("catch_all", &self.0.catch_all.is_some())?;
        fields.serialize_field("file", self.0.file)?;
        fields.serialize_field("line", &self.0.line)?;
        fields.end()
    }
}
