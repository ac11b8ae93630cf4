//! The path to a value in an object, as people write it: `amount`, `metadata.order_id`,
//! `items.data[0].price.id`; and the check of a value at the end of a path.

use std::fmt;

use serde_json::Value;

use super::json::JsonValue;
use crate::schema::{
    Field, Kind, Presence, Shape,
    list_object::{LIST_TAG, ListMember},
    message::ConstMessage,
    nearest_name::nearest_in_iterator,
    shape::JsonType,
};

/// The highest index that a sample makes items up to.
const MAX_INDEX: usize = 99;

/// One step into a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ValueStep {
    Member(String),
    Item(usize),
}

/// The reason why an object cannot have a path or a value, with the likely intention.
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
pub(crate) fn parse_path(path: &str) -> Result<Vec<ValueStep>, Misfit> {
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
        steps.push(ValueStep::Member(name.to_owned()));
        if position == 0 && indexes == part {
            return Err(malformed());
        }
        while let Some(rest) = indexes.strip_prefix('[') {
            let (digits, after) = rest.split_once(']').ok_or_else(malformed)?;
            let index: usize = digits.parse().map_err(|_| malformed())?;
            if index > MAX_INDEX {
                return Err(Misfit::new(format_args!("`{path}`: a sample makes items up to [{MAX_INDEX}]")));
            }
            steps.push(ValueStep::Item(index));
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
pub(super) struct FieldChange {
    pub(super) path: String,
    pub(super) steps: Vec<ValueStep>,
    pub(super) value: JsonValue,
}

/// The end of a path: the kind of value there, and whether it can be null.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ValueSpec {
    pub(crate) kind: Kind,
    pub(crate) nullable: bool,
}

/// Follows the steps from an object of this shape.
pub(crate) fn resolve_path(
    shape: &'static Shape,
    steps: &[ValueStep],
    path: &str,
) -> Result<ValueSpec, Misfit> {
    // The catalogue knows only the tag of a preview's object.
    let root = if shape.fields.is_empty() { Kind::Any } else { Kind::Record(shape) };
    let mut place = ValueSpec { kind: root, nullable: false };
    for (index, step) in steps.iter().enumerate() {
        let before = format_steps(&steps[..index]);
        place = match step {
            ValueStep::Member(name) => place.member_spec(name, &before)?,
            ValueStep::Item(_) => place.item_spec(),
        }
        .ok_or_else(|| place.missing_step_error(step, path, &before))?;
    }
    Ok(place)
}

fn unknown_field<'a>(
    object: &str,
    written: &str,
    names: impl Iterator<Item = &'a str>,
    before: &str,
) -> Misfit {
    let hint = match nearest_in_iterator(written, names) {
        Some(near) if before.is_empty() => format!("did you mean `{near}`?"),
        Some(near) => format!("did you mean `{before}.{near}`?"),
        None => "look the fields up in Stripe's API reference".to_owned(),
    };
    Misfit::new(format_args!("`{object}` has no field `{written}`; {hint}"))
}

/// The steps as people write them.
fn format_steps(steps: &[ValueStep]) -> String {
    let mut text = String::new();
    for step in steps {
        match step {
            ValueStep::Member(name) if text.is_empty() => text.push_str(name),
            ValueStep::Member(name) => text.extend([".", name]),
            ValueStep::Item(index) => text.push_str(&format!("[{index}]")),
        }
    }
    text
}

impl ValueSpec {
    fn from_field(field: &Field) -> Self {
        Self { kind: field.kind, nullable: matches!(field.presence, Presence::Null | Presence::Either) }
    }

    /// Returns the place of a member, or `None` if the value has no members.
    fn member_spec(self, name: &str, before: &str) -> Result<Option<Self>, Misfit> {
        match self.kind.json_type() {
            JsonType::Record(shape) => {
                let names = || shape.fields.iter().map(|field| field.name);
                let place = shape.field(name).map(Self::from_field);
                place.ok_or_else(|| unknown_field(shape.name, name, names(), before)).map(Some)
            }
            JsonType::Union(union) => {
                let names = || union.variants.iter().flat_map(|shape| shape.fields).map(|field| field.name);
                let place = union.variants.iter().find_map(|shape| shape.field(name)).map(Self::from_field);
                place.ok_or_else(|| unknown_field(union.name, name, names(), before)).map(Some)
            }
            JsonType::List(_) if name == "object" => {
                Ok(Some(Self { kind: Kind::Tag(LIST_TAG), nullable: false }))
            }
            JsonType::List(of) => match ListMember::from_key(name) {
                Some(member) => Ok(Some(Self { kind: member.kind(of), nullable: false })),
                None => Err(unknown_field(LIST_TAG, name, ListMember::KEYS.into_iter(), before)),
            },
            JsonType::Map(of) => Ok(Some(Self { kind: *of, nullable: matches!(self.kind, Kind::Metadata) })),
            JsonType::Any => Ok(Some(self)),
            _ => Ok(None),
        }
    }

    /// Returns the place of an item, or `None` if the value has no items.
    fn item_spec(self) -> Option<Self> {
        match self.kind.json_type() {
            JsonType::Array(of) => Some(Self { kind: *of, nullable: false }),
            JsonType::Any => Some(self),
            _ => None,
        }
    }

    /// Returns the error for a step that the value does not have.
    fn missing_step_error(self, step: &ValueStep, path: &str, before: &str) -> Misfit {
        match (self.kind, step) {
            (Kind::List(_), ValueStep::Item(at)) => Misfit::new(format_args!(
                "`{path}`: `{before}` is a list object, whose items are in `data`; write `{before}.data[{at}]`"
            )),
            (Kind::Array(_), ValueStep::Member(name)) => Misfit::new(format_args!(
                "`{path}`: `{before}` is an array; say which item, as in `{before}[0].{name}`"
            )),
            (Kind::Id(_), ValueStep::Member(_)) => Misfit::new(format_args!(
                "`{path}`: `{before}` is an id, because webhooks never expand; write `{before}=…`"
            )),
            (kind, _) => Misfit::new(format_args!(
                "`{path}`: `{before}` is {}, and holds nothing",
                describe_kind(kind)
            )),
        }
    }

    /// The value that a text on the command line stands for at this place.
    pub(crate) fn parse_value(self, path: &str, text: &str) -> Result<JsonValue, Misfit> {
        let value = if text == "null" && self.nullable {
            JsonValue::Null
        } else if matches!(self.kind.json_type(), JsonType::String) {
            // In quotes, a text can be `null` too.
            let quoted = text.starts_with('"').then(|| serde_json::from_str(text).ok()).flatten();
            JsonValue::Text(quoted.unwrap_or_else(|| text.to_owned()))
        } else {
            serde_json::from_str(text)
                .map_or_else(|_| JsonValue::from_text(text), |value: Value| JsonValue::from(&value))
        };
        self.check_value(path, &value)?;
        Ok(value)
    }

    /// Checks that this place can have the value.
    pub(crate) fn check_value(self, path: &str, value: &JsonValue) -> Result<(), Misfit> {
        let wrong = |why: &str| Err(Misfit::new(format_args!("`{path}` {why}")));
        match (self.kind, value) {
            (Kind::Any, _) => Ok(()),
            (_, JsonValue::Null) if self.nullable => Ok(()),
            (kind, JsonValue::Null) => {
                wrong(&format!("is {}, and Stripe never sends null there", describe_kind(kind)))
            }
            (Kind::Enum(values), JsonValue::Text(text)) if !values.known.contains(&text.as_str()) => {
                let hint = match nearest_in_iterator(text, values.known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if values.known.len() <= 12 => format!("it is one of {}", quote_names(values.known)),
                    None => "look the values up in Stripe's API reference".to_owned(),
                };
                wrong(&format!("cannot be `{text}`; {hint}"))
            }
            (Kind::Tag(tag), JsonValue::Text(text)) if text != tag => wrong(&format!("can only be `{tag}`")),
            (Kind::Currency, JsonValue::Text(text)) if !is_currency(text) => {
                wrong("is a currency: three letters in lower case, such as `eur`")
            }
            (Kind::Decimal, JsonValue::Text(text)) if text.parse::<f64>().is_err() => {
                wrong("is a decimal number in a text, such as `12.5`")
            }
            (Kind::Id(_), JsonValue::Text(text)) if text.trim().is_empty() => {
                wrong("is an id, and not empty")
            }
            (_, value) => self.check_json(path, value),
        }
    }

    /// Checks the JSON type of the value, and the value's parts.
    fn check_json(self, path: &str, value: &JsonValue) -> Result<(), Misfit> {
        match (self.kind.json_type(), value) {
            (JsonType::String, JsonValue::Text(_))
            | (JsonType::Integer | JsonType::Number, JsonValue::Integer(_))
            | (JsonType::Number, JsonValue::Number(_))
            | (JsonType::Flag, JsonValue::Flag(_)) => Ok(()),
            (JsonType::Array(of), JsonValue::Array(items)) => {
                let each = Self { kind: *of, nullable: false };
                let mut items = items.iter().enumerate();
                items.try_for_each(|(at, item)| each.check_value(&format!("{path}[{at}]"), item))
            }
            (
                JsonType::Record(_) | JsonType::Union(_) | JsonType::List(_) | JsonType::Map(_),
                JsonValue::Object(members),
            ) => members.iter().try_for_each(|(name, value)| {
                let place = self.member_spec(name, path)?;
                place.map_or(Ok(()), |place| place.check_value(&format!("{path}.{name}"), value))
            }),
            (JsonType::Any, _) => Ok(()),
            _ => Err(Misfit::new(format_args!("`{path}` is {}", describe_kind(self.kind)))),
        }
    }
}

fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

fn quote_names(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// A description of the kind, as compile errors give it.
fn describe_kind(kind: Kind) -> String {
    ConstMessage::new().push_kind(kind).as_str().to_owned()
}
