//! Makes values of a shape: the one walk over the table of the API's shapes that samples come from.

use std::iter;

use super::{
    json::Json,
    path::{Misfit, Place, Step},
    time, words,
};
use crate::{
    fields::rfc3339,
    schema::{
        Field, Kind, Presence, Shape,
        list::{ListMember, TAG},
    },
    testing::{Form, random::Random},
};

/// What all values of one event have in common.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Maker<'s> {
    pub(crate) seed: u64,
    pub(crate) form: Form,
    /// When the event happened, in Unix seconds.
    pub(crate) now: i64,
    pub(crate) livemode: bool,
    /// The amount of money that it is about, in the smallest unit of the currency.
    pub(crate) amount: i64,
    pub(crate) currency: &'s str,
    /// The name of the event.
    pub(crate) event: &'s str,
    /// What that name says of its object: fields with their values as JSON.
    pub(crate) implied: &'s [(&'s str, &'s str)],
}

impl Maker<'_> {
    /// The object that the event is about.
    pub(crate) fn root(&self, shape: &'static Shape) -> Json {
        self.record(shape, shape.name, &|field| {
            let implied = self.implied.iter().find(|(name, _)| *name == field.name)?;
            serde_json::from_str(implied.1).ok().map(|value: serde_json::Value| Json::from(&value))
        })
    }

    /// A value for a place that an override leads through.
    pub(crate) fn value(&self, kind: Kind, name: &str, place: &str) -> Json {
        let random = &mut Random::of(self.seed, place);
        match kind {
            Kind::Text if name == "id" => Json::Text(self.id(None, place)),
            // Some ids are plain texts for the catalogue, such as an item's `subscription`.
            Kind::Text if crate::schema::find(name).is_some_and(|shape| shape.id_prefix.is_some()) => {
                Json::Text(id_of(self.seed, name))
            }
            Kind::Text => Json::Text(words::text(name, random)),
            Kind::Tag(tag) => Json::text(tag),
            Kind::Integer => Json::Integer(words::integer(name, self.amount)),
            Kind::Number => Json::Number(12.5),
            Kind::Decimal if name.contains("amount") => Json::Text(self.amount.to_string()),
            Kind::Decimal => Json::text("1.5"),
            Kind::Flag if name == "livemode" => Json::Flag(self.livemode),
            Kind::Flag => Json::Flag(words::flag(name)),
            Kind::Time => Json::Integer(time::of_field(name, self.now)),
            Kind::Rfc3339 => Json::Text(rfc3339::format(time::of_field(name, self.now))),
            Kind::Currency => Json::text(self.currency),
            Kind::Any => Json::Object(Vec::new()),
            Kind::Metadata if self.form == Form::Minimal => Json::Object(Vec::new()),
            Kind::Metadata => Json::object([("order_id", Some(Json::text("6735")))]),
            Kind::Enum(values) => Json::text(words::value(values.known)),
            // The same in every object of one seed, so that they lead to each other.
            Kind::Id(target) => {
                let tags = target.tags.iter().copied();
                let tag = tags.clone().find(|tag| *tag != "account").or_else(|| tags.clone().next());
                Json::Text(id_of(self.seed, tag.unwrap_or(name)))
            }
            Kind::Record(shape) => self.record(shape, place, &|_| None),
            Kind::Union(union) => {
                union.variants.first().map_or(Json::Null, |shape| self.record(shape, place, &|_| None))
            }
            Kind::List(of) => self.list(*of, name, place),
            Kind::Array(of) if self.form == Form::Minimal && !fills_arrays(*of) => Json::Array(Vec::new()),
            Kind::Array(of) => Json::Array(vec![self.value(*of, name, &format!("{place}[0]"))]),
            Kind::Map(_) if self.form != Form::Full => Json::Object(Vec::new()),
            Kind::Map(of) => {
                let value = self.value(*of, name, &format!("{place}.sample"));
                Json::object([("sample", Some(value))])
            }
        }
    }

    fn list(&self, of: Kind, name: &str, place: &str) -> Json {
        let items = match self.form {
            Form::Minimal => Vec::new(),
            Form::Typical | Form::Full => vec![self.value(of, name, &format!("{place}.data[0]"))],
        };
        let value = |member| match member {
            ListMember::Data => Some(Json::Array(items.clone())),
            ListMember::HasMore => Some(Json::Flag(false)),
            ListMember::TotalCount => None,
            ListMember::Url => Some(Json::Text(format!("/v1/{name}"))),
        };
        let members = ListMember::ALL.into_iter().map(|member: ListMember| (member.key(), value(member)));
        Json::object(iter::once(("object", Some(Json::text(TAG)))).chain(members))
    }

    fn record(&self, shape: &'static Shape, place: &str, given: &dyn Fn(&Field) -> Option<Json>) -> Json {
        // What kind of thing it is decides which of its parts are there: a `card` beside `"type": "card"`.
        let discriminant = shape.field("type").and_then(|field| {
            let value = given(field).unwrap_or_else(|| self.value(field.kind, "type", place));
            value.as_str().map(str::to_owned)
        });
        let mut members = Vec::with_capacity(shape.fields.len());
        for field in shape.fields {
            let inner = format!("{place}.{}", field.name);
            let value = given(field).or_else(|| match self.treats(field, discriminant.as_deref()) {
                Treatment::Value if field.name == "id" && matches!(field.kind, Kind::Text) => {
                    Some(Json::Text(self.id(Some(shape), place)))
                }
                Treatment::Value => Some(self.value(field.kind, field.name, &inner)),
                Treatment::Empty => Some(Json::Array(Vec::new())),
                Treatment::Null => Some(Json::Null),
                Treatment::Nothing => None,
            });
            members.extend(value.map(|value| (field.name.to_owned(), value)));
        }
        Json::Object(members)
    }

    fn treats(&self, field: &Field, discriminant: Option<&str>) -> Treatment {
        let usual = match self.form {
            Form::Minimal => false,
            Form::Full => true,
            Form::Typical => {
                Some(field.name) == discriminant
                    || words::is_usual(field.name)
                    || leads_to_namesake(field)
                    || self.has_happened(field)
            }
        };
        let items = matches!(field.kind, Kind::Array(of) if !fills_arrays(*of));
        let rare =
            field.presence == Presence::Now || field.name.contains("tax") || field.name.contains("discount");
        match field.presence {
            Presence::Always | Presence::Now if items && rare && self.form == Form::Typical => {
                Treatment::Empty
            }
            Presence::Always | Presence::Now => Treatment::Value,
            _ if usual || field.name == "id" => Treatment::Value,
            Presence::Null => Treatment::Null,
            Presence::Absent | Presence::Either => Treatment::Nothing,
        }
    }

    /// Whether it is the time of what the event tells of: `canceled_at` of what was canceled.
    fn has_happened(&self, field: &Field) -> bool {
        let implied = self.implied.iter().map(|(_, value)| value.trim_matches('"'));
        let mut words = implied.chain(self.event.rsplit('.').next());
        let Some(verb) = field.name.strip_suffix("_at") else { return false };
        matches!(field.kind, Kind::Time)
            && words.any(|word| word == verb || word.strip_suffix("ed") == Some(verb))
    }

    fn id(&self, shape: Option<&'static Shape>, place: &str) -> String {
        match shape {
            Some(Shape { tag: Some(tag), .. }) if !place.contains('[') => id_of(self.seed, tag),
            Some(Shape { id_prefix: Some(prefix), .. }) => {
                with_prefix(prefix, &mut Random::of(self.seed, place))
            }
            _ => Random::of(self.seed, place).letters(16),
        }
    }

    /// Puts a value at a path, and makes what is missing on the way there.
    pub(crate) fn put(
        &self,
        object: &mut Json,
        shape: &'static Shape,
        steps: &[Step],
        value: &Json,
        path: &str,
    ) -> Result<(), Misfit> {
        let (mut at, mut name, mut place) = (object, "", String::from(shape.name));
        for (index, step) in steps.iter().enumerate() {
            if *at == Json::Null {
                let Place { kind, .. } = super::path::find(shape, &steps[..index], path)?;
                *at = self.value(kind, name, &place);
            }
            at = match step {
                Step::Member(member) => {
                    (name, place) = (member, format!("{place}.{member}"));
                    at.member(member)
                        .ok_or_else(|| Misfit::new(format_args!("`{path}`: nothing is there")))?
                }
                Step::Item(position) => {
                    let Json::Array(items) = at else {
                        return Err(Misfit::new(format_args!("`{path}`: no array is there")));
                    };
                    while items.len() <= *position {
                        let steps: Vec<_> = [&steps[..index], &[Step::Item(items.len())]].concat();
                        let Place { kind, .. } = super::path::find(shape, &steps, path)?;
                        items.push(self.value(kind, name, &format!("{place}[{}]", items.len())));
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

enum Treatment {
    Value,
    Empty,
    Null,
    Nothing,
}

/// Returns whether arrays of this kind are rarely empty, such as the texts of `payment_method_types`.
/// The ids of `discounts` are often none.
fn fills_arrays(kind: Kind) -> bool {
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

/// Whether the field is named after what it leads to, as `customer` and `latest_charge` are: those are rarely null.
fn leads_to_namesake(field: &Field) -> bool {
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
pub(crate) fn id_of(seed: u64, tag: &str) -> String {
    let last = tag.rsplit('.').next().unwrap_or(tag);
    let known = [tag, last].into_iter().find_map(|name| crate::schema::find(name)?.id_prefix);
    let initials = || last.split('_').filter_map(|word| word.get(..1)).collect::<String>();
    let abbreviated = || last.get(..4).unwrap_or(last).to_owned();
    let prefix =
        known.map_or_else(|| if last.contains('_') { initials() } else { abbreviated() }, str::to_owned);
    with_prefix(&prefix, &mut Random::of(seed, tag))
}

fn with_prefix(prefix: &str, random: &mut Random) -> String {
    // Customers and products still have ids of the old form.
    let letters = if matches!(prefix, "cus" | "prod" | "sub_sched") { 14 } else { 23 };
    if letters == 14 {
        format!("{prefix}_{}", random.letters(14))
    } else {
        format!("{prefix}_1{}", random.letters(letters))
    }
}
