//! Writes what only the whole catalogue can ask for: a handler for each event, and a lens for each object.

use std::{collections::BTreeMap, env, error::Error, fs, path::Path};

use serde::Deserialize;

mod handlers;
mod lenses;

const CATALOGUE: &str = "../stripe-hooks/codegen/catalogue.json";

#[derive(Deserialize)]
struct Catalogue {
    snapshot_events: Vec<SnapshotEvent>,
    thin_events: Vec<ThinEvent>,
    unions: BTreeMap<String, Union>,
    objects: BTreeMap<String, Object>,
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
struct Union {
    rust_name: String,
}

#[derive(Deserialize)]
struct Object {
    rust_name: String,
    /// Whether an event carries it.
    #[serde(default)]
    event_root: bool,
    fields: Vec<Field>,
}

#[derive(Deserialize)]
struct Field {
    name: String,
    #[serde(rename = "type")]
    kind: Kind,
    /// Whether every version of the API has it.
    stable: bool,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Kind {
    String,
    Literal,
    Integer,
    Float,
    DecimalString,
    Boolean,
    Timestamp,
    TimestampRfc3339,
    Currency,
    Metadata,
    Any,
    Map {
        of: Box<Kind>,
    },
    List {
        of: Box<Kind>,
    },
    Array {
        of: Box<Kind>,
    },
    Expandable {
        to: Vec<String>,
    },
    Object {
        #[serde(rename = "ref")]
        key: String,
    },
    Union {
        #[serde(rename = "ref")]
        key: String,
    },
    Enum {
        #[serde(rename = "ref")]
        key: String,
    },
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={CATALOGUE}");
    let catalogue: Catalogue = serde_json::from_str(&fs::read_to_string(CATALOGUE)?)?;
    let folder = env::var("OUT_DIR")?;
    fs::write(Path::new(&folder).join("handlers.rs"), handlers::write(&catalogue)?)?;
    fs::write(Path::new(&folder).join("lenses.rs"), lenses::write(&catalogue)?)?;
    Ok(())
}
