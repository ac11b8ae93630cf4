//! The dispatch table of one endpoint, and the start-up checks of its handlers.

use std::{borrow::Cow, collections::HashMap};

use super::{Registration, all_registrations, sort_by_key_then_source};
use crate::{catalogue::EventForm, context::States, endpoint_name::EndpointInfo, error::EndpointProblem};

/// Sorts by file and line, which is the order in which the handlers of an event run.
fn sort_in_run_order(handlers: &mut [&'static Registration]) {
    sort_by_key_then_source(handlers, |_| "");
}

type HandlersByEvent = HashMap<&'static str, Vec<&'static Registration>>;

/// Sorts handlers by their events of one form.
fn group_by_event(handlers: &[&'static Registration], form: EventForm) -> HandlersByEvent {
    let mut by_event = HandlersByEvent::new();
    for handler in handlers {
        for event in handler.events.iter().filter(|event| event.form == form) {
            by_event.entry(event.name).or_default().push(*handler);
        }
    }
    for handlers in by_event.values_mut() {
        sort_in_run_order(handlers);
    }
    by_event
}

/// The handlers of one endpoint, by event.
pub(crate) struct HandlerTable {
    handlers: Vec<&'static Registration>,
    snapshot: HandlersByEvent,
    thin: HandlersByEvent,
    catch_all: Vec<&'static Registration>,
}

impl HandlerTable {
    /// Gathers the handlers that belong to an endpoint, and the names of other endpoints' handlers.
    pub(crate) fn for_endpoint(endpoint: EndpointInfo) -> (Self, Vec<&'static Registration>) {
        let (handlers, others): (Vec<_>, _) =
            all_registrations().into_iter().partition(|handler| (handler.endpoint)() == endpoint);
        let (snapshot, thin) =
            (group_by_event(&handlers, EventForm::Snapshot), group_by_event(&handlers, EventForm::Thin));
        let catch_all = handlers.iter().filter(|handler| handler.catch_all.is_some()).copied().collect();
        (Self { handlers, snapshot, thin, catch_all }, others)
    }

    /// The handlers of an event, in the order in which they run.
    pub(crate) fn handlers_of_event(
        &self,
        name: &str,
        form: Option<EventForm>,
    ) -> Cow<'_, [&'static Registration]> {
        let Some(form) = form else { return Cow::default() };
        let by_event = if form == EventForm::Thin { &self.thin } else { &self.snapshot };
        let listed = by_event.get(name).map_or(&[][..], Vec::as_slice);
        if form == EventForm::Thin || self.catch_all.is_empty() {
            return listed.into();
        }
        let catching = self.catch_all.iter().filter(|handler| handler.takes_event(name));
        let catching = catching.filter(|handler| !handler.events.iter().any(|event| event.name == name));
        let mut handlers: Vec<_> = listed.iter().chain(catching).copied().collect();
        sort_in_run_order(&mut handlers);
        handlers.into()
    }

    /// Whether some handler takes an event of this name.
    pub(crate) fn handles_event(&self, name: &str) -> bool {
        self.snapshot.contains_key(name) || self.thin.contains_key(name)
    }

    pub(crate) fn handlers(&self) -> impl Iterator<Item = &'static Registration> {
        self.handlers.iter().copied()
    }

    /// Finds what cannot work, so that it shows when the program starts and not when an event comes.
    pub(crate) fn find_problems(&self, states: &States, expected: &[String]) -> Vec<EndpointProblem> {
        let mut problems = Vec::new();
        for handler in &self.handlers {
            for (_, name) in handler.collect_needs().states.iter().filter(|(id, _)| !states.contains(*id)) {
                problems.push(EndpointProblem::Handler(format!(
                    "{handler} asks for `State<{name}>`, which was not provided; give the builder a value with `.state(…)`"
                )));
            }
        }
        problems.extend(self.find_second_replies());
        problems.extend(self.find_duplicate_ids());
        for id in expected.iter().filter(|id| !self.handlers.iter().any(|handler| handler.id == **id)) {
            problems.push(EndpointProblem::Handler(format!(
                "expected handler `{id}` is not linked to this endpoint; use its crate by name in the program (`use the_crate as _;`), \
                 and compare the id with `stripe_hooks::handlers()`"
            )));
        }
        problems
    }

    /// Finds what cannot work with an inbox in this database, or without one.
    pub(crate) fn find_inbox_problems(&self, engine: Option<&'static str>) -> Vec<EndpointProblem> {
        let mut problems = Vec::new();
        for handler in &self.handlers {
            let needs = handler.collect_needs();
            if needs.replies && engine.is_some() && handler.policy.inline.is_none() {
                problems.push(EndpointProblem::Handler(format!(
                    "{handler} replies, and an inbox answers Stripe before its handlers run, but for those that are inline; write `inline` in \
                     its attribute"
                )));
            }
            if engine.is_none() && handler.policy.order.is_some() {
                problems.push(EndpointProblem::Handler(format!(
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
                problems.push(EndpointProblem::Handler(format!(
                    "{handler} asks for a transaction of an inbox in `{wanted}`, and the endpoint has {has}; {help}"
                )));
            }
        }
        problems
    }

    /// Each two handlers that would both answer one event, with such an event.
    fn find_second_replies(&self) -> Vec<EndpointProblem> {
        let replying: Vec<_> = self.handlers().filter(|handler| handler.replies()).collect();
        let mut problems = Vec::new();
        for (index, second) in replying.iter().enumerate() {
            for first in &replying[..index] {
                if let Some(event) = first.find_shared_event(second) {
                    problems.push(EndpointProblem::Handler(format!(
                        "{first} and {second} both reply to `{event}`, and Stripe reads one answer; let one of them return something else"
                    )));
                }
            }
        }
        problems
    }

    fn find_duplicate_ids(&self) -> impl Iterator<Item = EndpointProblem> {
        self.handlers.iter().enumerate().filter_map(|(index, handler)| {
            let other = self.handlers[..index]
                .iter()
                .filter(|other| other.id == handler.id)
                // One function may have several attributes, and functions within two others can have one path.
                .find(|other| {
                    other.function != handler.function || other.find_shared_event(handler).is_some()
                })?;
            Some(EndpointProblem::Handler(format!(
                "{other} and {handler} have the same id; give one of them another `name`"
            )))
        })
    }

    /// What to say of an endpoint that has no handler at all.
    pub(crate) fn no_handlers_problem(endpoint: EndpointInfo) -> EndpointProblem {
        let attribute = if endpoint.is_default() {
            "#[on_event(\"…\")]".to_owned()
        } else {
            let name = endpoint.type_name().rsplit("::").next().unwrap_or_default();
            format!("#[on_event(\"…\", endpoint = {name})]")
        };
        EndpointProblem::Handler(format!(
            "no handler is linked to this endpoint; annotate a function with `{attribute}`, and if it is in a library, use that crate \
             by name in the program (`use the_crate as _;`)"
        ))
    }
}
