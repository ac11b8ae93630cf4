//! The texts of compile errors about arguments that the handler's events cannot provide.
//!
//! They become the literal text of an `on_unimplemented` attribute. It names the event as Stripe
//! does and says what the event carries.

use proc_macro2::Ident;
use syn::Type;

use crate::{
    article::indefinite_article,
    catalogue::{OBJECTS, Object, Row},
    event_selection::{EventSelection, is_thin_event_name},
    types::{FactAvailability, Known, last_segment, type_argument_of, type_source},
};

/// The number of events that a message names.
const MAX_NAMED_EVENTS: usize = 3;

/// The content of an event, as far as it matters to a handler.
#[derive(Clone, Copy, PartialEq, Eq)]
enum EventContent {
    /// A snapshot event with this object.
    Object(&'static str),
    /// A snapshot event whose object has no type, because it is a preview, or not in the catalogue.
    Untyped,
    /// A thin event.
    Thin,
}

/// The text of one `on_unimplemented`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct UnimplementedMessage {
    /// The headline. The compiler replaces `{Self}` by the argument's type.
    pub(crate) message: String,
    /// The text at the argument's type.
    pub(crate) label: String,
    /// The code to write instead.
    pub(crate) help: String,
}

/// Makes the message for the case that the events cannot provide this argument. Arguments of one
/// handler get equal words wherever possible, because each wording costs a trait of its own.
pub(crate) fn describe_mismatch(
    handler: &Ident,
    selection: &EventSelection,
    arguments: &[&Type],
    argument: &Type,
) -> UnimplementedMessage {
    let contents = distinct_contents(selection);
    let message =
        format!("`{handler}` cannot take `{{Self}}`: it handles {}", describe_handled_events(selection));
    let (label, help) = describe_snapshot_only_fact(selection, &contents, argument)
        .or_else(|| describe_needless_option(argument))
        .or_else(|| describe_owned_transaction(argument))
        .or_else(|| describe_missing_feature(selection, &contents, arguments, argument))
        .unwrap_or_else(|| {
            (argument_label(selection, &contents), argument_help(selection, &contents, argument))
        });
    UnimplementedMessage { message, label, help: format!("help: {help}") }
}

/// Returns the different contents among the events, each with the name of the first such event.
fn distinct_contents(selection: &EventSelection) -> Vec<(EventContent, String)> {
    let listed = selection.events.iter().map(|event| (event_content(event.row), event.row.name.to_owned()));
    let unlisted = selection.unlisted.iter().map(syn::LitStr::value);
    let unlisted = unlisted.map(|name| {
        (if is_thin_event_name(&name) { EventContent::Thin } else { EventContent::Untyped }, name)
    });
    let mut different: Vec<(EventContent, String)> = Vec::new();
    for (content, name) in listed.chain(unlisted) {
        if !different.iter().any(|(other, _)| *other == content) {
            different.push((content, name));
        }
    }
    different
}

fn event_content(row: &Row) -> EventContent {
    match (row.thin, row.object) {
        (true, _) => EventContent::Thin,
        (false, "") => EventContent::Untyped,
        (false, object) => EventContent::Object(object),
    }
}

/// Lists the names and patterns of a handler, shortened to the room of a headline.
fn describe_handled_events(selection: &EventSelection) -> String {
    let mut written: Vec<String> = Vec::new();
    for literal in selection.events.iter().map(|event| &event.literal).chain(&selection.unlisted) {
        let name = format!("`{}`", literal.value());
        if !written.contains(&name) {
            written.push(name);
        }
    }
    match written.as_slice() {
        [names @ .., last] if (1..MAX_NAMED_EVENTS).contains(&names.len()) => {
            format!("{} and {last}", names.join(", "))
        }
        names if names.len() > MAX_NAMED_EVENTS => {
            format!(
                "{} and {} more events",
                names[..MAX_NAMED_EVENTS].join(", "),
                names.len() - MAX_NAMED_EVENTS
            )
        }
        names => names.join(", "),
    }
}

fn argument_label(selection: &EventSelection, contents: &[(EventContent, String)]) -> String {
    if selection.catch_all.is_some() {
        return "`*` stands for events of every object".to_owned();
    }
    match contents {
        [(content, name)] => describe_single_content(*content, name, selection),
        _ => describe_mixed_contents(contents),
    }
}

/// Describes events that all have the same content.
fn describe_single_content(content: EventContent, name: &str, selection: &EventSelection) -> String {
    let single = selection.events.len() + selection.unlisted.len() == 1;
    let preview = selection.events.iter().any(|event| event.row.preview);
    match (content, single) {
        (EventContent::Object(object), true) => {
            format!("`{name}` is a snapshot event that carries {}", with_article(object))
        }
        (EventContent::Object(object), false) => format!("these events carry {} each", with_article(object)),
        (EventContent::Thin, true) => {
            format!("`{name}` is a thin event: it names its object and carries none")
        }
        (EventContent::Thin, false) => {
            "these are thin events: they name their object and carry none".to_owned()
        }
        (EventContent::Untyped, true) if preview => {
            format!("`{name}` is a preview: its object has no type yet")
        }
        (EventContent::Untyped, false) if preview => {
            "these are previews: their objects have no type yet".to_owned()
        }
        (EventContent::Untyped, _) => format!("`{name}` is not in the catalogue: its object has no type"),
    }
}

/// Describes events of different contents, by one event for each.
fn describe_mixed_contents(contents: &[(EventContent, String)]) -> String {
    let held: Vec<String> = contents
        .iter()
        .take(MAX_NAMED_EVENTS)
        .map(|(content, name)| match content {
            EventContent::Object(object) => format!("`{name}` carries {}", with_article(object)),
            EventContent::Untyped => format!("the object of `{name}` has no type"),
            EventContent::Thin => format!("`{name}` is a thin event and carries none"),
        })
        .collect();
    let more = if contents.len() > MAX_NAMED_EVENTS { ", …" } else { "" };
    format!("{}{more}", held.join(", "))
}

fn argument_help(selection: &EventSelection, contents: &[(EventContent, String)], argument: &Type) -> String {
    let others = other_arguments_text(selection);
    let [(content, _)] = contents else {
        return match contents.iter().any(|(content, _)| *content == EventContent::Thin) {
            true => {
                format!("take {others}; or write one handler for thin events and one for snapshot events")
            }
            false => format!("take `Event<Raw>`, {others}; or write a handler for each object"),
        };
    };
    match content {
        EventContent::Object(object) => {
            let twin =
                find_twin_name(selection).filter(|_| Known::from_type(argument) == Some(Known::ThinEvent));
            let twin =
                twin.map_or_else(String::new, |twin| format!("; or handle the thin event `\"{twin}\"`"));
            let (feature, key) =
                find_object(object).map_or(("", ""), |payload| (payload.feature, payload.key));
            format!(
                "take `{object}` or `Event<{object}>` (cargo feature `{feature}`), a lens of `\"{key}\"`, `Event<Raw>`, {others}{twin}"
            )
        }
        EventContent::Thin => {
            let twin = find_twin_name(selection).map_or_else(String::new, |twin| {
                format!("; or handle `\"{twin}\"`, which carries the object")
            });
            format!("take `ThinEvent`, {others}{twin}")
        }
        EventContent::Untyped => format!("take `Event<Raw>`, {others}"),
    }
}

/// Lists the arguments that any event can provide.
fn other_arguments_text(selection: &EventSelection) -> &'static str {
    match selection.events.len() + selection.unlisted.len() {
        1 => "`State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent`",
        _ => {
            "`State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent` for each of them"
        }
    }
}

/// Looks up an object that events carry. Without its cargo feature, the runtime has only the name
/// of the object's type, and a handler cannot take it.
fn find_object(object: &str) -> Option<&'static Object> {
    OBJECTS.iter().find(|payload| payload.name == object)
}

/// Finds the event of the other form, which a handler of a single event could handle instead.
fn find_twin_name(selection: &EventSelection) -> Option<&'static str> {
    match selection.events.as_slice() {
        [event] => Some(event.row.twin).filter(|twin| !twin.is_empty()),
        _ => None,
    }
}

/// Returns the label and the help for an argument that is the very object the events carry. It
/// fails to compile only if the object has no fields, because its cargo feature is off. Arguments
/// that every such event provides share these words, so that the expansion needs no second trait.
fn describe_missing_feature(
    selection: &EventSelection,
    contents: &[(EventContent, String)],
    arguments: &[&Type],
    argument: &Type,
) -> Option<(String, String)> {
    let [(EventContent::Object(object), _)] = contents else { return None };
    let is_the_object = |argument: &Type| {
        let carried = Known::Event.type_argument(argument).unwrap_or(argument);
        last_segment(carried).is_some_and(|segment| segment.ident == object)
    };
    let applies = is_the_object(argument)
        || (is_never_absent(argument) && arguments.iter().any(|argument| is_the_object(argument)));
    if !applies {
        return None;
    }
    let Object { feature, key, .. } = find_object(object)?;
    let label =
        format!("{}; its fields need the cargo feature `{feature}`", argument_label(selection, contents));
    let help = format!(
        "take `{object}` or `Event<{object}>` with the feature `{feature}`, a lens of `\"{key}\"` or `Event<Raw>` without it, {}",
        other_arguments_text(selection)
    );
    Some((label, help))
}

/// Returns the label and the help for a fact that only snapshot events have, by itself or as an
/// `Option`, if the handler takes thin events.
fn describe_snapshot_only_fact(
    selection: &EventSelection,
    contents: &[(EventContent, String)],
    argument: &Type,
) -> Option<(String, String)> {
    let (_, event) = contents.iter().find(|(content, _)| *content == EventContent::Thin)?;
    let (has, help) = match Known::from_type(type_argument_of(argument, "Option").unwrap_or(argument))? {
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
    let twin = find_twin_name(selection)
        .map_or_else(String::new, |twin| format!("; or handle the snapshot event `\"{twin}\"`"));
    Some((label, format!("{help}{twin}")))
}

/// Returns the label and the help for an `Option` of a type that is never absent: an object, its
/// envelope, or a fact that every event has. The name of the type chooses these words and nothing
/// else, so a type of the user's own with such a name compiles all the same.
fn describe_needless_option(argument: &Type) -> Option<(String, String)> {
    let inner = type_argument_of(argument, "Option")?;
    let carried = Known::Event.type_argument(inner).unwrap_or(inner);
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
        type_source(inner)
    );
    Some((label.to_owned(), help))
}

fn is_never_absent(ty: &Type) -> bool {
    Known::from_type(ty).is_some_and(|known| known.availability() == FactAvailability::EveryEvent)
}

/// Returns the label and the help for an inbox's transaction that is taken by value.
fn describe_owned_transaction(argument: &Type) -> Option<(String, String)> {
    Known::from_type(argument).filter(|known| *known == Known::InboxTx)?;
    let label = "an inbox lends its transaction, and settles it with the outcome";
    Some((label.to_owned(), format!("take `&mut {}`", type_source(argument))))
}

/// The name of an object's type behind its article.
fn with_article(object: &str) -> String {
    format!("{}`{object}`", indefinite_article(object))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        event_selection::{EventSelectors, select_events},
        mistakes::Mistakes,
    };

    #[test]
    fn each_fact_of_snapshot_events_alone_has_words_of_its_own() {
        let names = EventSelectors {
            events: vec![syn::parse_quote!("v2.core.event_destination.ping")],
            ..EventSelectors::default()
        };
        let handler = syn::parse_quote!(listen);
        let selection = select_events(&handler, &names, &mut Mistakes::default());
        for known in Known::ALL.iter().copied() {
            let argument = syn::parse_str(known.name()).unwrap();
            let words = describe_snapshot_only_fact(&selection, &distinct_contents(&selection), &argument);
            let expected = known.availability() == FactAvailability::SnapshotEvents;
            assert_eq!(words.is_some(), expected, "{}", known.name());
        }
    }
}
