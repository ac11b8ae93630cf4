//! The words of the compile errors about types: what the compiler says when an argument cannot be had.
//!
//! They become the literal text of an `on_unimplemented` attribute, which names the event as it is on the wire and tells what it carries.

use std::fmt::Write;

use proc_macro2::Ident;
use syn::{GenericArgument, PathArguments, PathSegment, Type};

use crate::{
    catalogue::{OBJECTS, Row},
    select::{Selection, is_thin_name},
};

/// How many events a message names.
const NAMED: usize = 3;

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

/// What the compiler shall say when this argument cannot be had.
pub(crate) fn words(handler: &Ident, selection: &Selection, argument: &Type) -> Words {
    let contents = contents(selection);
    let message = format!("`{handler}` handles {} and cannot take `{{Self}}`", handled(selection));
    let (label, help) = match optional_object(argument) {
        Some(object) => whole_object(&object),
        None => (label(selection, &contents), help(selection, &contents)),
    };
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
    let literals = selection.events.iter().map(|event| &event.literal).chain(&selection.unlisted);
    for literal in literals {
        let name = format!("`{}`", literal.value());
        if !written.contains(&name) {
            written.push(name);
        }
    }
    match written.len() {
        0..=NAMED => written.join(", "),
        all => format!("{} and {} more events", written[..NAMED].join(", "), all - NAMED),
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

fn mixed(contents: &[(Content, String)]) -> String {
    let mut text = String::from("the events differ: ");
    for (at, (content, name)) in contents.iter().take(NAMED).enumerate() {
        let comma = if at == 0 { "" } else { ", " };
        let content = match content {
            Content::Object(object) => format!("carries {}", an(object)),
            Content::Untyped => "carries an object without a type".to_owned(),
            Content::Thin => "is a thin event and carries none".to_owned(),
        };
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{comma}`{name}` {content}");
    }
    if contents.len() > NAMED {
        let _ = write!(text, ", and so on");
    }
    text
}

fn help(selection: &Selection, contents: &[(Content, String)]) -> String {
    let others = "`State<T>`, `EventId` or another type that implements `FromEvent`";
    match contents {
        [(Content::Object(object), _)] => format!("take `{object}`, `Event<{object}>`, {others}"),
        [(Content::Thin, _)] => match snapshot_twin(selection) {
            Some(twin) => {
                format!("take `ThinEvent`, {others}; or handle `\"{twin}\"`, which carries the object")
            }
            None => format!("take `ThinEvent`, {others}"),
        },
        _ if contents.iter().all(|(content, _)| *content != Content::Thin) => {
            format!("take `Event<Raw>`, {others}; or write a handler for each object")
        }
        _ => format!("take {others}; or write one handler for thin events and one for snapshot events"),
    }
}

/// The snapshot event that a handler of one thin event could handle instead.
fn snapshot_twin(selection: &Selection) -> Option<&'static str> {
    match selection.events.as_slice() {
        [event] => Some(event.row.twin).filter(|twin| !twin.is_empty()),
        _ => None,
    }
}

fn whole_object(object: &str) -> (String, String) {
    let label = "what does not decode is an error, and must not become `None`".to_owned();
    (
        label,
        format!("take `{object}` itself; only what an event may lack, such as `Account`, can be an `Option`"),
    )
}

/// The object in an `Option<PaymentIntent>` or `Option<Event<PaymentIntent>>`. This reads names only, and chooses words only: a type of the user's
/// own that has the name of an object compiles all the same.
fn optional_object(argument: &Type) -> Option<String> {
    let inner = argument_of(argument, "Option")?;
    let carried = argument_of(inner, "Event");
    let object = &last_segment(carried.unwrap_or(inner))?.ident;
    let known = OBJECTS.iter().any(|name| object == name);
    known.then(|| match carried {
        Some(_) => format!("Event<{object}>"),
        None => object.to_string(),
    })
}

/// The `T` of `Wrapper<T>`.
fn argument_of<'a>(ty: &'a Type, wrapper: &str) -> Option<&'a Type> {
    let segment = last_segment(ty).filter(|segment| segment.ident == wrapper)?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(inner) => Some(inner),
        _ => None,
    }
}

fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match ty {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

fn an(object: &str) -> String {
    let article = if object.starts_with(['A', 'E', 'I', 'O', 'U']) { "an" } else { "a" };
    format!("{article} `{object}`")
}
