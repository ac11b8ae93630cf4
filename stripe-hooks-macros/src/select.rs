//! Turns the names and patterns of an attribute into rows of the catalogue: the events of a
//! handler.

use proc_macro2::Ident;
use syn::LitStr;

use crate::{
    catalogue::{EVENTS, RETIRED, Retired, Row},
    mistakes::Mistakes,
    suggest,
};

/// Stripe's page of all events.
const REFERENCE: &str = "https://docs.stripe.com/api/events/types";

/// The part of an attribute that says which events the handler takes.
#[derive(Default)]
pub(crate) struct Names {
    /// Event names and patterns.
    pub(crate) events: Vec<LitStr>,
    /// `except("…", …)`
    pub(crate) except: Option<Vec<LitStr>>,
    /// `unlisted`
    pub(crate) unlisted: Option<Ident>,
}

/// One event of a handler.
pub(crate) struct Chosen {
    pub(crate) row: &'static Row,
    /// The name of the event as written, or the pattern that matches it.
    pub(crate) literal: LitStr,
    /// `true` if the literal is a pattern.
    pub(crate) matched: bool,
}

/// The events of one handler.
pub(crate) struct Selection {
    pub(crate) events: Vec<Chosen>,
    /// Names that the catalogue does not know and that `unlisted` permits.
    pub(crate) unlisted: Vec<LitStr>,
    /// The exceptions of `"*"`, if the handler has that pattern.
    pub(crate) catch_all: Option<Vec<String>>,
    /// The key `unlisted`, if it has no effect because the catalogue now lists each name.
    pub(crate) needless_unlisted: Option<Ident>,
}

/// Looks up the events that the attribute names, matches or excepts.
pub(crate) fn select(handler: &Ident, names: &Names, mistakes: &mut Mistakes) -> Selection {
    let Names { events, except, unlisted } = names;
    let mut selector =
        Selector { handler, unlisted: unlisted.is_some(), events: vec![], unknown: vec![], mistakes };
    let (mut patterns, names): (Vec<_>, Vec<_>) = distinct(handler, events, selector.mistakes)
        .into_iter()
        .partition(|literal| literal.value().contains('*'));
    patterns.sort_by_key(|literal| literal.value().len());
    for pattern in &patterns {
        selector.pattern(pattern);
    }
    let excluded_unlisted = selector.except(except.as_deref().unwrap_or_default(), &names);
    for name in &names {
        selector.name(name);
    }
    let Selector { events, unknown, .. } = selector;
    let catches_all = patterns.iter().any(|pattern| pattern.value() == "*");
    let excepted = || except.iter().flatten().map(LitStr::value).collect();
    Selection {
        needless_unlisted: unlisted.clone().filter(|_| unknown.is_empty() && !excluded_unlisted),
        catch_all: catches_all.then(excepted),
        events,
        unlisted: unknown,
    }
}

/// Returns the literals without repetitions, each of which is a mistake.
fn distinct<'a>(handler: &Ident, literals: &'a [LitStr], mistakes: &mut Mistakes) -> Vec<&'a LitStr> {
    let mut kept: Vec<&LitStr> = Vec::new();
    for literal in literals {
        if kept.iter().any(|other| other.value() == literal.value()) {
            let what = format_args!("`{handler}` has `{}` twice", literal.value());
            mistakes.add(literal, what, "keep one of them");
        } else {
            kept.push(literal);
        }
    }
    kept
}

struct Selector<'a> {
    handler: &'a Ident,
    unlisted: bool,
    events: Vec<Chosen>,
    unknown: Vec<LitStr>,
    mistakes: &'a mut Mistakes,
}

impl Selector<'_> {
    fn pattern(&mut self, literal: &LitStr) {
        let pattern = literal.value();
        if !is_pattern(&pattern) {
            let help = "a pattern is `*`, or ends in `.*`, as `customer.subscription.*` does";
            return self.mistakes.add(
                literal,
                format_args!("`{}`: `{pattern}` is not a pattern", self.handler),
                help,
            );
        }
        let matched = || EVENTS.iter().filter(|row| !row.preview && matches(&pattern, row));
        if matched().next().is_none() {
            let what = format_args!("`{}`: no event matches `{pattern}`", self.handler);
            return self.mistakes.add(literal, what, nearest_pattern(&pattern));
        }
        let known = self.events.len();
        for row in matched() {
            if !self.events[..known].iter().any(|event| event.row.name == row.name) {
                self.events.push(Chosen { row, literal: literal.clone(), matched: true });
            }
        }
        if self.events.len() == known {
            self.given_twice(literal, &pattern, matched().map(|row| row.name).next().unwrap_or_default());
        }
    }

    fn name(&mut self, literal: &LitStr) {
        let name = literal.value();
        match find(&name) {
            Some(row) if self.events.iter().any(|event| event.row.name == row.name) => {
                self.given_twice(literal, &name, row.name);
            }
            Some(row) => self.events.push(Chosen { row, literal: literal.clone(), matched: false }),
            None => self.unknown(literal, &name),
        }
    }

    fn given_twice(&mut self, literal: &LitStr, written: &str, event: &str) {
        let by =
            self.events.iter().find(|chosen| chosen.row.name == event).map(|chosen| chosen.literal.value());
        let by = by.unwrap_or_default();
        let what = format_args!("`{}` gets `{written}` twice: `{by}` includes it", self.handler);
        self.mistakes.add(literal, what, format_args!("remove `\"{written}\"`"));
    }

    fn unknown(&mut self, literal: &LitStr, name: &str) {
        let handler = self.handler;
        if let Some(retired) = RETIRED.iter().find(|retired| retired.name == name) {
            let (what, help) = retirement(retired);
            self.mistakes.add(literal, format_args!("`{handler}` would never run: {what}"), help);
        } else if self.unlisted && is_name(name) {
            self.unknown.push(literal.clone());
        } else {
            let (what, help) = unknown_name(name);
            self.mistakes.add(literal, format_args!("`{handler}` would never run: {what}"), help);
        }
    }

    /// Removes the exceptions from the events that the patterns matched. Returns `true` if one of
    /// the exceptions names an event that the catalogue does not know.
    fn except(&mut self, exceptions: &[LitStr], names: &[&LitStr]) -> bool {
        let mut beyond_the_catalogue = false;
        let chosen_by_patterns = !self.events.is_empty();
        let catches_all = self.events.iter().any(|event| event.literal.value() == "*");
        for literal in distinct(self.handler, exceptions, self.mistakes) {
            let exception = literal.value();
            let before = self.events.len();
            self.events.retain(|event| !matches(&exception, event.row));
            let hidden = catches_all && self.excludes_unlisted(&exception);
            beyond_the_catalogue |= hidden && find(&exception).is_none();
            if self.events.len() == before && !hidden {
                self.excludes_nothing(literal, &exception, names);
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
            self.mistakes.add(last, what, "except less");
        }
        beyond_the_catalogue
    }

    /// Returns `true` if an exception names events that `"*"` catches without choosing their rows:
    /// previews, and with `unlisted` also names that the catalogue does not know.
    fn excludes_unlisted(&self, exception: &str) -> bool {
        let previews = EVENTS.iter().any(|row| row.preview && !row.thin && matches(exception, row));
        previews || (self.unlisted && is_name(exception))
    }

    fn excludes_nothing(&mut self, literal: &LitStr, exception: &str, names: &[&LitStr]) {
        let handler = self.handler;
        if names.iter().any(|name| name.value() == exception) {
            let what = format_args!("`{handler}` both names `{exception}` and excepts it");
            return self.mistakes.add(literal, what, "keep one of them");
        }
        let what = format_args!("`{handler}`: the exception `{exception}` excludes nothing");
        let near = suggest::nearest(exception, self.events.iter().map(|event| event.row.name));
        let help = match near.is_empty() {
            true => "an exception names events that a pattern of this handler matches".to_owned(),
            false => did_you_mean(&near),
        };
        self.mistakes.add(literal, what, help);
    }
}

/// Finds the event of this name.
pub(crate) fn find(name: &str) -> Option<&'static Row> {
    EVENTS.binary_search_by(|row| row.name.cmp(name)).ok().map(|at| &EVENTS[at])
}

fn is_pattern(text: &str) -> bool {
    let prefix = text.strip_suffix(".*").unwrap_or("x");
    text == "*" || (text.ends_with(".*") && !prefix.is_empty() && !prefix.contains('*'))
}

/// Returns `true` if a pattern matches an event, or if a name is the event's own. A pattern matches
/// thin events only if it starts with their prefix, so that an event and its thin twin do not both
/// arrive.
fn matches(pattern: &str, row: &Row) -> bool {
    match pattern.strip_suffix('*') {
        Some("") => !row.thin,
        Some(prefix) => row.name.starts_with(prefix),
        None => row.name == pattern,
    }
}

/// Returns `true` if a future event could have this name.
fn is_name(text: &str) -> bool {
    let word =
        |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "_[]".contains(c));
    text.split('.').all(word)
}

/// Returns `true` for the name of a thin event, which starts with an API version (`v1.`, `v2.`).
pub(crate) fn is_thin_name(name: &str) -> bool {
    let version = name.split('.').next().unwrap_or_default();
    version
        .strip_prefix('v')
        .is_some_and(|digits| !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit()))
}

/// Returns the message and the help for a name that Stripe does not send.
fn unknown_name(name: &str) -> (String, String) {
    if name.trim().is_empty() {
        return ("an event name is blank".to_owned(), format!("the names are at {REFERENCE}"));
    }
    if let Some(twin) = twin(name) {
        let form = if twin.thin { "a thin event" } else { "a snapshot event" };
        let what = format!("Stripe sends no event `{name}`, but {form} `{}`", twin.name);
        return (what, format!("write `\"{}\"`", twin.name));
    }
    let near = suggest::nearest(name, EVENTS.iter().filter(|row| !row.preview).map(|row| row.name));
    let help = match near.is_empty() {
        true => format!(
            "the names are at {REFERENCE}; one that is newer than this release needs the key `unlisted`"
        ),
        false => did_you_mean(&near),
    };
    (format!("Stripe sends no event `{name}`"), help)
}

/// Finds the event of the other form: its name differs by the prefix of thin events alone.
fn twin(name: &str) -> Option<&'static Row> {
    let other_forms = if is_thin_name(name) {
        vec![name.split_once('.')?.1.to_owned()]
    } else {
        vec![format!("v1.{name}"), format!("v2.{name}")]
    };
    other_forms.iter().find_map(|form| find(form))
}

fn retirement(retired: &Retired) -> (String, String) {
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
    let near = suggest::nearest(pattern, prefixes.into_iter());
    match near.is_empty() {
        true => format!("the names are at {REFERENCE}"),
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
