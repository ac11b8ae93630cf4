//! The catalogue of events and objects, as far as the build needs it.

use std::collections::BTreeMap;

use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Catalogue {
    pub(crate) snapshot_events: Vec<SnapshotEvent>,
    pub(crate) thin_events: Vec<ThinEvent>,
    pub(crate) unions: BTreeMap<String, Union>,
    pub(crate) objects: BTreeMap<String, Object>,
}

#[derive(Deserialize)]
pub(crate) struct SnapshotEvent {
    #[serde(rename = "type")]
    pub(crate) name: String,
    pub(crate) status: String,
    pub(crate) object: Vec<String>,
    pub(crate) union: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct ThinEvent {
    #[serde(rename = "type")]
    pub(crate) name: String,
    pub(crate) status: String,
}

#[derive(Deserialize)]
pub(crate) struct Union {
    pub(crate) rust_name: String,
}

#[derive(Deserialize)]
pub(crate) struct Object {
    pub(crate) rust_name: String,
    /// `true` if the object is the data of an event.
    #[serde(default)]
    pub(crate) event_root: bool,
    pub(crate) fields: Vec<Field>,
}

#[derive(Deserialize)]
pub(crate) struct Field {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: Kind,
    /// `true` if every version of the API sends the field.
    pub(crate) stable: bool,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Kind {
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
