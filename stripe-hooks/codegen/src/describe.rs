//! The documentation of what is generated, in our own words.

use crate::{
    catalogue::{Catalogue, Enum, Field, Kind, Object},
    names, pages, words,
};

/// The introduction of the module of all objects.
pub(crate) const OBJECTS: &str = "\
//! How they read what Stripe sends:
//! - a field is plain where Stripe has sent it since 2020, and an `Option` everywhere else; null counts as absent;
//! - arrays, [lists](crate::List) and maps that are absent are empty;
//! - enums stay open: a value newer than this crate is `Unrecognized`, and `unlisted` makes one for a test;
//! - an enum is compared with its variants, as in `intent.status == PaymentIntentStatus::Succeeded`, and never with a text;
//! - a reference is an [`Id`](crate::Id), never followed;
//! - amounts are in the minor unit of their currency, times are [`Timestamp`](crate::Timestamp)s;
//! - what this crate does not know is skipped.
//!
//! The fields of an object need the cargo feature of its family; without it the type is still
//! there, as a name for `Id<…>` and for [lenses](macro@crate::Lens). The enums are always there.
";

/// What a family's file holds.
pub(crate) fn family(family: &str) -> String {
    match family {
        "shared" => "What objects of several families hold.".to_owned(),
        family => format!("Objects of the family `{}`.", names::feature(family)),
    }
}

/// What an object is, which events carry it, and where Stripe describes it.
pub(crate) fn object(key: &str, object: &Object, catalogue: &Catalogue) -> String {
    let page = pages::object(root(key, catalogue));
    let Some(tag) = &object.object else {
        let others = match object.aliases.len() {
            0 => String::new(),
            1 => ", and one more place".to_owned(),
            n => format!(", and {n} more places"),
        };
        return format!("/// {}{others}. [Reference]({page})", place(key, catalogue));
    };
    let words = names::words(tag);
    let mut doc = format!("/// {}{words} (`{tag}`). [Reference]({page})", capital(words::article(&words)));
    let events: Vec<_> =
        catalogue.snapshot_events.iter().filter(|event| event.object.contains(tag)).collect();
    if !events.is_empty() {
        let events: Vec<_> = events.iter().map(|event| format!("`{}`", event.name)).collect();
        doc.push_str(&format!("\n///\n/// Carried by {}.", events.join(", ")));
    }
    doc
}

/// One line for a field: what kind of thing it is, its unit, whether it may be absent, and where
/// Stripe describes it.
pub(crate) fn field(key: &str, field: &Field, catalogue: &Catalogue) -> String {
    let kind = kind(&field.kind, &field.name);
    let absent = match (field.kind.is_empty_when_absent(), field.stable) {
        (true, _) => "; empty when absent",
        (false, true) => "",
        (false, false) => "; may be absent",
    };
    let page = pages::field(root(key, catalogue), key, &field.name);
    format!("/// {}: {kind}{absent}. [Reference]({page})", capital(&names::words(&field.name)))
}

/// The kind of a field by the noun that the runtime's errors use, with what a reader of the
/// documentation wants to know beside it.
fn kind(kind: &Kind, name: &str) -> String {
    match kind {
        Kind::Integer if name.contains("amount") => "an amount in minor units of the currency".to_owned(),
        Kind::Integer => words::INTEGER.to_owned(),
        Kind::Float => words::NUMBER.to_owned(),
        Kind::DecimalString => format!("{}, kept exactly", words::DECIMAL),
        Kind::Boolean => words::FLAG.to_owned(),
        Kind::Timestamp => words::TIME.to_owned(),
        Kind::TimestampRfc3339 => words::RFC3339.to_owned(),
        Kind::Currency => format!("{}, as a three-letter code in lower case", words::CURRENCY),
        Kind::Metadata => format!("your own {}", words::METADATA),
        Kind::Map { of } => format!("by key: {}", self::kind(of, name)),
        Kind::List { of } => format!("{}; each item: {}", words::LIST, self::kind(of, name)),
        Kind::Array { of } => format!("{}; each item: {}", words::ARRAY, self::kind(of, name)),
        Kind::Expandable { to } if to.len() == 1 => {
            format!("{} {}`{}`", words::ID, words::article(&to[0]), to[0])
        }
        Kind::Expandable { .. } => format!("{} {}", words::ID, words::UNION),
        Kind::Object { key } => format!("{}, `{key}`", words::RECORD),
        Kind::Union { .. } => words::UNION.to_owned(),
        Kind::Enum { .. } => format!("{} that may grow", words::ENUM),
        Kind::Any => format!("{}, untouched", words::ANY),
        Kind::String { known: Some(_) } => "one of many values that Stripe lists, as text".to_owned(),
        Kind::String { known: None } | Kind::Literal { .. } => match name {
            name if name.ends_with("url") => "an address".to_owned(),
            name if name.contains("email") => "an email address".to_owned(),
            name if name.contains("phone") => "a phone number".to_owned(),
            name if name.contains("country") => "a country, as a two-letter code".to_owned(),
            _ => words::TEXT.to_owned(),
        },
    }
}

/// The values of which field an enum holds.
pub(crate) fn open_enum(set: &Enum, catalogue: &Catalogue) -> String {
    let first = set.used_by.first().map_or("", String::as_str);
    let others = match set.used_by.len() {
        0 | 1 => String::new(),
        2 => " and one more field".to_owned(),
        n => format!(" and {} more fields", n - 1),
    };
    format!("/// What `{first}`{others} can be. [Reference]({})", pages::object(root(first, catalogue)))
}

pub(crate) fn union(key: &str, catalogue: &Catalogue) -> String {
    let tags: Vec<_> = catalogue.unions[key].variants.iter().map(|tag| format!("`{tag}`")).collect();
    let events: Vec<_> = catalogue
        .snapshot_events
        .iter()
        .filter(|event| event.union.as_deref() == Some(key))
        .map(|event| format!("`{}`", event.name))
        .collect();
    format!(
        "/// An object of kind {}. [Reference]({})\n///\n/// Carried by {}.",
        tags.join(", "),
        pages::object(key),
        events.join(", ")
    )
}

/// An object whose family is switched off.
pub(crate) fn off(key: &str, families: &[String]) -> String {
    let features: std::collections::BTreeSet<_> =
        families.iter().map(|family| format!("`{}`", names::feature(family))).collect();
    let features: Vec<_> = features.into_iter().collect();
    format!(
        "/// The name of `{key}`, for ids; its fields need the cargo feature {}. [Reference]({})",
        features.join(" or "),
        pages::object(key)
    )
}

/// What ids lead to that no event carries.
pub(crate) fn target(tags: &[String]) -> String {
    let quoted: Vec<_> = tags.iter().map(|tag| format!("`{tag}`")).collect();
    match tags {
        [tag] => format!(
            "/// The name of `{tag}`, for ids: no event carries one. [Reference]({})",
            pages::object(tag)
        ),
        _ => format!(
            "/// The name of what an id of several kinds leads to: {}. [Reference](https://docs.stripe.com/api/expanding_objects)",
            quoted.join(", ")
        ),
    }
}

/// `payment_intent.amount_details.tip` → ``The `amount_details.tip` of `payment_intent` ``
fn place(key: &str, catalogue: &Catalogue) -> String {
    let root = root(key, catalogue);
    match key.strip_prefix(root).and_then(|rest| rest.strip_prefix('.')) {
        Some(path) => format!("`{path}` of `{root}`"),
        None => format!("`{key}`, as several objects hold it"),
    }
}

/// The tag of the object in which something is nested: the longest that is a start of its key.
fn root<'k>(key: &'k str, catalogue: &Catalogue) -> &'k str {
    let mut start = key;
    loop {
        if catalogue.objects.get(start).is_some_and(|object| object.object.is_some()) {
            return start;
        }
        match start.rsplit_once('.') {
            Some((parent, _)) => start = parent,
            None => return key,
        }
    }
}

fn capital(words: &str) -> String {
    let (first, rest) = words.split_at(1);
    format!("{}{rest}", first.to_ascii_uppercase())
}
