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
    endpoint_name::EndpointInfo,
    events::API_VERSION,
    registry::{Registration, all_registrations},
};

/// The argument that prints the handlers and the events to subscribe to.
const HANDLERS_ARGUMENT: &str = "--stripe-handlers";

/// The events that the handlers of one endpoint take, for `enabled_events` in Stripe.
///
/// `Display` shows the handlers with event, file and line, and the commands that make Stripe send exactly these events. Serialized, it is
/// the same for machines.
#[derive(Clone)]
pub struct EventSubscription {
    endpoint: EndpointInfo,
    handlers: Vec<&'static Registration>,
    snapshot: Vec<&'static str>,
    thin: Vec<&'static str>,
    /// Stands for the endpoint's URL, which this program does not know.
    example_url: String,
}

impl EventSubscription {
    /// The endpoint whose handlers these are.
    #[must_use]
    pub fn endpoint(&self) -> EndpointInfo {
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
    fn from_handlers(handlers: Vec<&'static Registration>, example_url: String) -> Option<Self> {
        let endpoint = (handlers.first()?.endpoint)();
        let named = |form| {
            let events = handlers.iter().flat_map(|handler| handler.events);
            sort_and_dedup(events.filter(|event| event.form == form).map(|event| event.name).collect())
        };
        let snapshot = if handlers.iter().any(|handler| handler.catch_all.is_some()) {
            vec!["*"]
        } else {
            named(EventForm::Snapshot)
        };
        Some(Self { endpoint, snapshot, thin: named(EventForm::Thin), handlers, example_url })
    }
}

/// What each endpoint of this program is to be subscribed to, by the endpoint's name.
#[must_use]
pub fn subscriptions() -> Vec<EventSubscription> {
    let handlers = all_registrations();
    let mut endpoints: Vec<_> = handlers.iter().map(|handler| (handler.endpoint)()).collect();
    endpoints.sort_by_key(|endpoint| (endpoint.as_str(), endpoint.type_name()));
    endpoints.dedup();
    let of = |endpoint: &EndpointInfo| {
        handlers.iter().copied().filter(|handler| (handler.endpoint)() == *endpoint).collect()
    };
    let subscription =
        |endpoint| EventSubscription::from_handlers(of(endpoint), example_url(endpoint, &endpoints));
    endpoints.iter().filter_map(subscription).collect()
}

/// Sorts names, and keeps one of those that are equal.
fn sort_and_dedup(mut names: Vec<&'static str>) -> Vec<&'static str> {
    names.sort_unstable();
    names.dedup();
    names
}

/// Handles the arguments of the program that are meant for this crate, and then ends the program.
/// Without such an argument it does nothing. Call it first in `main`, before the program reads its
/// own arguments.
///
/// - `--stripe-handlers` prints each handler with event, file and line. For each endpoint it prints
///   the commands that make Stripe send exactly the events of its handlers.
/// - `--stripe-handlers=json` prints the same as JSON and nothing else.
///
/// ```
/// stripe_hooks::handle_arguments();
/// // … and then start the server.
/// ```
pub fn handle_arguments() {
    let arguments = env::args_os().skip(1);
    let Some(text) = arguments.filter_map(|argument| answer_handlers_argument(argument.to_str()?)).next()
    else {
        return;
    };
    // Whoever closes the pipe early has read enough.
    let shown = io::stdout().lock().write_all(text.as_bytes()).and_then(|()| io::stdout().flush());
    process::exit(match shown {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => 1,
        _ => 0,
    });
}

fn answer_handlers_argument(argument: &str) -> Option<String> {
    let subscriptions = subscriptions();
    match argument.strip_prefix(HANDLERS_ARGUMENT)? {
        "" => Some(subscriptions.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
        "=json" => serde_json::to_string_pretty(&subscriptions).ok().map(|json| json + "\n"),
        _ => None,
    }
}

impl fmt::Display for EventSubscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.handlers.len();
        let noun = if count == 1 { "handler" } else { "handlers" };
        let scope = if self.endpoint.is_connect() { ", for events of connected accounts" } else { "" };
        writeln!(f, "endpoint `{}`: {count} {noun}{scope}\n", self.endpoint.as_str())?;
        let rows: Vec<_> = self.handlers.iter().flat_map(|handler| handler_rows(handler)).collect();
        let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or_default();
        let (event, id) = (width(0), width(1));
        for row in &rows {
            writeln!(f, "  {:event$}  {:id$}  {}", row[0], row[1], row[2])?;
        }
        self.write_snapshot_events(f)?;
        self.write_thin_events(f)
    }
}

/// The parts of the output that say how to subscribe the endpoint.
impl EventSubscription {
    fn write_snapshot_events(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.snapshot.is_empty() {
            return Ok(());
        }
        let url = &self.example_url;
        writeln!(
            f,
            "\nSnapshot events: run this with the URL of this endpoint. The `secret` of the answer is its"
        )?;
        writeln!(f, "signing secret; every endpoint has a URL and a secret of its own.\n")?;
        write!(f, "  stripe webhook_endpoints create -d url={url} -d api_version={API_VERSION}")?;
        if self.endpoint.is_connect() {
            write!(f, " -d connect=true")?;
        }
        for event in &self.snapshot {
            write!(f, " \\\n    -d 'enabled_events[]={event}'")?;
        }
        writeln!(f, "\n\n  {{\"enabled_events\":{}}}", names_to_json(&self.snapshot)?)
    }

    fn write_thin_events(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.thin.is_empty() {
            return Ok(());
        }
        let url = &self.example_url;
        writeln!(
            f,
            "\nThin events: they need an event destination, which has a signing secret of its own. Send this"
        )?;
        writeln!(
            f,
            "to `POST /v2/core/event_destinations` with the URL of this endpoint, or choose the events in the"
        )?;
        writeln!(f, "Dashboard. The `webhook_endpoint.signing_secret` of the answer is the secret.")?;
        if !self.snapshot.is_empty() {
            writeln!(f, "Give the endpoint both secrets: this one, and the one for snapshot events.")?;
        }
        let from = if self.endpoint.is_connect() { "@accounts" } else { "@self" };
        writeln!(
            f,
            "\n  {{\"name\":\"thin events\",\"type\":\"webhook_endpoint\",\"event_payload\":\"thin\",\
             \"webhook_endpoint\":{{\"url\":\"{url}\"}},\"include\":[\"webhook_endpoint.signing_secret\"],\
             \"events_from\":[\"{from}\"],\"enabled_events\":{}}}",
            names_to_json(&self.thin)?
        )
    }
}

/// The example of an endpoint's URL. The endpoint without a name has the plain one. Every other has
/// its type's name in its path, or its whole name if another endpoint has the same last part.
fn example_url(endpoint: &EndpointInfo, all: &[EndpointInfo]) -> String {
    const PLAIN: &str = "https://example.com/webhook";
    let last_part = |endpoint: &EndpointInfo| endpoint.as_str().rsplit("::").next().map(kebab_case);
    if endpoint.is_default() {
        return PLAIN.to_owned();
    }
    match last_part(endpoint) {
        Some(last) if all.iter().filter_map(last_part).filter(|other| *other == last).count() == 1 => {
            format!("{PLAIN}/{last}")
        }
        _ => format!("{PLAIN}/{}", kebab_case(endpoint.as_str())),
    }
}

/// Writes the words of a name in lower case, with hyphens between them.
fn kebab_case(name: &str) -> String {
    let mut words = String::new();
    let mut after_lower = false;
    for letter in name.chars() {
        if !words.is_empty()
            && !words.ends_with('-')
            && (!letter.is_alphanumeric() || (letter.is_uppercase() && after_lower))
        {
            words.push('-');
        }
        if letter.is_alphanumeric() {
            words.extend(letter.to_lowercase());
        }
        after_lower = letter.is_lowercase();
    }
    words
}

fn names_to_json(names: &[&str]) -> Result<String, fmt::Error> {
    serde_json::to_string(names).map_err(|_| fmt::Error)
}

/// One line for each event of a handler: the event, the handler, the place of its attribute.
fn handler_rows(handler: &Registration) -> Vec<[String; 3]> {
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
        let handlers: Vec<_> = self.handlers.iter().copied().map(HandlerEntry).collect();
        let mut fields = serializer.serialize_struct("EventSubscription", 6)?;
        fields.serialize_field("endpoint", self.endpoint.as_str())?;
        fields.serialize_field("connect", &self.endpoint.is_connect())?;
        fields.serialize_field("api_version", API_VERSION)?;
        fields.serialize_field("enabled_events", &self.snapshot)?;
        fields.serialize_field("enabled_thin_events", &self.thin)?;
        fields.serialize_field("handlers", &handlers)?;
        fields.end()
    }
}

struct HandlerEntry(&'static Registration);

impl Serialize for HandlerEntry {
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
