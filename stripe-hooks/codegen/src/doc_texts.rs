//! The documentation of what is generated, in our own words.

use crate::{
    catalogue::{Catalogue, EnumEntry, FieldEntry, FieldKind, ObjectEntry},
    kind_texts, rust_names, stripe_urls,
};

/// The introduction of the module of all objects.
pub(crate) const OBJECTS_MODULE_DOC: &str = "\
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
pub(crate) fn family_doc(family: &str) -> String {
    match family {
        "shared" => "What objects of several families hold.".to_owned(),
        family => format!("Objects of the family `{}`.", rust_names::feature_name(family)),
    }
}

/// What an object is, which events carry it, and where Stripe describes it.
pub(crate) fn object_doc(key: &str, object: &ObjectEntry, catalogue: &Catalogue) -> String {
    let page = stripe_urls::object_url(root_tag(key, catalogue));
    let Some(tag) = &object.object else {
        let others = match object.aliases.len() {
            0 => String::new(),
            1 => ", and one more place".to_owned(),
            n => format!(", and {n} more places"),
        };
        return format!("/// {}{others}. [Reference]({page})", nested_object_text(key, catalogue));
    };
    let words = rust_names::spaced_words(tag);
    let mut doc = format!(
        "/// {}{words} (`{tag}`). [Reference]({page})",
        capitalize(kind_texts::indefinite_article(&words))
    );
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
pub(crate) fn field_doc(key: &str, field: &FieldEntry, catalogue: &Catalogue) -> String {
    let kind = kind_text(&field.kind, &field.name);
    let absent = match (field.kind.is_empty_when_absent(), field.stable) {
        (true, _) => "; empty when absent",
        (false, true) => "",
        (false, false) => "; may be absent",
    };
    let page = stripe_urls::field_url(root_tag(key, catalogue), key, &field.name);
    format!("/// {}: {kind}{absent}. [Reference]({page})", capitalize(&rust_names::spaced_words(&field.name)))
}

/// The kind of a field by the noun that the runtime's errors use, with what a reader of the
/// documentation wants to know beside it.
fn kind_text(kind: &FieldKind, name: &str) -> String {
    match kind {
        FieldKind::Integer if name.contains("amount") => {
            "an amount in minor units of the currency".to_owned()
        }
        FieldKind::Integer => kind_texts::INTEGER.to_owned(),
        FieldKind::Float => kind_texts::NUMBER.to_owned(),
        FieldKind::DecimalString => format!("{}, kept exactly", kind_texts::DECIMAL),
        FieldKind::Boolean => kind_texts::FLAG.to_owned(),
        FieldKind::Timestamp => kind_texts::TIME.to_owned(),
        FieldKind::TimestampRfc3339 => kind_texts::RFC3339.to_owned(),
        FieldKind::Currency => format!("{}, as a three-letter code in lower case", kind_texts::CURRENCY),
        FieldKind::Metadata => format!("your own {}", kind_texts::METADATA),
        FieldKind::Map { of } => format!("by key: {}", self::kind_text(of, name)),
        FieldKind::List { of } => format!("{}; each item: {}", kind_texts::LIST, self::kind_text(of, name)),
        FieldKind::Array { of } => format!("{}; each item: {}", kind_texts::ARRAY, self::kind_text(of, name)),
        FieldKind::Expandable { to } if to.len() == 1 => {
            format!("{} {}`{}`", kind_texts::ID, kind_texts::indefinite_article(&to[0]), to[0])
        }
        FieldKind::Expandable { .. } => format!("{} {}", kind_texts::ID, kind_texts::UNION),
        FieldKind::Object { key } => format!("{}, `{key}`", kind_texts::RECORD),
        FieldKind::Union { .. } => kind_texts::UNION.to_owned(),
        FieldKind::Enum { .. } => format!("{} that may grow", kind_texts::ENUM),
        FieldKind::Any => format!("{}, untouched", kind_texts::ANY),
        FieldKind::String { known: Some(_) } => "one of many values that Stripe lists, as text".to_owned(),
        FieldKind::String { known: None } | FieldKind::Literal { .. } => match name {
            name if name.ends_with("url") => "an address".to_owned(),
            name if name.contains("email") => "an email address".to_owned(),
            name if name.contains("phone") => "a phone number".to_owned(),
            name if name.contains("country") => "a country, as a two-letter code".to_owned(),
            _ => kind_texts::TEXT.to_owned(),
        },
    }
}

/// The values of which field an enum holds.
pub(crate) fn enum_doc(set: &EnumEntry, catalogue: &Catalogue) -> String {
    let first = set.used_by.first().map_or("", String::as_str);
    let others = match set.used_by.len() {
        0 | 1 => String::new(),
        2 => " and one more field".to_owned(),
        n => format!(" and {} more fields", n - 1),
    };
    format!(
        "/// What `{first}`{others} can be. [Reference]({})",
        stripe_urls::object_url(root_tag(first, catalogue))
    )
}

pub(crate) fn union_doc(key: &str, catalogue: &Catalogue) -> String {
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
        stripe_urls::object_url(key),
        events.join(", ")
    )
}

/// An object whose family is switched off.
pub(crate) fn disabled_object_doc(key: &str, families: &[String]) -> String {
    let features: std::collections::BTreeSet<_> =
        families.iter().map(|family| format!("`{}`", rust_names::feature_name(family))).collect();
    let features: Vec<_> = features.into_iter().collect();
    format!(
        "/// The name of `{key}`, for ids; its fields need the cargo feature {}. [Reference]({})",
        features.join(" or "),
        stripe_urls::object_url(key)
    )
}

/// What ids lead to that no event carries.
pub(crate) fn id_target_doc(tags: &[String]) -> String {
    let quoted: Vec<_> = tags.iter().map(|tag| format!("`{tag}`")).collect();
    match tags {
        [tag] => format!(
            "/// The name of `{tag}`, for ids: no event carries one. [Reference]({})",
            stripe_urls::object_url(tag)
        ),
        _ => format!(
            "/// The name of what an id of several kinds leads to: {}. [Reference](https://docs.stripe.com/api/expanding_objects)",
            quoted.join(", ")
        ),
    }
}

/// `payment_intent.amount_details.tip` → ``The `amount_details.tip` of `payment_intent` ``
fn nested_object_text(key: &str, catalogue: &Catalogue) -> String {
    let root = root_tag(key, catalogue);
    match key.strip_prefix(root).and_then(|rest| rest.strip_prefix('.')) {
        Some(path) => format!("`{path}` of `{root}`"),
        None => format!("`{key}`, as several objects hold it"),
    }
}

/// The tag of the object in which something is nested: the longest that is a start of its key.
fn root_tag<'k>(key: &'k str, catalogue: &Catalogue) -> &'k str {
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

fn capitalize(words: &str) -> String {
    let (first, rest) = words.split_at(1);
    format!("{}{rest}", first.to_ascii_uppercase())
}
