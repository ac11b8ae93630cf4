//! What `#[on_event]` registers, and the table that an endpoint makes of it.
//!
//! `inventory` gives the registrations in no order and drops crates that nothing references: hence the sort, the list of handlers
//! that is logged at start, and `expect_handlers`.

mod call;

use std::{
    any::{TypeId, type_name},
    borrow::Cow,
    collections::HashMap,
    fmt,
    future::ready,
    panic::Location,
};

pub use self::call::{Call, Needing};

use crate::{
    catalogue::{EventForm, EventInfo},
    error::Problem,
    extract::{EventContext, Needs, Rejection, Running, Started, States},
    policy::Policy,
    transition::{Condition, Update},
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
    pub endpoint: fn() -> EndpointName,
    /// Extracts the arguments and starts the work.
    pub run: for<'cx> fn(Call<'cx>) -> Started<'cx>,
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
        run: for<'cx> fn(Call<'cx>) -> Started<'cx>,
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
            endpoint: EndpointName::of::<Unnamed>,
            run,
        }
    }

    /// Extracts the arguments and starts the work. An argument that cannot be made ends the run.
    pub(crate) fn start<'cx>(&self, cx: &'cx EventContext<'cx>) -> Running<'cx> {
        (self.run)(Call::Run(cx)).unwrap_or_else(|rejection| Box::pin(ready(rejection.into_outcome())))
    }

    /// Whether the event tells of all that the handler waits for.
    pub(crate) fn is_concerned(&self, cx: &EventContext<'_>) -> Result<bool, Rejection> {
        if self.condition.is_empty() {
            return Ok(true);
        }
        let Some(update) = Update::of(cx)? else { return Ok(false) };
        for condition in self.condition {
            if !condition.holds(&update)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What its arguments need of the endpoint.
    fn needs(&self) -> Needs {
        let mut needs = Needs::default();
        // That it does nothing is no failure here.
        let _ = (self.run)(Call::Ask(&mut needs));
        needs
    }

    /// Whether it answers with a body.
    pub(crate) fn replies(&self) -> bool {
        self.needs().replies
    }

    /// The events as the attribute's author would recognise them, for a message.
    fn summary(&self) -> String {
        match (self.catch_all, self.events) {
            (Some(_), _) => "`*`".to_owned(),
            (None, []) => "no event".to_owned(),
            (None, [event]) => format!("`{}`", event.name),
            (None, [first, rest @ ..]) => format!("`{}` and {} more", first.name, rest.len()),
        }
    }

    /// An event that both handlers take.
    fn shares_with(&self, other: &Self) -> Option<&'static str> {
        let taken_of = |one: &Self, other: &Self| {
            let taken = |event: &&&EventInfo| {
                one.events.iter().any(|own| own.name == event.name)
                    || (event.form == EventForm::Snapshot && one.catches(event.name))
            };
            other.events.iter().find(taken).map(|event| event.name)
        };
        let both_catch = self.catch_all.is_some() && other.catch_all.is_some();
        taken_of(self, other).or_else(|| taken_of(other, self)).or(both_catch.then_some("*"))
    }

    fn catches(&self, name: &str) -> bool {
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
        write!(f, "handler `{}` of {} ({}:{})", self.id, self.summary(), self.file, self.line)
    }
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The name of an endpoint: a type that the application declares, or [`Unnamed`].
#[derive(Clone, Copy)]
pub struct EndpointName {
    id: TypeId,
    name: &'static str,
}

/// The endpoint that handlers without `endpoint = …` belong to.
#[derive(Debug, Clone, Copy)]
pub struct Unnamed;

impl EndpointName {
    /// The name that `T` stands for.
    #[must_use]
    pub fn of<T: 'static>() -> Self {
        Self { id: TypeId::of::<T>(), name: type_name::<T>() }
    }

    /// The path of the type, or `unnamed` for [`Unnamed`].
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        if self.is_unnamed() { "unnamed" } else { self.name }
    }

    pub(crate) fn is_unnamed(&self) -> bool {
        self.id == TypeId::of::<Unnamed>()
    }
}

impl PartialEq for EndpointName {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}
impl Eq for EndpointName {}

impl fmt::Debug for EndpointName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
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
    pub endpoint: EndpointName,
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
    registrations().into_iter().map(Handler::from).collect()
}

/// Sorted by event, file and line, because `inventory` has no order of its own.
pub(crate) fn registrations() -> Vec<&'static Registration> {
    let mut all: Vec<_> = inventory::iter::<Registration>.into_iter().collect();
    sort(&mut all, |handler| handler.events.first().map_or("", |event| event.name));
    all
}

/// Sorts by what is asked first, then by file and line: one sort for all that ask, because each is compiled anew.
fn sort(handlers: &mut [&'static Registration], first: fn(&Registration) -> &'static str) {
    handlers.sort_by_key(|handler| (first(handler), handler.file, handler.line));
}

/// Sorts by file and line, which is the order in which the handlers of an event run.
fn sort_as_they_run(handlers: &mut [&'static Registration]) {
    sort(handlers, |_| "");
}

type ByEvent = HashMap<&'static str, Vec<&'static Registration>>;

/// Sorts handlers by their events of one form.
fn by_event(handlers: &[&'static Registration], form: EventForm) -> ByEvent {
    let mut by_event = ByEvent::new();
    for handler in handlers {
        for event in handler.events.iter().filter(|event| event.form == form) {
            by_event.entry(event.name).or_default().push(*handler);
        }
    }
    for handlers in by_event.values_mut() {
        sort_as_they_run(handlers);
    }
    by_event
}

/// The handlers of one endpoint, by event.
pub(crate) struct Table {
    handlers: Vec<&'static Registration>,
    snapshot: ByEvent,
    thin: ByEvent,
    catch_all: Vec<&'static Registration>,
}

impl Table {
    /// Gathers the handlers that belong to an endpoint, and the names of other endpoints' handlers.
    pub(crate) fn of(endpoint: EndpointName) -> (Self, Vec<&'static Registration>) {
        let (handlers, others): (Vec<_>, _) =
            registrations().into_iter().partition(|handler| (handler.endpoint)() == endpoint);
        let (snapshot, thin) =
            (by_event(&handlers, EventForm::Snapshot), by_event(&handlers, EventForm::Thin));
        let catch_all = handlers.iter().filter(|handler| handler.catch_all.is_some()).copied().collect();
        (Self { handlers, snapshot, thin, catch_all }, others)
    }

    /// The handlers of an event, in the order in which they run.
    pub(crate) fn of_event(&self, name: &str, form: Option<EventForm>) -> Cow<'_, [&'static Registration]> {
        let Some(form) = form else { return Cow::default() };
        let by_event = if form == EventForm::Thin { &self.thin } else { &self.snapshot };
        let listed = by_event.get(name).map_or(&[][..], Vec::as_slice);
        if form == EventForm::Thin || self.catch_all.is_empty() {
            return listed.into();
        }
        let catching = self.catch_all.iter().filter(|handler| handler.catches(name));
        let catching = catching.filter(|handler| !handler.events.iter().any(|event| event.name == name));
        let mut handlers: Vec<_> = listed.iter().chain(catching).copied().collect();
        sort_as_they_run(&mut handlers);
        handlers.into()
    }

    /// Whether some handler takes an event of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.snapshot.contains_key(name) || self.thin.contains_key(name)
    }

    pub(crate) fn handlers(&self) -> impl Iterator<Item = &'static Registration> {
        self.handlers.iter().copied()
    }

    /// Finds what cannot work, so that it shows when the program starts and not when an event comes.
    pub(crate) fn check(&self, states: &States, expected: &[String]) -> Vec<Problem> {
        let mut problems = Vec::new();
        for handler in &self.handlers {
            for (_, name) in handler.needs().states.iter().filter(|(id, _)| !states.contains(*id)) {
                problems.push(Problem::Handler(format!(
                    "{handler} asks for `State<{name}>`, which was not provided; give the builder a value with `.state(…)`"
                )));
            }
        }
        problems.extend(self.replies_twice());
        problems.extend(self.ids_twice());
        for id in expected.iter().filter(|id| !self.handlers.iter().any(|handler| handler.id == **id)) {
            problems.push(Problem::Handler(format!(
                "expected handler `{id}` is not linked to this endpoint; use its crate by name in the program (`use the_crate as _;`), \
                 and compare the id with `stripe_hooks::handlers()`"
            )));
        }
        problems
    }

    /// Finds what cannot work with an inbox in this database, or without one.
    pub(crate) fn check_inbox(&self, engine: Option<&'static str>) -> Vec<Problem> {
        let mut problems = Vec::new();
        for handler in &self.handlers {
            let needs = handler.needs();
            if needs.replies && engine.is_some() && handler.policy.inline.is_none() {
                problems.push(Problem::Handler(format!(
                    "{handler} replies, and an inbox answers Stripe before its handlers run, but for those that are inline; write `inline` in \
                     its attribute"
                )));
            }
            if engine.is_none() && handler.policy.order.is_some() {
                problems.push(Problem::Handler(format!(
                    "{handler} keeps an order, which an endpoint without an inbox cannot; give the builder one with `.inbox(…)`, or \
                     remove `order` from the attribute"
                )));
            }
            #[cfg(feature = "inbox")]
            for wanted in needs.databases.iter().filter(|wanted| Some(**wanted) != engine) {
                let (has, help) = match engine {
                    None => ("no inbox".to_owned(), "give the builder one with `.inbox(…)`".to_owned()),
                    Some(engine) => (format!("one in `{engine}`"), format!("take an `InboxTx<{engine}>`")),
                };
                problems.push(Problem::Handler(format!(
                    "{handler} asks for a transaction of an inbox in `{wanted}`, and the endpoint has {has}; {help}"
                )));
            }
        }
        problems
    }

    /// Each two handlers that would both answer one event, with such an event.
    fn replies_twice(&self) -> Vec<Problem> {
        let replying: Vec<_> = self.handlers().filter(|handler| handler.replies()).collect();
        let mut problems = Vec::new();
        for (index, second) in replying.iter().enumerate() {
            for first in &replying[..index] {
                if let Some(event) = first.shares_with(second) {
                    problems.push(Problem::Handler(format!(
                        "{first} and {second} both reply to `{event}`, and Stripe reads one answer; let one of them return something else"
                    )));
                }
            }
        }
        problems
    }

    fn ids_twice(&self) -> impl Iterator<Item = Problem> {
        self.handlers.iter().enumerate().filter_map(|(index, handler)| {
            let other = self.handlers[..index]
                .iter()
                .filter(|other| other.id == handler.id)
                // One function may have several attributes, and functions within two others can have one path.
                .find(|other| other.function != handler.function || other.shares_with(handler).is_some())?;
            Some(Problem::Handler(format!(
                "{other} and {handler} have the same id; give one of them another `name`"
            )))
        })
    }
}

impl Table {
    /// What to say of an endpoint that has no handler at all.
    pub(crate) fn empty(endpoint: EndpointName) -> Problem {
        let attribute = if endpoint.is_unnamed() {
            "#[on_event(\"…\")]".to_owned()
        } else {
            let name = endpoint.as_str().rsplit("::").next().unwrap_or_default();
            format!("#[on_event(\"…\", endpoint = {name})]")
        };
        Problem::Handler(format!(
            "no handler is linked to this endpoint; annotate a function with `{attribute}`, and if it is in a library, use that crate \
             by name in the program (`use the_crate as _;`)"
        ))
    }
}
