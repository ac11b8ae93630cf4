//! The texts of compile errors about arguments that the handler's events cannot provide.
//!
//! They become the literal text of an `on_unimplemented` attribute. It names the event as Stripe
//! does and says what the event carries.

use proc_macro2::Ident;
use syn::Type;

use crate::{
    article::article,
    catalogue::{OBJECTS, Object, Row},
    select::{Selection, is_thin_name},
    types::{Known, Presence, argument_of, last_segment, spelled},
};

/// The number of events that a message names.
const NAMED: usize = 3;

/// The content of an event, as far as it matters to a handler.
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
    /// The headline. The compiler replaces `{Self}` by the argument's type.
    pub(crate) message: String,
    /// The text at the argument's type.
    pub(crate) label: String,
    /// The code to write instead.
    pub(crate) help: String,
}

/// Makes the message for the case that the events cannot provide this argument. Arguments of one
/// handler get equal words wherever possible, because each wording costs a trait of its own.
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

/// Returns the different contents among the events, each with the name of the first such event.
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

/// Lists the names and patterns of a handler, shortened to the room of a headline.
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

/// Describes events that all have the same content.
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

/// Describes events of different contents, by one event for each.
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
    let [(content, _)] = contents else {
        return match contents.iter().any(|(content, _)| *content == Content::Thin) {
            true => {
                format!("take {others}; or write one handler for thin events and one for snapshot events")
            }
            false => format!("take `Event<Raw>`, {others}; or write a handler for each object"),
        };
    };
    match content {
        Content::Object(object) => {
            let twin = twin(selection).filter(|_| Known::of(argument) == Some(Known::ThinEvent));
            let twin =
                twin.map_or_else(String::new, |twin| format!("; or handle the thin event `\"{twin}\"`"));
            let (feature, key) = payload(object).map_or(("", ""), |payload| (payload.feature, payload.key));
            format!(
                "take `{object}` or `Event<{object}>` (cargo feature `{feature}`), a lens of `\"{key}\"`, `Event<Raw>`, {others}{twin}"
            )
        }
        Content::Thin => {
            let twin = twin(selection).map_or_else(String::new, |twin| {
                format!("; or handle `\"{twin}\"`, which carries the object")
            });
            format!("take `ThinEvent`, {others}{twin}")
        }
        Content::Untyped => format!("take `Event<Raw>`, {others}"),
    }
}

/// Lists the arguments that any event can provide.
fn others(selection: &Selection) -> &'static str {
    match selection.events.len() + selection.unlisted.len() {
        1 => "`State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent`",
        _ => {
            "`State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent` for each of them"
        }
    }
}

/// Looks up an object that events carry. Without its cargo feature, the runtime has only the name
/// of the object's type, and a handler cannot take it.
fn payload(object: &str) -> Option<&'static Object> {
    OBJECTS.iter().find(|payload| payload.name == object)
}

/// Finds the event of the other form, which a handler of a single event could handle instead.
fn twin(selection: &Selection) -> Option<&'static str> {
    match selection.events.as_slice() {
        [event] => Some(event.row.twin).filter(|twin| !twin.is_empty()),
        _ => None,
    }
}

/// Returns the label and the help for an argument that is the very object the events carry. It
/// fails to compile only if the object has no fields, because its cargo feature is off. Arguments
/// that every such event provides share these words, so that the expansion needs no second trait.
fn with_fields(
    selection: &Selection,
    contents: &[(Content, String)],
    arguments: &[&Type],
    argument: &Type,
) -> Option<(String, String)> {
    let [(Content::Object(object), _)] = contents else { return None };
    let is_the_object = |argument: &Type| {
        let carried = Known::Event.argument_of(argument).unwrap_or(argument);
        last_segment(carried).is_some_and(|segment| segment.ident == object)
    };
    let applies = is_the_object(argument)
        || (is_never_absent(argument) && arguments.iter().any(|argument| is_the_object(argument)));
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

/// Returns the label and the help for a fact that only snapshot events have, by itself or as an
/// `Option`, if the handler takes thin events.
fn of_snapshots_only(
    selection: &Selection,
    contents: &[(Content, String)],
    argument: &Type,
) -> Option<(String, String)> {
    let (_, event) = contents.iter().find(|(content, _)| *content == Content::Thin)?;
    let (has, help) = match Known::of(argument_of(argument, "Option").unwrap_or(argument))? {
        Known::ConnectedAccount => (
            "tells its account as its context",
            "take `Option<Context>`, or `ThinEvent`, which also names its object",
        ),
        Known::ApiVersion => (
            "has no API version",
            "leave it out: an object that you fetch comes in the version that you ask for",
        ),
        Known::PreviousAttributes => (
            "has no previous attributes",
            "take `ThinEvent`: its `changes` say what changed, where Stripe tells",
        ),
        Known::Event
        | Known::EventId
        | Known::EventTypeName
        | Known::InboxTx
        | Known::Livemode
        | Known::Raw
        | Known::State
        | Known::ThinEvent => return None,
    };
    let label = format!("`{event}` is a thin event: it carries no object and {has}");
    let twin = twin(selection)
        .map_or_else(String::new, |twin| format!("; or handle the snapshot event `\"{twin}\"`"));
    Some((label, format!("{help}{twin}")))
}

/// Returns the label and the help for an `Option` of a type that is never absent: an object, its
/// envelope, or a fact that every event has. The name of the type chooses these words and nothing
/// else, so a type of the user's own with such a name compiles all the same.
fn unwrapped(argument: &Type) -> Option<(String, String)> {
    let inner = argument_of(argument, "Option")?;
    let carried = Known::Event.argument_of(inner).unwrap_or(inner);
    let name = &last_segment(carried)?.ident;
    let is_object = OBJECTS.iter().any(|payload| name == payload.name);
    if !is_object && !is_never_absent(carried) {
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

fn is_never_absent(ty: &Type) -> bool {
    Known::of(ty).is_some_and(|known| known.presence() == Presence::EveryEvent)
}

/// Returns the label and the help for an inbox's transaction that is taken by value.
fn lent_by_inbox(argument: &Type) -> Option<(String, String)> {
    Known::of(argument).filter(|known| *known == Known::InboxTx)?;
    let label = "an inbox lends its transaction, and settles it with the outcome";
    Some((label.to_owned(), format!("take `&mut {}`", spelled(argument))))
}

/// The name of an object's type behind its article.
fn an(object: &str) -> String {
    format!("{}`{object}`", article(object))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        mistakes::Mistakes,
        select::{Names, select},
    };

    #[test]
    fn each_fact_of_snapshot_events_alone_has_words_of_its_own() {
        let names =
            Names { events: vec![syn::parse_quote!("v2.core.event_destination.ping")], ..Names::default() };
        let handler = syn::parse_quote!(listen);
        let selection = select(&handler, &names, &mut Mistakes::default());
        for known in Known::ALL.iter().copied() {
            let argument = syn::parse_str(known.name()).unwrap();
            let words = of_snapshots_only(&selection, &contents(&selection), &argument);
            let expected = known.presence() == Presence::SnapshotEvents;
            assert_eq!(words.is_some(), expected, "{}", known.name());
        }
    }
}
