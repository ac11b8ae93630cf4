//! How Stripe's words become Rust's.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::{Catalogue, FieldKind};

/// `payment_intent.amount_details` → `PaymentIntentAmountDetails`; a leading digit gets a `V`, and
/// `self` an underscore.
pub(crate) fn camel_case(words: &str) -> String {
    let mut name = String::new();
    for word in words.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        let (first, rest) = word.split_at(1);
        name.push_str(&first.to_ascii_uppercase());
        name.push_str(rest);
    }
    match name.as_bytes().first() {
        Some(first) if first.is_ascii_digit() => format!("V{name}"),
        _ if name == "Self" => "Self_".to_owned(),
        _ => name,
    }
}

/// `v2.core.account[configuration.customer].updated` →
/// `v2_core_account_configuration_customer_updated`
pub(crate) fn snake_case(words: &str) -> String {
    let words: Vec<_> =
        words.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join("_")
}

/// The identifier of a field: Stripe's own word, raw where Rust keeps it for itself.
pub(crate) fn field_identifier(name: &str) -> String {
    if name == "type" { "r#type".to_owned() } else { name.to_owned() }
}

/// `payment_intent.amount_details` → `payment intent amount details`, for prose.
pub(crate) fn spaced_words(path: &str) -> String {
    path.replace(['.', '_'], " ")
}

/// The type that an `Id<…>` is of: the object itself, or one name for a reference that may lead to
/// several kinds.
pub(crate) fn id_target_name(to: &[String], catalogue: &Catalogue) -> String {
    match to {
        [tag] => {
            catalogue.objects.get(tag).map_or_else(|| camel_case(tag), |object| object.rust_name.clone())
        }
        several => group_name(several).to_owned(),
    }
}

/// Stands for a group of kinds that nobody has named yet; never written.
pub(crate) const UNNAMED_GROUP: &str = "?";

/// References that may lead to several kinds of object. A new one in the catalogue wants a name
/// here.
fn group_name(tags: &[String]) -> &'static str {
    let has = |tag: &str| tags.iter().any(|other| other == tag);
    match tags.len() {
        4 if has("account") && has("bank_account") && has("card") && has("source") => "PaymentSource",
        2 if has("bank_account") && has("card") => "ExternalAccount",
        _ if has("charge") && has("payout") && has("refund") => "BalanceTransactionSource",
        _ => UNNAMED_GROUP,
    }
}

/// Every `Id<…>` target of the objects that webhooks carry, with the tags that it stands for.
pub(crate) fn id_targets(catalogue: &Catalogue) -> BTreeMap<String, Vec<String>> {
    let mut targets = BTreeMap::new();
    for object in catalogue.objects.values() {
        for field in &object.fields {
            if let FieldKind::Expandable { to } = field.kind.innermost() {
                targets.insert(id_target_name(to, catalogue), to.clone());
            }
        }
    }
    targets
}

/// The Rust names of what snapshot events carry: the kinds of object, and the unions; sorted.
pub(crate) fn payload_names(catalogue: &Catalogue) -> BTreeSet<&str> {
    let roots =
        catalogue.objects.values().filter(|object| object.event_root).map(|object| &*object.rust_name);
    roots.chain(catalogue.unions.values().map(|union| &*union.rust_name)).collect()
}

/// What snapshot events carry: the objects and the unions, by Rust name.
pub(crate) struct PayloadEntry<'c> {
    /// Its name in the catalogue, which for objects is their tag.
    pub(crate) key: &'c str,
    /// The cargo feature that gives it its fields.
    pub(crate) feature: String,
}

pub(crate) fn described_payloads(catalogue: &Catalogue) -> BTreeMap<&str, PayloadEntry<'_>> {
    let roots = catalogue.objects.iter().filter(|(_, object)| object.event_root);
    let roots = roots.map(|(key, object)| {
        (&*object.rust_name, PayloadEntry { key, feature: feature_name(&object.family) })
    });
    let unions = catalogue.snapshot_events.iter().filter_map(|event| {
        let key = event.union.as_deref()?;
        let union = catalogue.unions.get(key)?;
        Some((&*union.rust_name, PayloadEntry { key, feature: feature_name(&event.family) }))
    });
    roots.chain(unions).collect()
}

/// The cargo feature of a family.
pub(crate) fn feature_name(family: &str) -> String {
    match family {
        "payments_core" => "payments".to_owned(),
        "balance_payouts" => "payouts".to_owned(),
        "sources_legacy" => "sources".to_owned(),
        family => family.replace('_', "-"),
    }
}

/// The types that name a kind of object, in an `Id<…>` or as the payload of an event, each with the
/// kinds that the catalogue describes.
pub(crate) fn referenceable_types(catalogue: &Catalogue) -> BTreeMap<String, Vec<&str>> {
    let mut standing: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let targets = id_targets(catalogue);
    let payloads = payload_names(catalogue);
    for name in targets.into_keys().chain(payloads.into_iter().map(str::to_owned)) {
        standing.entry(name).or_default();
    }
    for object in catalogue.objects.values() {
        if let Some(shapes) = standing.get_mut(&object.rust_name) {
            shapes.push(&object.rust_name);
        }
    }
    for union in catalogue.unions.values() {
        let shapes = union.variants.iter().map(|tag| &*catalogue.objects[tag].rust_name);
        standing.insert(union.rust_name.clone(), shapes.collect());
    }
    standing
}
