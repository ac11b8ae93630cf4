//! Generates a lens of three fields for each object that an event carries. Together, the lenses read
//! every kind of field in every way: directly, through objects, and through arrays.

use std::{
    collections::BTreeMap,
    fmt::{self, Write},
};

use crate::catalogue::{Catalogue, Field, Kind, Object};

/// Maximum number of keys in a path.
const DEPTH: usize = 4;

/// The way in which a path leads to a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Plain,
    Optional,
    Within,
    OptionalWithin,
    Each,
}

/// A field that a lens can read.
struct Readable {
    path: String,
    /// The type of the value at the end of the path.
    ty: String,
    kind: &'static str,
    way: Way,
}

pub(crate) fn write(catalogue: &Catalogue) -> Result<String, fmt::Error> {
    let (mut structs, mut rows) = (String::new(), String::new());
    let mut chosen = BTreeMap::new();
    let mut each = BTreeMap::new();
    for (tag, object) in catalogue.objects.iter().filter(|(_, object)| object.event_root) {
        let name = &object.rust_name;
        let fields = choose(readable(catalogue, object), &mut chosen);
        writeln!(structs, "#[derive(Lens)]\n#[lens({tag:?})]\npub(super) struct {name} {{")?;
        for (field, Readable { path, ty, way, .. }) in NAMES.iter().zip(&fields) {
            let ty = match way {
                Way::Plain | Way::Within => ty.clone(),
                Way::Optional | Way::OptionalWithin => format!("Option<{ty}>"),
                Way::Each => format!("Vec<{ty}>"),
            };
            writeln!(structs, "    #[lens(path = {path:?})]\n    pub(super) {field}: {ty},")?;
        }
        writeln!(structs, "}}\n")?;
        let paths: Vec<_> = fields.iter().map(|field| &field.path).collect();
        writeln!(rows, "    row!({tag:?}, {name}, {paths:?}),")?;
        for Readable { kind, way, .. } in &fields {
            *each.entry((*kind, *way)).or_insert(0) += 1;
        }
    }
    let each = each.into_iter().map(|((kind, way), count)| (kind, format!("{way:?}"), count));
    let each: Vec<_> = each.collect();
    Ok(format!(
        "mod of {{\nuse super::*;\n\n{structs}}}\n\n\
         /// The lenses and their objects.\nconst ROWS: &[Row] = &[\n{rows}];\n\n\
         /// The number of fields of each kind and way.\nconst READ: &[(&str, &str, usize)] = &{each:?};\n"
    ))
}

const NAMES: [&str; 3] = ["first", "second", "third"];

/// Chooses the three fields whose kinds and ways have been chosen least often for other objects.
fn choose(mut all: Vec<Readable>, chosen: &mut BTreeMap<(&'static str, Way), usize>) -> Vec<Readable> {
    let mut three = Vec::new();
    while three.len() < NAMES.len() && !all.is_empty() {
        let rank = |field: &Readable| {
            let as_often = chosen.get(&(field.kind, field.way)).copied().unwrap_or_default();
            (as_often, field.path.matches('.').count())
        };
        // Among equals, `min_by_key` returns the first field in the order of the catalogue.
        let best = (0..all.len()).min_by_key(|at| rank(&all[*at])).unwrap_or_default();
        let field = all.remove(best);
        *chosen.entry((field.kind, field.way)).or_default() += 1;
        three.push(field);
    }
    three
}

/// Returns every field of an object that a path of at most [`DEPTH`] keys leads to.
fn readable(catalogue: &Catalogue, object: &Object) -> Vec<Readable> {
    let mut found = Vec::new();
    let start = Place { path: String::new(), depth: 0, optional: false, among_others: false };
    collect(catalogue, object, &start, &mut found);
    found
}

/// An object on the way of a path.
struct Place {
    path: String,
    depth: usize,
    optional: bool,
    among_others: bool,
}

fn collect(catalogue: &Catalogue, object: &Object, place: &Place, found: &mut Vec<Readable>) {
    for field in &object.fields {
        let Field { name, kind, stable, .. } = field;
        let separator = if place.path.is_empty() { "" } else { "." };
        let path = format!("{}{separator}{name}", place.path);
        // A missing collection reads as an empty one.
        let optional = if *stable || kind.is_empty_when_absent() { place.optional } else { true };
        let own_id = name == "id" && object.event_root;
        let ty = if own_id {
            Some(format!("Id<objects::{}>", object.rust_name))
        } else {
            rust_type(catalogue, kind)
        };
        let way = match (place.among_others, place.depth > 0, optional) {
            (true, ..) => Way::Each,
            (_, true, true) => Way::OptionalWithin,
            (_, true, false) => Way::Within,
            (_, false, true) => Way::Optional,
            (_, false, false) => Way::Plain,
        };
        if let Some(ty) = ty {
            let kind = if own_id { "own id" } else { named(kind) };
            found.push(Readable { path: path.clone(), ty, kind, way });
        }
        let (path, of, among_others) = match kind {
            Kind::Array { of } => (format!("{path}[]"), &**of, true),
            Kind::List { of } => (format!("{path}.data[]"), &**of, true),
            kind => (path, kind, place.among_others),
        };
        let depth = path.matches('.').count() + 1;
        if let Kind::Object { key } = of
            && depth < DEPTH
            && let Some(object) = catalogue.objects.get(key)
        {
            collect(catalogue, object, &Place { path, depth, optional, among_others }, found);
        }
    }
}

/// Returns the Rust type of a field of this kind, or `None` if only the code generator knows its
/// name.
fn rust_type(catalogue: &Catalogue, kind: &Kind) -> Option<String> {
    let of = |of| rust_type(catalogue, of);
    Some(match kind {
        Kind::String { .. } | Kind::Literal { .. } => "String".to_owned(),
        Kind::Integer => "i64".to_owned(),
        Kind::Float => "f64".to_owned(),
        Kind::DecimalString => "Decimal".to_owned(),
        Kind::Boolean => "bool".to_owned(),
        Kind::Timestamp => "Timestamp".to_owned(),
        Kind::TimestampRfc3339 => "Rfc3339".to_owned(),
        Kind::Currency => "Currency".to_owned(),
        Kind::Metadata => "Metadata".to_owned(),
        Kind::Any => "Raw".to_owned(),
        Kind::Map { of: each } if !matches!(**each, Kind::Array { .. }) => {
            format!("BTreeMap<String, {}>", of(each)?)
        }
        Kind::Map { .. } => return None,
        Kind::List { of: each } => format!("List<{}>", of(each)?),
        Kind::Array { of: each } => format!("Vec<{}>", of(each)?),
        Kind::Expandable { to } => match to.as_slice() {
            [tag] => format!("Id<objects::{}>", catalogue.objects.get(tag)?.rust_name),
            _ => return None,
        },
        Kind::Object { key } => format!("objects::{}", catalogue.objects.get(key)?.rust_name),
        Kind::Union { key } => format!("objects::{}", catalogue.unions.get(key)?.rust_name),
        Kind::Enum { key } => format!("objects::{key}"),
    })
}

fn named(kind: &Kind) -> &'static str {
    match kind {
        Kind::String { .. } => "string",
        Kind::Literal { .. } => "tag",
        Kind::Integer => "integer",
        Kind::Float => "float",
        Kind::DecimalString => "decimal",
        Kind::Boolean => "boolean",
        Kind::Timestamp => "timestamp",
        Kind::TimestampRfc3339 => "RFC 3339",
        Kind::Currency => "currency",
        Kind::Metadata => "metadata",
        Kind::Any => "anything",
        Kind::Map { .. } => "map",
        Kind::List { .. } => "list",
        Kind::Array { .. } => "array",
        Kind::Expandable { .. } => "id",
        Kind::Object { .. } => "object",
        Kind::Union { .. } => "union",
        Kind::Enum { .. } => "enum",
    }
}
