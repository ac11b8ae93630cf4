//! Tag types.
use std::fmt::Write as _;

use crate::{Source, names, read::Catalogue};

pub(crate) fn tags(catalogue: &Catalogue) -> Source {
    let mut text = String::from("//! Tags.\n\n");
    let mut all: std::collections::BTreeSet<String> = names::targets(catalogue).into_keys().collect();
    all.extend(names::payloads(catalogue).into_iter().map(str::to_owned));
    for name in all {
        let _ = writeln!(text, "/// Off.\n#[derive(Debug)]\npub enum {name} {{}}");
    }
    for object in catalogue.objects.values().filter(|o| o.deletable && o.event_root) {
        let _ = writeln!(text, "impl crate::fields::Deletable for {} {{}}", object.rust_name);
    }
    Source { path: "stripe-hooks/src/objects/mod.rs".to_owned(), text }
}
