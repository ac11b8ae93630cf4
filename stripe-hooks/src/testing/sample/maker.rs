//! Makes values of a shape: the one walk over the table of the API's shapes that samples come from.

use std::iter;

use super::{
    field_time,
    json::JsonValue,
    path::{Misfit, ValueSpec, ValueStep},
    plausible_values,
};
use crate::{
    fields::rfc3339,
    schema::{
        Field, Kind, Presence, Shape,
        list_object::{LIST_TAG, ListMember},
    },
    testing::{Form, random::SeededRandom},
};

/// The facts that all values of one event share.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SampleMaker<'s> {
    pub(crate) seed: u64,
    pub(crate) form: Form,
    /// When the event happened, in Unix seconds.
    pub(crate) happened_at: i64,
    pub(crate) livemode: bool,
    /// The amount of money that it is about, in the smallest unit of the currency.
    pub(crate) amount: i64,
    pub(crate) currency: &'s str,
    /// The name of the event.
    pub(crate) event_name: &'s str,
    /// Fields of the object that the event's name fixes, with their values as JSON.
    pub(crate) implied_fields: &'s [(&'s str, &'s str)],
}

impl SampleMaker<'_> {
    /// The object that the event is about.
    pub(crate) fn make_object(&self, shape: &'static Shape) -> JsonValue {
        self.make_record(shape, shape.name, &|field| {
            let implied = self.implied_fields.iter().find(|(name, _)| *name == field.name)?;
            serde_json::from_str(implied.1).ok().map(|value: serde_json::Value| JsonValue::from(&value))
        })
    }

    /// A value for a place that an override leads through.
    pub(crate) fn make_value(&self, kind: Kind, name: &str, place: &str) -> JsonValue {
        let random = &mut SeededRandom::from_seed_and_place(self.seed, place);
        match kind {
            Kind::Text if name == "id" => JsonValue::Text(self.make_id(None, place)),
            // Some ids are plain texts for the catalogue, such as an item's `subscription`.
            Kind::Text if crate::schema::find_shape(name).is_some_and(|shape| shape.id_prefix.is_some()) => {
                JsonValue::Text(object_id(self.seed, name))
            }
            Kind::Text => JsonValue::Text(plausible_values::plausible_text(name, random)),
            Kind::Tag(tag) => JsonValue::from_text(tag),
            Kind::Integer => JsonValue::Integer(plausible_values::plausible_integer(name, self.amount)),
            Kind::Number => JsonValue::Number(12.5),
            Kind::Decimal if name.contains("amount") => JsonValue::Text(self.amount.to_string()),
            Kind::Decimal => JsonValue::from_text("1.5"),
            Kind::Flag if name == "livemode" => JsonValue::Flag(self.livemode),
            Kind::Flag => JsonValue::Flag(plausible_values::plausible_flag(name)),
            Kind::Time => JsonValue::Integer(field_time::field_time(name, self.happened_at)),
            Kind::Rfc3339 => {
                JsonValue::Text(rfc3339::format_rfc3339(field_time::field_time(name, self.happened_at)))
            }
            Kind::Currency => JsonValue::from_text(self.currency),
            Kind::Any => JsonValue::Object(Vec::new()),
            Kind::Metadata if self.form == Form::Minimal => JsonValue::Object(Vec::new()),
            Kind::Metadata => JsonValue::from_members([("order_id", Some(JsonValue::from_text("6735")))]),
            Kind::Enum(values) => JsonValue::from_text(plausible_values::likeliest_value(values.known)),
            // The same in every object of one seed, so that they lead to each other.
            Kind::Id(target) => {
                let tags = target.tags.iter().copied();
                let tag = tags.clone().find(|tag| *tag != "account").or_else(|| tags.clone().next());
                JsonValue::Text(object_id(self.seed, tag.unwrap_or(name)))
            }
            Kind::Record(shape) => self.make_record(shape, place, &|_| None),
            Kind::Union(union) => union
                .variants
                .first()
                .map_or(JsonValue::Null, |shape| self.make_record(shape, place, &|_| None)),
            Kind::List(of) => self.make_list(*of, name, place),
            Kind::Array(of) if self.form == Form::Minimal && !usually_fills_array(*of) => {
                JsonValue::Array(Vec::new())
            }
            Kind::Array(of) => JsonValue::Array(vec![self.make_value(*of, name, &format!("{place}[0]"))]),
            Kind::Map(_) if self.form != Form::Full => JsonValue::Object(Vec::new()),
            Kind::Map(of) => {
                let value = self.make_value(*of, name, &format!("{place}.sample"));
                JsonValue::from_members([("sample", Some(value))])
            }
        }
    }

    fn make_list(&self, of: Kind, name: &str, place: &str) -> JsonValue {
        let items = match self.form {
            Form::Minimal => Vec::new(),
            Form::Typical | Form::Full => vec![self.make_value(of, name, &format!("{place}.data[0]"))],
        };
        let value = |member| match member {
            ListMember::Data => Some(JsonValue::Array(items.clone())),
            ListMember::HasMore => Some(JsonValue::Flag(false)),
            ListMember::TotalCount => None,
            ListMember::Url => Some(JsonValue::Text(format!("/v1/{name}"))),
        };
        let members = ListMember::ALL.into_iter().map(|member: ListMember| (member.key(), value(member)));
        JsonValue::from_members(iter::once(("object", Some(JsonValue::from_text(LIST_TAG)))).chain(members))
    }

    fn make_record(
        &self,
        shape: &'static Shape,
        place: &str,
        given: &dyn Fn(&Field) -> Option<JsonValue>,
    ) -> JsonValue {
        // Its kind decides which of its parts are present: a `card` beside `"type": "card"`.
        let discriminant = shape.field("type").and_then(|field| {
            let value = given(field).unwrap_or_else(|| self.make_value(field.kind, "type", place));
            value.as_str().map(str::to_owned)
        });
        let mut members = Vec::with_capacity(shape.fields.len());
        for field in shape.fields {
            let inner = format!("{place}.{}", field.name);
            let value = given(field).or_else(|| match self.treatment_of(field, discriminant.as_deref()) {
                FieldTreatment::MakeValue if field.name == "id" && matches!(field.kind, Kind::Text) => {
                    Some(JsonValue::Text(self.make_id(Some(shape), place)))
                }
                FieldTreatment::MakeValue => Some(self.make_value(field.kind, field.name, &inner)),
                FieldTreatment::Empty => Some(JsonValue::Array(Vec::new())),
                FieldTreatment::Null => Some(JsonValue::Null),
                FieldTreatment::LeaveOut => None,
            });
            members.extend(value.map(|value| (field.name.to_owned(), value)));
        }
        JsonValue::Object(members)
    }

    fn treatment_of(&self, field: &Field, discriminant: Option<&str>) -> FieldTreatment {
        let usual = match self.form {
            Form::Minimal => false,
            Form::Full => true,
            Form::Typical => {
                Some(field.name) == discriminant
                    || plausible_values::is_usually_present(field.name)
                    || is_named_after_target(field)
                    || self.is_time_of_event(field)
            }
        };
        let items = matches!(field.kind, Kind::Array(of) if !usually_fills_array(*of));
        let rare =
            field.presence == Presence::Now || field.name.contains("tax") || field.name.contains("discount");
        match field.presence {
            Presence::Always | Presence::Now if items && rare && self.form == Form::Typical => {
                FieldTreatment::Empty
            }
            Presence::Always | Presence::Now => FieldTreatment::MakeValue,
            _ if usual || field.name == "id" => FieldTreatment::MakeValue,
            Presence::Null => FieldTreatment::Null,
            Presence::Absent | Presence::Either => FieldTreatment::LeaveOut,
        }
    }

    /// `true` if it is the time of the event's own change: `canceled_at` of a canceled object.
    fn is_time_of_event(&self, field: &Field) -> bool {
        let implied = self.implied_fields.iter().map(|(_, value)| value.trim_matches('"'));
        let mut words = implied.chain(self.event_name.rsplit('.').next());
        let Some(verb) = field.name.strip_suffix("_at") else { return false };
        matches!(field.kind, Kind::Time)
            && words.any(|word| word == verb || word.strip_suffix("ed") == Some(verb))
    }

    fn make_id(&self, shape: Option<&'static Shape>, place: &str) -> String {
        match shape {
            Some(Shape { tag: Some(tag), .. }) if !place.contains('[') => object_id(self.seed, tag),
            Some(Shape { id_prefix: Some(prefix), .. }) => {
                random_id(prefix, &mut SeededRandom::from_seed_and_place(self.seed, place))
            }
            _ => SeededRandom::from_seed_and_place(self.seed, place).alphanumeric(16),
        }
    }

    /// Puts a value at a path, and makes what is missing on the way there.
    pub(crate) fn set_at_path(
        &self,
        object: &mut JsonValue,
        shape: &'static Shape,
        steps: &[ValueStep],
        value: &JsonValue,
        path: &str,
    ) -> Result<(), Misfit> {
        let (mut at, mut name, mut place) = (object, "", String::from(shape.name));
        for (index, step) in steps.iter().enumerate() {
            if *at == JsonValue::Null {
                let ValueSpec { kind, .. } = super::path::resolve_path(shape, &steps[..index], path)?;
                *at = self.make_value(kind, name, &place);
            }
            at = match step {
                ValueStep::Member(member) => {
                    (name, place) = (member, format!("{place}.{member}"));
                    at.member_mut(member)
                        .ok_or_else(|| Misfit::new(format_args!("`{path}`: nothing is there")))?
                }
                ValueStep::Item(position) => {
                    let JsonValue::Array(items) = at else {
                        return Err(Misfit::new(format_args!("`{path}`: no array is there")));
                    };
                    while items.len() <= *position {
                        let steps: Vec<_> = [&steps[..index], &[ValueStep::Item(items.len())]].concat();
                        let ValueSpec { kind, .. } = super::path::resolve_path(shape, &steps, path)?;
                        items.push(self.make_value(kind, name, &format!("{place}[{}]", items.len())));
                    }
                    place = format!("{place}[{position}]");
                    &mut items[*position]
                }
            };
        }
        *at = value.clone();
        Ok(())
    }
}

enum FieldTreatment {
    MakeValue,
    Empty,
    Null,
    LeaveOut,
}

/// Returns whether arrays of this kind are rarely empty, such as the texts of `payment_method_types`.
/// The ids of `discounts` are often none.
fn usually_fills_array(kind: Kind) -> bool {
    match kind {
        Kind::Text | Kind::Enum(_) | Kind::Integer | Kind::Currency => true,
        Kind::Tag(_)
        | Kind::Number
        | Kind::Decimal
        | Kind::Flag
        | Kind::Time
        | Kind::Rfc3339
        | Kind::Any
        | Kind::Metadata
        | Kind::Id(_)
        | Kind::Record(_)
        | Kind::Union(_)
        | Kind::List(_)
        | Kind::Array(_)
        | Kind::Map(_) => false,
    }
}

/// Returns whether the field is named after its object, as `customer` and `latest_charge` are. Such
/// a field is rarely null.
fn is_named_after_target(field: &Field) -> bool {
    let Kind::Id(target) = field.kind else { return false };
    let names_it = |tag: &&&str| {
        let last = tag.rsplit('.').next().unwrap_or(tag);
        field.name.ends_with(last)
    };
    let rare = [
        "account",
        "application",
        "review",
        "transfer",
        "test_helpers.test_clock",
        "discount",
        "application_fee",
    ];
    target.tags.iter().find(names_it).is_some_and(|tag| !rare.contains(tag))
        && !["pending_", "default_", "source", "failure_", "original_", "reversed_"]
            .iter()
            .any(|start| field.name.starts_with(start))
}

/// The id of the object of this kind that all events of one seed speak of.
pub(crate) fn object_id(seed: u64, tag: &str) -> String {
    let last = tag.rsplit('.').next().unwrap_or(tag);
    let known = [tag, last].into_iter().find_map(|name| crate::schema::find_shape(name)?.id_prefix);
    let initials = || last.split('_').filter_map(|word| word.get(..1)).collect::<String>();
    let abbreviated = || last.get(..4).unwrap_or(last).to_owned();
    let prefix =
        known.map_or_else(|| if last.contains('_') { initials() } else { abbreviated() }, str::to_owned);
    random_id(&prefix, &mut SeededRandom::from_seed_and_place(seed, tag))
}

fn random_id(prefix: &str, random: &mut SeededRandom) -> String {
    // Customers and products still have ids of the old form.
    let letters = if matches!(prefix, "cus" | "prod" | "sub_sched") { 14 } else { 23 };
    if letters == 14 {
        format!("{prefix}_{}", random.alphanumeric(14))
    } else {
        format!("{prefix}_1{}", random.alphanumeric(letters))
    }
}
