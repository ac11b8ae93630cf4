//! The handlers that `#[on_event]` registers; an endpoint makes its `HandlerTable` of them.
//!
//! `inventory` gives the registrations in no order and drops crates that nothing references: hence the sort, the list of handlers
//! that is logged at start, and `expect_handlers`.

mod call;
mod handler_table;

use std::{fmt, future::ready, panic::Location};

pub use self::call::Call;
pub(crate) use self::handler_table::HandlerTable;

use crate::{
    catalogue::{EventForm, EventInfo},
    context::EventContext,
    endpoint_name::{DefaultEndpoint, EndpointInfo},
    extract::{HandlerFuture, Needs, StartResult},
    policy::Policy,
    rejection::Rejection,
    transition::{Condition, UpdateSides},
};

/// What one `#[on_event]` adds to the program.
pub struct Registration {
    /// The handler's stable name: `name = "…"`, or its path.
    pub id: &'static str,
    /// The function's path, `crate::module::function`.
    pub function: &'static str,
    /// The source file of the attribute.
    pub file: &'static str,
    /// The source line of the attribute.
    pub line: u32,
    /// The events that it handles, as the compiler checked them.
    pub events: &'static [&'static EventInfo],
    /// For `"*"`: also takes snapshot events that are not listed, but for these names and patterns.
    pub catch_all: Option<&'static [&'static str]>,
    /// What an update must have changed, all of it, for the handler to run.
    pub condition: &'static [Condition],
    /// How an inbox tries its runs.
    pub policy: Policy,
    /// The endpoint that it belongs to.
    pub endpoint: fn() -> EndpointInfo,
    /// Extracts the arguments and starts the work.
    pub run: for<'cx> fn(Call<'cx>) -> StartResult<'cx>,
}

inventory::collect!(Registration);

impl Registration {
    /// What a registration has that its attribute says nothing of. The place is that of the attribute, because a macro's call counts as
    /// made there.
    #[must_use]
    #[track_caller]
    pub const fn new(
        function: &'static str,
        events: &'static [&'static EventInfo],
        run: for<'cx> fn(Call<'cx>) -> StartResult<'cx>,
    ) -> Self {
        let place = Location::caller();
        Self {
            id: function,
            function,
            file: place.file(),
            line: place.line(),
            events,
            catch_all: None,
            condition: &[],
            policy: Policy::DEFAULT,
            endpoint: EndpointInfo::from_type::<DefaultEndpoint>,
            run,
        }
    }

    /// Extracts the arguments and starts the work. An argument that cannot be made ends the run.
    pub(crate) fn start_handler<'cx>(&self, cx: &'cx EventContext<'cx>) -> HandlerFuture<'cx> {
        (self.run)(Call::Run(cx)).unwrap_or_else(|rejection| Box::pin(ready(rejection.into())))
    }

    /// Whether the event tells of all that the handler waits for.
    pub(crate) fn wants_event(&self, cx: &EventContext<'_>) -> Result<bool, Rejection> {
        if self.condition.is_empty() {
            return Ok(true);
        }
        let Some(update) = UpdateSides::from_context(cx)? else { return Ok(false) };
        for condition in self.condition {
            if !condition.is_met(&update)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What its arguments need of the endpoint.
    fn collect_needs(&self) -> Needs {
        let mut needs = Needs::default();
        // That it does nothing is no failure here.
        let _ = (self.run)(Call::Ask(&mut needs));
        needs
    }

    /// Whether it answers with a body.
    pub(crate) fn replies(&self) -> bool {
        self.collect_needs().replies
    }

    /// The events as the attribute's author would recognise them, for a message.
    fn describe_events(&self) -> String {
        match (self.catch_all, self.events) {
            (Some(_), _) => "`*`".to_owned(),
            (None, []) => "no event".to_owned(),
            (None, [event]) => format!("`{}`", event.name),
            (None, [first, rest @ ..]) => format!("`{}` and {} more", first.name, rest.len()),
        }
    }

    /// An event that both handlers take.
    fn find_shared_event(&self, other: &Self) -> Option<&'static str> {
        let taken_of = |one: &Self, other: &Self| {
            let taken = |event: &&&EventInfo| {
                one.events.iter().any(|own| own.name == event.name)
                    || (event.form == EventForm::Snapshot && one.takes_event(event.name))
            };
            other.events.iter().find(taken).map(|event| event.name)
        };
        let both_catch = self.catch_all.is_some() && other.catch_all.is_some();
        taken_of(self, other).or_else(|| taken_of(other, self)).or(both_catch.then_some("*"))
    }

    fn takes_event(&self, name: &str) -> bool {
        self.catch_all.is_some_and(|except| {
            !except.iter().any(|pattern| match pattern.strip_suffix('*') {
                Some(prefix) => name.starts_with(prefix),
                None => *pattern == name,
            })
        })
    }
}

/// Names the handler, its event, and its place in the source: how every message speaks of it.
impl fmt::Display for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "handler `{}` of {} ({}:{})", self.id, self.describe_events(), self.file, self.line)
    }
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A handler that is linked into this program.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Handler {
    /// Its stable name: `name = "…"`, or its path.
    pub id: &'static str,
    /// The events that it handles, sorted.
    pub events: Vec<&'static str>,
    /// Whether it also takes snapshot events that the catalogue does not know.
    pub catch_all: bool,
    /// The endpoint that it belongs to.
    pub endpoint: EndpointInfo,
    /// The source file of its attribute.
    pub file: &'static str,
    /// The source line of its attribute.
    pub line: u32,
}

impl From<&'static Registration> for Handler {
    fn from(registration: &'static Registration) -> Self {
        let mut events: Vec<_> = registration.events.iter().map(|event| event.name).collect();
        events.sort_unstable();
        Self {
            id: registration.id,
            events,
            catch_all: registration.catch_all.is_some(),
            endpoint: (registration.endpoint)(),
            file: registration.file,
            line: registration.line,
        }
    }
}

/// All handlers that are linked into this program, of every endpoint, in a stable order.
#[must_use]
pub fn handlers() -> Vec<Handler> {
    all_registrations().into_iter().map(Handler::from).collect()
}

/// Sorted by event, file and line, because `inventory` has no order of its own.
pub(crate) fn all_registrations() -> Vec<&'static Registration> {
    let mut all: Vec<_> = inventory::iter::<Registration>.into_iter().collect();
    sort_by_key_then_source(&mut all, |handler| handler.events.first().map_or("", |event| event.name));
    all
}

/// Sorts by a key, then by file and line. All callers share one sort, because the compiler would
/// compile a generic one again for each of them.
fn sort_by_key_then_source(handlers: &mut [&'static Registration], key: fn(&Registration) -> &'static str) {
    handlers.sort_by_key(|handler| (key(handler), handler.file, handler.line));
}
