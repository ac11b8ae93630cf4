//! Writes the handlers of `every-event`: one for each event that is generally available, with the type that it carries.

use std::{collections::BTreeMap, env, error::Error, fmt::Write, fs, path::Path};

use serde::Deserialize;

const CATALOGUE: &str = "../stripe-hooks/codegen/catalogue.json";

#[derive(Deserialize)]
struct Catalogue {
    snapshot_events: Vec<SnapshotEvent>,
    thin_events: Vec<ThinEvent>,
    unions: BTreeMap<String, Named>,
    objects: BTreeMap<String, Named>,
}

#[derive(Deserialize)]
struct SnapshotEvent {
    #[serde(rename = "type")]
    name: String,
    status: String,
    object: Vec<String>,
    union: Option<String>,
}

#[derive(Deserialize)]
struct ThinEvent {
    #[serde(rename = "type")]
    name: String,
    status: String,
}

#[derive(Deserialize)]
struct Named {
    rust_name: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={CATALOGUE}");
    let catalogue: Catalogue = serde_json::from_str(&fs::read_to_string(CATALOGUE)?)?;
    let mut source = String::new();
    for event in catalogue.snapshot_events.iter().filter(|event| event.status == "ga") {
        let carried = match (&event.union, event.object.as_slice()) {
            (Some(union), _) => catalogue.unions.get(union),
            (None, [object]) => catalogue.objects.get(object),
            (None, _) => None,
        };
        let Named { rust_name } = carried.ok_or_else(|| format!("{}: what does it carry?", event.name))?;
        handler(&mut source, &event.name, &format!("_: objects::{rust_name}, id: EventId"), "id.as_str()")?;
    }
    for event in catalogue.thin_events.iter().filter(|event| event.status == "ga") {
        handler(&mut source, &event.name, "event: ThinEvent", "event.id.as_str()")?;
    }
    fs::write(Path::new(&env::var("OUT_DIR")?).join("handlers.rs"), source)?;
    Ok(())
}

fn handler(source: &mut String, event: &str, arguments: &str, id: &str) -> std::fmt::Result {
    let words: Vec<_> =
        event.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let function = words.join("_");
    writeln!(
        source,
        "#[on_event({event:?})]\nfn {function}({arguments}) {{\n    handled({event:?}, {id});\n}}\n"
    )
}
