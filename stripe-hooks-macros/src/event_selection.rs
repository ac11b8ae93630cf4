//! Turns the names and patterns of an attribute into rows of the catalogue: the events of a
//! handler.

use proc_macro2::Ident;
use syn::LitStr;

use crate::{
    catalogue::{EVENTS, RETIRED, Retired, Row},
    mistakes::Mistakes,
    nearest_names,
};

/// Stripe's page of all events.
const EVENT_TYPES_PAGE: &str = "https://docs.stripe.com/api/events/types";

/// The part of an attribute that says which events the handler takes.
#[derive(Default)]
pub(crate) struct EventSelectors {
    /// Event names and patterns.
    pub(crate) events: Vec<LitStr>,
    /// `except("…", …)`
    pub(crate) except: Option<Vec<LitStr>>,
    /// `unlisted`
    pub(crate) unlisted: Option<Ident>,
}

/// One event of a handler.
pub(crate) struct SelectedEvent {
    pub(crate) row: &'static Row,
    /// The name of the event as written, or the pattern that matches it.
    pub(crate) literal: LitStr,
    /// `true` if the literal is a pattern.
    pub(crate) is_from_pattern: bool,
}

/// The events of one handler.
pub(crate) struct EventSelection {
    pub(crate) events: Vec<SelectedEvent>,
    /// Names that the catalogue does not know and that `unlisted` permits.
    pub(crate) unlisted: Vec<LitStr>,
    /// The exceptions of `"*"`, if the handler has that pattern.
    pub(crate) catch_all: Option<Vec<String>>,
    /// The key `unlisted`, if it has no effect because the catalogue now lists each name.
    pub(crate) needless_unlisted: Option<Ident>,
}

/// Looks up the events that the attribute names, matches or excepts.
pub(crate) fn select_events(
    handler: &Ident,
    names: &EventSelectors,
    mistakes: &mut Mistakes,
) -> EventSelection {
    let EventSelectors { events, except, unlisted } = names;
    let mut selector = EventSelector {
        handler,
        unlisted: unlisted.is_some(),
        events: vec![],
        unknown_names: vec![],
        mistakes,
    };
    let (mut patterns, names): (Vec<_>, Vec<_>) = distinct_literals(handler, events, selector.mistakes)
        .into_iter()
        .partition(|literal| literal.value().contains('*'));
    patterns.sort_by_key(|literal| literal.value().len());
    for pattern in &patterns {
        selector.select_pattern(pattern);
    }
    let excluded_unlisted = selector.apply_exceptions(except.as_deref().unwrap_or_default(), &names);
    for name in &names {
        selector.select_name(name);
    }
    let EventSelector { events, unknown_names: unknown, .. } = selector;
    let catches_all = patterns.iter().any(|pattern| pattern.value() == "*");
    let excepted = || except.iter().flatten().map(LitStr::value).collect();
    EventSelection {
        needless_unlisted: unlisted.clone().filter(|_| unknown.is_empty() && !excluded_unlisted),
        catch_all: catches_all.then(excepted),
        events,
        unlisted: unknown,
    }
}

/// Returns the literals without repetitions, each of which is a mistake.
fn distinct_literals<'a>(
    handler: &Ident,
    literals: &'a [LitStr],
    mistakes: &mut Mistakes,
) -> Vec<&'a LitStr> {
    let mut kept: Vec<&LitStr> = Vec::new();
    for literal in literals {
        if kept.iter().any(|other| other.value() == literal.value()) {
            let what = format_args!("`{handler}` has `{}` twice", literal.value());
            mistakes.add_mistake(literal, what, "keep one of them");
        } else {
            kept.push(literal);
        }
    }
    kept
}

struct EventSelector<'a> {
    handler: &'a Ident,
    unlisted: bool,
    events: Vec<SelectedEvent>,
    unknown_names: Vec<LitStr>,
    mistakes: &'a mut Mistakes,
}

impl EventSelector<'_> {
    fn select_pattern(&mut self, literal: &LitStr) {
        let pattern = literal.value();
        if !is_pattern(&pattern) {
            let help = "a pattern is `*`, or ends in `.*`, as `customer.subscription.*` does";
            return self.mistakes.add_mistake(
                literal,
                format_args!("`{}`: `{pattern}` is not a pattern", self.handler),
                help,
            );
        }
        let matched = || EVENTS.iter().filter(|row| !row.preview && selector_matches(&pattern, row));
        if matched().next().is_none() {
            let what = format_args!("`{}`: no event matches `{pattern}`", self.handler);
            return self.mistakes.add_mistake(literal, what, nearest_pattern(&pattern));
        }
        let known = self.events.len();
        for row in matched() {
            if !self.events[..known].iter().any(|event| event.row.name == row.name) {
                self.events.push(SelectedEvent { row, literal: literal.clone(), is_from_pattern: true });
            }
        }
        if self.events.len() == known {
            self.report_repetition(
                literal,
                &pattern,
                matched().map(|row| row.name).next().unwrap_or_default(),
            );
        }
    }

    fn select_name(&mut self, literal: &LitStr) {
        let name = literal.value();
        match find_event(&name) {
            Some(row) if self.events.iter().any(|event| event.row.name == row.name) => {
                self.report_repetition(literal, &name, row.name);
            }
            Some(row) => {
                self.events.push(SelectedEvent { row, literal: literal.clone(), is_from_pattern: false });
            }
            None => self.report_unknown(literal, &name),
        }
    }

    fn report_repetition(&mut self, literal: &LitStr, written: &str, event: &str) {
        let by =
            self.events.iter().find(|chosen| chosen.row.name == event).map(|chosen| chosen.literal.value());
        let by = by.unwrap_or_default();
        let what = format_args!("`{}` gets `{written}` twice: `{by}` includes it", self.handler);
        self.mistakes.add_mistake(literal, what, format_args!("remove `\"{written}\"`"));
    }

    fn report_unknown(&mut self, literal: &LitStr, name: &str) {
        let handler = self.handler;
        if let Some(retired) = RETIRED.iter().find(|retired| retired.name == name) {
            let (what, help) = describe_retirement(retired);
            self.mistakes.add_mistake(literal, format_args!("`{handler}` would never run: {what}"), help);
        } else if self.unlisted && is_event_name(name) {
            self.unknown_names.push(literal.clone());
        } else {
            let (what, help) = describe_unknown_name(name);
            self.mistakes.add_mistake(literal, format_args!("`{handler}` would never run: {what}"), help);
        }
    }

    /// Removes the exceptions from the events that the patterns matched. Returns `true` if one of
    /// the exceptions names an event that the catalogue does not know.
    fn apply_exceptions(&mut self, exceptions: &[LitStr], names: &[&LitStr]) -> bool {
        let mut beyond_the_catalogue = false;
        let chosen_by_patterns = !self.events.is_empty();
        let catches_all = self.events.iter().any(|event| event.literal.value() == "*");
        for literal in distinct_literals(self.handler, exceptions, self.mistakes) {
            let exception = literal.value();
            let before = self.events.len();
            self.events.retain(|event| !selector_matches(&exception, event.row));
            let hidden = catches_all && self.excludes_unlisted(&exception);
            beyond_the_catalogue |= hidden && find_event(&exception).is_none();
            if self.events.len() == before && !hidden {
                self.report_useless_exception(literal, &exception, names);
            }
        }
        if chosen_by_patterns
            && self.events.is_empty()
            && let Some(last) = exceptions.last()
        {
            let what = format_args!(
                "`{}` is left without events: the exceptions are all that its patterns match",
                self.handler
            );
            self.mistakes.add_mistake(last, what, "except less");
        }
        beyond_the_catalogue
    }

    /// Returns `true` if an exception names events that `"*"` catches without choosing their rows:
    /// previews, and with `unlisted` also names that the catalogue does not know.
    fn excludes_unlisted(&self, exception: &str) -> bool {
        let previews = EVENTS.iter().any(|row| row.preview && !row.thin && selector_matches(exception, row));
        previews || (self.unlisted && is_event_name(exception))
    }

    fn report_useless_exception(&mut self, literal: &LitStr, exception: &str, names: &[&LitStr]) {
        let handler = self.handler;
        if names.iter().any(|name| name.value() == exception) {
            let what = format_args!("`{handler}` both names `{exception}` and excepts it");
            return self.mistakes.add_mistake(literal, what, "keep one of them");
        }
        let what = format_args!("`{handler}`: the exception `{exception}` excludes nothing");
        let near = nearest_names::nearest_names(exception, self.events.iter().map(|event| event.row.name));
        let help = match near.is_empty() {
            true => "an exception names events that a pattern of this handler matches".to_owned(),
            false => did_you_mean(&near),
        };
        self.mistakes.add_mistake(literal, what, help);
    }
}

/// Finds the event of this name.
pub(crate) fn find_event(name: &str) -> Option<&'static Row> {
    EVENTS.binary_search_by(|row| row.name.cmp(name)).ok().map(|at| &EVENTS[at])
}

fn is_pattern(text: &str) -> bool {
    let prefix = text.strip_suffix(".*").unwrap_or("x");
    text == "*" || (text.ends_with(".*") && !prefix.is_empty() && !prefix.contains('*'))
}

/// Returns `true` if a pattern matches an event, or if a name is the event's own. A pattern matches
/// thin events only if it starts with their prefix, so that an event and its thin twin do not both
/// arrive.
fn selector_matches(pattern: &str, row: &Row) -> bool {
    match pattern.strip_suffix('*') {
        Some("") => !row.thin,
        Some(prefix) => row.name.starts_with(prefix),
        None => row.name == pattern,
    }
}

/// Returns `true` if a future event could have this name.
fn is_event_name(text: &str) -> bool {
    let word =
        |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "_[]".contains(c));
    text.split('.').all(word)
}

/// Returns `true` for the name of a thin event, which starts with an API version (`v1.`, `v2.`).
pub(crate) fn is_thin_event_name(name: &str) -> bool {
    let version = name.split('.').next().unwrap_or_default();
    version
        .strip_prefix('v')
        .is_some_and(|digits| !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit()))
}

/// Returns the message and the help for a name that Stripe does not send.
fn describe_unknown_name(name: &str) -> (String, String) {
    if name.trim().is_empty() {
        return ("an event name is blank".to_owned(), format!("the names are at {EVENT_TYPES_PAGE}"));
    }
    if let Some(twin) = find_twin(name) {
        let form = if twin.thin { "a thin event" } else { "a snapshot event" };
        let what = format!("Stripe sends no event `{name}`, but {form} `{}`", twin.name);
        return (what, format!("write `\"{}\"`", twin.name));
    }
    let near =
        nearest_names::nearest_names(name, EVENTS.iter().filter(|row| !row.preview).map(|row| row.name));
    let help = match near.is_empty() {
        true => format!(
            "the names are at {EVENT_TYPES_PAGE}; one that is newer than this release needs the key `unlisted`"
        ),
        false => did_you_mean(&near),
    };
    (format!("Stripe sends no event `{name}`"), help)
}

/// Finds the event of the other form: its name differs by the prefix of thin events alone.
fn find_twin(name: &str) -> Option<&'static Row> {
    let other_forms = if is_thin_event_name(name) {
        vec![name.split_once('.')?.1.to_owned()]
    } else {
        vec![format!("v1.{name}"), format!("v2.{name}")]
    };
    other_forms.iter().find_map(|form| find_event(form))
}

fn describe_retirement(retired: &Retired) -> (String, String) {
    let Retired { name, until, see, undocumented } = *retired;
    let what = match undocumented {
        true => format!("`{name}` was never documented, and Stripe dropped it in {until}"),
        false => format!("Stripe sent `{name}` until {until}"),
    };
    let help = match see {
        "" => "remove the name: no event has taken its place".to_owned(),
        see => format!("handle `\"{see}\"` instead"),
    };
    (what, help)
}

fn nearest_pattern(pattern: &str) -> String {
    let dots = EVENTS
        .iter()
        .filter(|row| !row.preview)
        .flat_map(|row| row.name.match_indices('.').map(|(at, _)| &row.name[..at]));
    let mut prefixes: Vec<&str> = dots.collect();
    prefixes.sort_unstable();
    prefixes.dedup();
    let near = nearest_names::nearest_names(pattern, prefixes.into_iter());
    match near.is_empty() {
        true => format!("the names are at {EVENT_TYPES_PAGE}"),
        false => did_you_mean(&near.iter().map(|prefix| format!("{prefix}.*")).collect::<Vec<_>>()),
    }
}

fn did_you_mean(names: &[impl AsRef<str>]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`\"{}\"`", name.as_ref())).collect();
    match names.as_slice() {
        [name] => format!("did you mean {name}?"),
        [names @ .., last] => format!("did you mean {} or {last}?", names.join(", ")),
        [] => String::new(),
    }
}
