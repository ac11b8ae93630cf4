//! The types of `catalogue.json`. The file also holds facts for people, which have no type here.
//! The build of the tests uses this module too.

use std::{collections::BTreeMap, error::Error, fs, path::Path};

use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Catalogue {
    pub(crate) api_version: String,
    pub(crate) snapshot_events: Vec<SnapshotEventEntry>,
    pub(crate) thin_events: Vec<ThinEventEntry>,
    pub(crate) retired_events: Vec<RetiredEventEntry>,
    pub(crate) related_objects: BTreeMap<String, RelatedObjectEntry>,
    pub(crate) unions: BTreeMap<String, UnionEntry>,
    pub(crate) objects: BTreeMap<String, ObjectEntry>,
    pub(crate) enums: BTreeMap<String, EnumEntry>,
}

#[derive(Deserialize)]
pub(crate) struct SnapshotEventEntry {
    #[serde(rename = "type")]
    pub(crate) name: String,
    pub(crate) marker: String,
    /// The `object` tags that it may carry.
    pub(crate) object: Vec<String>,
    pub(crate) union: Option<String>,
    pub(crate) family: String,
    pub(crate) since: Option<String>,
    pub(crate) thin_twin: Option<String>,
    pub(crate) status: ReleaseStatus,
    /// Fields of the object with values that fit the event's name, for samples.
    pub(crate) implies: Option<BTreeMap<String, serde_json::Value>>,
}

#[derive(Deserialize)]
pub(crate) struct ThinEventEntry {
    #[serde(rename = "type")]
    pub(crate) name: String,
    pub(crate) marker: String,
    pub(crate) related_object: Option<String>,
    pub(crate) since: Option<String>,
    pub(crate) snapshot_twin: Option<String>,
    pub(crate) status: ReleaseStatus,
}

/// What thin events are about.
#[derive(Deserialize)]
pub(crate) struct RelatedObjectEntry {
    /// Its path in the API, where it has one with no other id in it.
    pub(crate) path: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct RetiredEventEntry {
    #[serde(rename = "type")]
    pub(crate) name: String,
    pub(crate) until: String,
    #[serde(default)]
    pub(crate) undocumented: bool,
    pub(crate) see: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReleaseStatus {
    Ga,
    PublicPreview,
    PrivatePreview,
}

#[derive(Deserialize)]
pub(crate) struct UnionEntry {
    pub(crate) rust_name: String,
    /// The `object` tags of its variants.
    pub(crate) variants: Vec<String>,
}

#[derive(Deserialize)]
pub(crate) struct ObjectEntry {
    pub(crate) rust_name: String,
    /// The family whose file holds it.
    pub(crate) family: String,
    /// The families that reach it.
    pub(crate) families: Vec<String>,
    /// The value of its `object` field, when it has one.
    #[serde(default)]
    pub(crate) object: Option<String>,
    /// What its ids start with.
    #[serde(default)]
    pub(crate) id_prefix: Option<String>,
    #[serde(default)]
    pub(crate) event_root: bool,
    #[serde(default)]
    pub(crate) deletable: bool,
    #[serde(default)]
    pub(crate) aliases: Vec<String>,
    pub(crate) fields: Vec<FieldEntry>,
}

#[derive(Deserialize)]
pub(crate) struct FieldEntry {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: FieldKind,
    /// Whether it may be left out in the version that the catalogue follows.
    pub(crate) optional: bool,
    /// Whether it may be null in that version.
    pub(crate) nullable: bool,
    /// Whether it was there and not null in every version since 2020.
    pub(crate) stable: bool,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum FieldKind {
    String {
        known: Option<String>,
    },
    Integer,
    Float,
    DecimalString,
    Boolean,
    Timestamp,
    TimestampRfc3339,
    Currency,
    Metadata,
    Map {
        of: Box<FieldKind>,
    },
    List {
        of: Box<FieldKind>,
    },
    Array {
        of: Box<FieldKind>,
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
    Literal {
        value: String,
    },
    Any,
}

impl FieldKind {
    /// The kind of the items, where the field holds several in a list, an array or a map; otherwise
    /// the kind itself.
    pub(crate) fn innermost(&self) -> &Self {
        let mut kind = self;
        while let Self::Map { of } | Self::List { of } | Self::Array { of } = kind {
            kind = of;
        }
        kind
    }

    /// Returns whether the type of the field is empty where Stripe leaves the field out, so that it
    /// needs no `Option`.
    pub(crate) fn is_empty_when_absent(&self) -> bool {
        match self {
            Self::Metadata | Self::Map { .. } | Self::List { .. } | Self::Array { .. } => true,
            Self::String { .. }
            | Self::Integer
            | Self::Float
            | Self::DecimalString
            | Self::Boolean
            | Self::Timestamp
            | Self::TimestampRfc3339
            | Self::Currency
            | Self::Expandable { .. }
            | Self::Object { .. }
            | Self::Union { .. }
            | Self::Enum { .. }
            | Self::Literal { .. }
            | Self::Any => false,
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct EnumEntry {
    /// `string` when it has too many values to be worth a Rust enum.
    pub(crate) kind: String,
    pub(crate) values: Vec<String>,
    pub(crate) families: Vec<String>,
    /// The paths of the fields that hold it.
    pub(crate) used_by: Vec<String>,
}

pub(crate) fn read_catalogue(path: &Path) -> Result<Catalogue, Box<dyn Error>> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?)
}
