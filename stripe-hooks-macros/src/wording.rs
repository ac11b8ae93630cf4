//! The words of the compile errors about types: what the compiler says when an argument cannot be had.
//!
//! They become the literal text of an `on_unimplemented` attribute, which names the event as it is on the wire and tells what it carries.

use proc_macro2::Ident;
use syn::{GenericArgument, PathArguments, PathSegment, Type};

use crate::{
    catalogue::{OBJECTS, Object, Row},
    check::spelled,
    select::{Selection, is_thin_name},
};

/// How many events a message names.
const NAMED: usize = 3;

/// Arguments that are no objects and never absent.
const NEVER_ABSENT: &[&str] = &["EventId", "EventTypeName", "Livemode", "Raw", "State", "ThinEvent"];

/// What an event holds for a handler.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    /// A snapshot event with this object.
    Object(&'static str),
    /// A snapshot event whose object has no type, because it is a preview, or not in the catalogue.
    Untyped,
    /// A thin event.
    Thin,
}

/// The text of one `on_unimplemented`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Words {
    /// The headline. The compiler puts the argument's type for `{Self}`.
    pub(crate) message: String,
    /// What stands at the argument's type.
    pub(crate) label: String,
    /// What to write instead.
    pub(crate) help: String,
}

/// What the compiler shall say when this argument cannot be had. All arguments of a handler should get the same words where that can be,
/// because each wording is a trait of its own.
pub(crate) fn words(handler: &Ident, selection: &Selection, arguments: &[&Type], argument: &Type) -> Words {
    let contents = contents(selection);
    let message = format!("`{handler}` cannot take `{{Self}}`: it handles {}", handled(selection));
    let (label, help) = of_snapshots_only(selection, &contents, argument)
        .or_else(|| unwrapped(argument))
        .or_else(|| lent_by_inbox(argument))
        .or_else(|| with_fields(selection, &contents, arguments, argument))
        .unwrap_or_else(|| (label(selection, &contents), help(selection, &contents, argument)));
    Words { message, label, help: format!("help: {help}") }
}

/// The different contents among the events, each with the first event that has it.
fn contents(selection: &Selection) -> Vec<(Content, String)> {
    let listed = selection.events.iter().map(|event| (content(event.row), event.row.name.to_owned()));
    let unlisted = selection.unlisted.iter().map(syn::LitStr::value);
    let unlisted =
        unlisted.map(|name| (if is_thin_name(&name) { Content::Thin } else { Content::Untyped }, name));
    let mut different: Vec<(Content, String)> = Vec::new();
    for (content, name) in listed.chain(unlisted) {
        if !different.iter().any(|(other, _)| *other == content) {
            different.push((content, name));
        }
    }
    different
}

fn content(row: &Row) -> Content {
    match (row.thin, row.object) {
        (true, _) => Content::Thin,
        (false, "") => Content::Untyped,
        (false, object) => Content::Object(object),
    }
}

/// The names and patterns of a handler, as far as a headline has room.
fn handled(selection: &Selection) -> String {
    let mut written: Vec<String> = Vec::new();
    for literal in selection.events.iter().map(|event| &event.literal).chain(&selection.unlisted) {
        let name = format!("`{}`", literal.value());
        if !written.contains(&name) {
            written.push(name);
        }
    }
    match written.as_slice() {
        [names @ .., last] if (1..NAMED).contains(&names.len()) => format!("{} and {last}", names.join(", ")),
        names if names.len() > NAMED => {
            format!("{} and {} more events", names[..NAMED].join(", "), names.len() - NAMED)
        }
        names => names.join(", "),
    }
}

fn label(selection: &Selection, contents: &[(Content, String)]) -> String {
    if selection.catch_all.is_some() {
        return "`*` stands for events of every object".to_owned();
    }
    match contents {
        [(content, name)] => alone(*content, name, selection),
        _ => mixed(contents),
    }
}

/// What events have that are all of one content.
fn alone(content: Content, name: &str, selection: &Selection) -> String {
    let single = selection.events.len() + selection.unlisted.len() == 1;
    let preview = selection.events.iter().any(|event| event.row.preview);
    match (content, single) {
        (Content::Object(object), true) => {
            format!("`{name}` is a snapshot event that carries {}", an(object))
        }
        (Content::Object(object), false) => format!("these events carry {} each", an(object)),
        (Content::Thin, true) => format!("`{name}` is a thin event: it names its object and carries none"),
        (Content::Thin, false) => "these are thin events: they name their object and carry none".to_owned(),
        (Content::Untyped, true) if preview => format!("`{name}` is a preview: its object has no type yet"),
        (Content::Untyped, false) if preview => {
            "these are previews: their objects have no type yet".to_owned()
        }
        (Content::Untyped, _) => format!("`{name}` is not in the catalogue: its object has no type"),
    }
}

/// The first few events that have something else than the ones before.
fn mixed(contents: &[(Content, String)]) -> String {
    let held: Vec<String> = contents
        .iter()
        .take(NAMED)
        .map(|(content, name)| match content {
            Content::Object(object) => format!("`{name}` carries {}", an(object)),
            Content::Untyped => format!("the object of `{name}` has no type"),
            Content::Thin => format!("`{name}` is a thin event and carries none"),
        })
        .collect();
    let more = if contents.len() > NAMED { ", …" } else { "" };
    format!("{}{more}", held.join(", "))
}

fn help(selection: &Selection, contents: &[(Content, String)], argument: &Type) -> String {
    let others = others(selection);
    match contents {
        [(Content::Object(object), _)] => {
            let thin = last_segment(argument).is_some_and(|segment| segment.ident == "ThinEvent");
            let twin = twin(selection).filter(|_| thin);
            let twin =
                twin.map_or_else(String::new, |twin| format!("; or handle the thin event `\"{twin}\"`"));
            let (feature, key) = payload(object).map_or(("", ""), |payload| (payload.feature, payload.key));
            format!(
                "take `{object}` or `Event<{object}>` (cargo feature `{feature}`), a lens of `\"{key}\"`, `Event<Raw>`, {others}{twin}"
            )
        }
        [(Content::Thin, _)] => {
            let twin = twin(selection).map_or_else(String::new, |twin| {
                format!("; or handle `\"{twin}\"`, which carries the object")
            });
            format!("take `ThinEvent`, {others}{twin}")
        }
        [(Content::Untyped, _)] => format!("take `Event<Raw>`, {others}"),
        _ if contents.iter().all(|(content, _)| *content != Content::Thin) => {
            format!("take `Event<Raw>`, {others}; or write a handler for each object")
        }
        _ => format!("take {others}; or write one handler for thin events and one for snapshot events"),
    }
}

/// What a handler of any event may take.
fn others(selection: &Selection) -> &'static str {
    match selection.events.len() + selection.unlisted.len() {
        1 => "`State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent`",
        _ => {
            "`State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent` for each of them"
        }
    }
}

/// What the catalogue says of an object that events carry. Without its cargo feature it exists in name only, and a handler cannot take it.
fn payload(object: &str) -> Option<&'static Object> {
    OBJECTS.iter().find(|payload| payload.name == object)
}

/// The event of the other form that a handler of one event could handle instead.
fn twin(selection: &Selection) -> Option<&'static str> {
    match selection.events.as_slice() {
        [event] => Some(event.row.twin).filter(|twin| !twin.is_empty()),
        _ => None,
    }
}

/// What to say where the handler asks for the very object that its events carry, which then has no fields because its cargo feature is off.
/// Arguments that every such event has share these words, because a wording of their own would be a trait more in each expansion.
fn with_fields(
    selection: &Selection,
    contents: &[(Content, String)],
    arguments: &[&Type],
    argument: &Type,
) -> Option<(String, String)> {
    let [(Content::Object(object), _)] = contents else { return None };
    let is_the_object = |argument: &Type| {
        let carried = argument_of(argument, "Event").unwrap_or(argument);
        last_segment(carried).is_some_and(|segment| segment.ident == object)
    };
    let every_event_has = |argument: &Type| {
        last_segment(argument).is_some_and(|segment| NEVER_ABSENT.iter().any(|name| segment.ident == name))
    };
    let applies = is_the_object(argument)
        || (every_event_has(argument) && arguments.iter().any(|argument| is_the_object(argument)));
    if !applies {
        return None;
    }
    let Object { feature, key, .. } = payload(object)?;
    let label = format!("{}; its fields need the cargo feature `{feature}`", label(selection, contents));
    let help = format!(
        "take `{object}` or `Event<{object}>` with the feature `{feature}`, a lens of `\"{key}\"` or `Event<Raw>` without it, {}",
        others(selection)
    );
    Some((label, help))
}

/// What to say of a fact that only snapshot events have, by itself or as an `Option`, where a handler takes thin events.
fn of_snapshots_only(
    selection: &Selection,
    contents: &[(Content, String)],
    argument: &Type,
) -> Option<(String, String)> {
    let (_, event) = contents.iter().find(|(content, _)| *content == Content::Thin)?;
    let name = &last_segment(argument_of(argument, "Option").unwrap_or(argument))?.ident;
    let (has, help) = match name.to_string().as_str() {
        "Account" => (
            "tells its account as its context",
            "take `Option<Context>`, or `ThinEvent`, which also names its object",
        ),
        "ApiVersion" => (
            "has no API version",
            "leave it out: an object that you fetch comes in the version that you ask for",
        ),
        "PreviousAttributes" => (
            "has no previous attributes",
            "take `ThinEvent`: its `changes` say what changed, where Stripe tells",
        ),
        _ => return None,
    };
    let label = format!("`{event}` is a thin event: it carries no object and {has}");
    let twin = twin(selection)
        .map_or_else(String::new, |twin| format!("; or handle the snapshot event `\"{twin}\"`"));
    Some((label, format!("{help}{twin}")))
}

/// What to say of an `Option` of something that is never absent: an object, its envelope, or a fact that every event has. This reads names
/// only, and chooses words only: a type of the user's own that has such a name compiles all the same.
fn unwrapped(argument: &Type) -> Option<(String, String)> {
    let inner = argument_of(argument, "Option")?;
    let carried = argument_of(inner, "Event");
    let name = &last_segment(carried.unwrap_or(inner))?.ident;
    let is_object = OBJECTS.iter().any(|payload| name == payload.name);
    if !is_object && !NEVER_ABSENT.iter().any(|always| name == always) {
        return None;
    }
    let label = match is_object {
        true => "an object that does not decode is an error, and must not become `None`",
        false => "this is never absent",
    };
    let help = format!(
        "take `{}` itself; an `Option` is for what an event may lack, such as `Option<RequestId>`",
        spelled(inner)
    );
    Some((label.to_owned(), help))
}

/// What to say of a transaction that is taken by value.
fn lent_by_inbox(argument: &Type) -> Option<(String, String)> {
    last_segment(argument).filter(|segment| segment.ident == "InboxTx")?;
    let label = "an inbox lends its transaction, and settles it with the outcome";
    Some((label.to_owned(), format!("take `&mut {}`", spelled(argument))))
}

/// The `T` of `Wrapper<T>`.
pub(crate) fn argument_of<'a>(ty: &'a Type, wrapper: &str) -> Option<&'a Type> {
    let segment = last_segment(ty).filter(|segment| segment.ident == wrapper)?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(inner) => Some(inner),
        _ => None,
    }
}

pub(crate) fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match ty {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

fn an(object: &str) -> String {
    let article = if object.starts_with(['A', 'E', 'I', 'O', 'U']) { "an" } else { "a" };
    format!("{article} `{object}`")
}
