//! A place in an object, as people write it: `amount`, `metadata.order_id`, `items.data[0].price.id`; and what may stand there.

use std::fmt;

use serde_json::Value;

use super::json::Json;
use crate::schema::{
    Kind, Presence, Shape,
    list::{ListMember, TAG},
    message::Message,
    nearest::nearest_of,
};

/// The highest index that a sample makes items up to.
const LONGEST: usize = 99;

/// One step into a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Member(String),
    Item(usize),
}

/// Why an object cannot have such a path or value, with what may have been meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit(String);

impl Misfit {
    pub(crate) fn new(message: impl fmt::Display) -> Self {
        Self(message.to_string())
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Misfit {}

/// Reads a path into its steps.
pub(crate) fn parse(path: &str) -> Result<Vec<Step>, Misfit> {
    let malformed = || {
        Misfit::new(format_args!(
            "`{path}` is not a path; write names with dots between, and the position of an item in brackets: `items.data[0].price.id`"
        ))
    };
    let mut steps = Vec::new();
    for (position, part) in path.split('.').enumerate() {
        let (name, mut indexes) = part.find('[').map_or((part, ""), |at| part.split_at(at));
        if name.is_empty() {
            return Err(malformed());
        }
        steps.push(Step::Member(name.to_owned()));
        if position == 0 && indexes == part {
            return Err(malformed());
        }
        while let Some(rest) = indexes.strip_prefix('[') {
            let (digits, after) = rest.split_once(']').ok_or_else(malformed)?;
            let index: usize = digits.parse().map_err(|_| malformed())?;
            if index > LONGEST {
                return Err(Misfit::new(format_args!("`{path}`: a sample makes items up to [{LONGEST}]")));
            }
            steps.push(Step::Item(index));
            indexes = after;
        }
        if !indexes.is_empty() {
            return Err(malformed());
        }
    }
    Ok(steps)
}

/// A value to be put at a path.
#[derive(Debug, Clone)]
pub(super) struct Change {
    pub(super) path: String,
    pub(super) steps: Vec<Step>,
    pub(super) value: Json,
}

/// What stands at a path: its kind, and whether it can be null.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) kind: Kind,
    pub(crate) nullable: bool,
}

/// Follows the steps from an object of this shape.
pub(crate) fn find(shape: &'static Shape, steps: &[Step], path: &str) -> Result<Place, Misfit> {
    // Of the objects of previews nothing is known but their tag.
    let root = if shape.fields.is_empty() { Kind::Any } else { Kind::Record(shape) };
    let mut place = Place { kind: root, nullable: false };
    for (index, step) in steps.iter().enumerate() {
        let before = shown(&steps[..index]);
        place = match (place.kind, step) {
            (Kind::Record(shape), Step::Member(name)) => member(shape, name, &before)?,
            (Kind::Union(union), Step::Member(name)) => {
                let variants = union.variants.iter();
                let found = variants.clone().find_map(|shape| shape.field(name));
                let names = || variants.flat_map(|shape| shape.fields).map(|field| field.name);
                found.map(place_of).ok_or_else(|| unknown_field(union.name, name, names(), &before))?
            }
            (Kind::Metadata, Step::Member(_)) => Place { kind: Kind::Text, nullable: true },
            (Kind::Map(of), Step::Member(_)) => Place { kind: *of, nullable: false },
            (Kind::Any, _) => place,
            (Kind::List(of), Step::Member(name)) => list_member(of, name, &before)?,
            (Kind::Array(of), Step::Item(_)) => Place { kind: *of, nullable: false },
            (Kind::List(_), Step::Item(at)) => {
                return Err(Misfit::new(format_args!(
                    "`{path}`: `{before}` is a list object, whose items are in `data`; write `{before}.data[{at}]`"
                )));
            }
            (Kind::Array(_), Step::Member(name)) => {
                return Err(Misfit::new(format_args!(
                    "`{path}`: `{before}` is an array; say which item, as in `{before}[0].{name}`"
                )));
            }
            (Kind::Id(_), Step::Member(_)) => {
                return Err(Misfit::new(format_args!(
                    "`{path}`: `{before}` is an id, because webhooks never expand; write `{before}=…`"
                )));
            }
            (kind, _) => {
                return Err(Misfit::new(format_args!(
                    "`{path}`: `{before}` is {}, and holds nothing",
                    sent(kind)
                )));
            }
        };
    }
    Ok(place)
}

fn place_of(field: &crate::schema::Field) -> Place {
    Place { kind: field.kind, nullable: matches!(field.presence, Presence::Null | Presence::Either) }
}

fn member(shape: &'static Shape, name: &str, before: &str) -> Result<Place, Misfit> {
    let names = || shape.fields.iter().map(|field| field.name);
    shape.field(name).map(place_of).ok_or_else(|| unknown_field(shape.name, name, names(), before))
}

fn list_member(of: &'static Kind, name: &str, before: &str) -> Result<Place, Misfit> {
    match ListMember::from_key(name) {
        Some(member) => Ok(Place { kind: member.kind(of), nullable: false }),
        None => Err(unknown_field(TAG, name, ListMember::KEYS.into_iter(), before)),
    }
}

fn unknown_field<'a>(
    object: &str,
    written: &str,
    names: impl Iterator<Item = &'a str>,
    before: &str,
) -> Misfit {
    let hint = match nearest_of(written, names) {
        Some(near) if before.is_empty() => format!("did you mean `{near}`?"),
        Some(near) => format!("did you mean `{before}.{near}`?"),
        None => "look the fields up in Stripe's API reference".to_owned(),
    };
    Misfit::new(format_args!("`{object}` has no field `{written}`; {hint}"))
}

/// The steps as people write them.
fn shown(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        match step {
            Step::Member(name) if text.is_empty() => text.push_str(name),
            Step::Member(name) => text.extend([".", name]),
            Step::Item(index) => text.push_str(&format!("[{index}]")),
        }
    }
    text
}

impl Place {
    /// The value that a text on the command line stands for at this place.
    pub(crate) fn read(self, path: &str, text: &str) -> Result<Json, Misfit> {
        let value = if text == "null" && self.nullable {
            Json::Null
        } else if is_text(self.kind) {
            // In quotes, a text can be `null` too.
            let quoted = text.starts_with('"').then(|| serde_json::from_str(text).ok()).flatten();
            Json::Text(quoted.unwrap_or_else(|| text.to_owned()))
        } else {
            serde_json::from_str(text).map_or_else(|_| Json::text(text), |value: Value| Json::from(&value))
        };
        self.check(path, &value)?;
        Ok(value)
    }

    /// Whether the value may stand at this place.
    pub(crate) fn check(self, path: &str, value: &Json) -> Result<(), Misfit> {
        let wrong = |why: &str| Err(Misfit::new(format_args!("`{path}` {why}")));
        match (self.kind, value) {
            (Kind::Any, _) => Ok(()),
            (_, Json::Null) if self.nullable => Ok(()),
            (kind, Json::Null) => wrong(&format!("is {}, and Stripe never sends null there", sent(kind))),
            (Kind::Enum(values), Json::Text(text)) if !values.known.contains(&text.as_str()) => {
                let hint = match nearest_of(text, values.known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if values.known.len() <= 12 => format!("it is one of {}", quoted(values.known)),
                    None => "look the values up in Stripe's API reference".to_owned(),
                };
                wrong(&format!("cannot be `{text}`; {hint}"))
            }
            (Kind::Tag(tag), Json::Text(text)) if text != tag => wrong(&format!("can only be `{tag}`")),
            (Kind::Currency, Json::Text(text)) if !is_currency(text) => {
                wrong("is a currency: three letters in lower case, such as `eur`")
            }
            (Kind::Decimal, Json::Text(text)) if text.parse::<f64>().is_err() => {
                wrong("is a decimal number in a text, such as `12.5`")
            }
            (Kind::Id(_), Json::Text(text)) if text.trim().is_empty() => wrong("is an id, and not empty"),
            (Kind::Metadata, Json::Object(members)) => {
                let text = Place { kind: Kind::Text, nullable: true };
                members.iter().try_for_each(|(name, value)| text.check(&format!("{path}.{name}"), value))
            }
            (Kind::Map(of), Json::Object(members)) => {
                let each = Place { kind: *of, nullable: false };
                members.iter().try_for_each(|(name, value)| each.check(&format!("{path}.{name}"), value))
            }
            (Kind::Array(of), Json::Array(items)) => {
                let each = Place { kind: *of, nullable: false };
                let mut items = items.iter().enumerate();
                items.try_for_each(|(at, item)| each.check(&format!("{path}[{at}]"), item))
            }
            (Kind::List(_) | Kind::Record(_) | Kind::Union(_), Json::Object(members)) => {
                members.iter().try_for_each(|(name, value)| {
                    let whole = format!("{path}.{name}");
                    self.within(name, path)?.check(&whole, value)
                })
            }
            (kind, Json::Text(_)) if is_text(kind) => Ok(()),
            (Kind::Integer | Kind::Number | Kind::Time, Json::Integer(_))
            | (Kind::Number, Json::Number(_))
            | (Kind::Flag, Json::Flag(_)) => Ok(()),
            (kind, _) => wrong(&format!("is {}", sent(kind))),
        }
    }

    fn within(self, name: &str, path: &str) -> Result<Place, Misfit> {
        match self.kind {
            Kind::Record(shape) => member(shape, name, path),
            Kind::List(_) if name == "object" => Ok(Place { kind: Kind::Tag(TAG), nullable: false }),
            Kind::List(of) => list_member(of, name, path),
            Kind::Union(union) => {
                let found = union.variants.iter().find_map(|shape| shape.field(name)).map(place_of);
                let names = union.variants.iter().flat_map(|shape| shape.fields).map(|field| field.name);
                found.ok_or_else(|| unknown_field(union.name, name, names, path))
            }
            kind => Ok(Place { kind, nullable: true }),
        }
    }
}

/// Returns `true` if Stripe sends the kind of value as a string.
fn is_text(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Text
            | Kind::Tag(_)
            | Kind::Decimal
            | Kind::Rfc3339
            | Kind::Currency
            | Kind::Enum(_)
            | Kind::Id(_)
    )
}

fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// A description of the kind, as compile errors give it.
fn sent(kind: Kind) -> String {
    Message::new().sent(kind).as_str().to_owned()
}
