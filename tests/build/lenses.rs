//! Generates a lens of three fields for each object that an event carries. Together, the lenses read
//! every kind of field in every way: directly, through objects, and through arrays.

use std::{
    collections::BTreeMap,
    fmt::{self, Write},
};

use crate::catalogue::{Catalogue, FieldEntry, FieldKind, ObjectEntry};

/// Maximum number of keys in a path.
const MAX_PATH_DEPTH: usize = 4;

/// The form of a path to a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum PathForm {
    Plain,
    Optional,
    Within,
    OptionalWithin,
    Each,
}

/// A field that a lens can read.
struct ReadableField {
    path: String,
    /// The type of the value at the end of the path.
    ty: String,
    kind: &'static str,
    form: PathForm,
}

pub(crate) fn write_lenses(catalogue: &Catalogue) -> Result<String, fmt::Error> {
    let (mut structs, mut rows) = (String::new(), String::new());
    let mut chosen = BTreeMap::new();
    let mut each = BTreeMap::new();
    for (tag, object) in catalogue.objects.iter().filter(|(_, object)| object.event_root) {
        let name = &object.rust_name;
        let fields = choose_fields(readable_fields(catalogue, object), &mut chosen);
        writeln!(structs, "#[derive(Lens)]\n#[lens({tag:?})]\npub(super) struct {name} {{")?;
        for (field, ReadableField { path, ty, form, .. }) in FIELD_NAMES.iter().zip(&fields) {
            let ty = match form {
                PathForm::Plain | PathForm::Within => ty.clone(),
                PathForm::Optional | PathForm::OptionalWithin => format!("Option<{ty}>"),
                PathForm::Each => format!("Vec<{ty}>"),
            };
            writeln!(structs, "    #[lens(path = {path:?})]\n    pub(super) {field}: {ty},")?;
        }
        writeln!(structs, "}}\n")?;
        let paths: Vec<_> = fields.iter().map(|field| &field.path).collect();
        writeln!(rows, "    lens_case!({tag:?}, {name}, {paths:?}),")?;
        for ReadableField { kind, form, .. } in &fields {
            *each.entry((*kind, *form)).or_insert(0) += 1;
        }
    }
    let each = each.into_iter().map(|((kind, form), count)| (kind, format!("{form:?}"), count));
    let each: Vec<_> = each.collect();
    Ok(format!(
        "mod of {{\nuse super::*;\n\n{structs}}}\n\n\
         /// The lenses and their objects.\nconst ROWS: &[LensCase] = &[\n{rows}];\n\n\
         /// The number of fields of each kind and form.\nconst READ: &[(&str, &str, usize)] = &{each:?};\n"
    ))
}

const FIELD_NAMES: [&str; 3] = ["first", "second", "third"];

/// Chooses the three fields whose kinds and forms have been chosen least often for other objects.
fn choose_fields(
    mut all: Vec<ReadableField>,
    chosen: &mut BTreeMap<(&'static str, PathForm), usize>,
) -> Vec<ReadableField> {
    let mut three = Vec::new();
    while three.len() < FIELD_NAMES.len() && !all.is_empty() {
        let rank = |field: &ReadableField| {
            let as_often = chosen.get(&(field.kind, field.form)).copied().unwrap_or_default();
            (as_often, field.path.matches('.').count())
        };
        // Among equals, `min_by_key` returns the first field in the order of the catalogue.
        let best = (0..all.len()).min_by_key(|at| rank(&all[*at])).unwrap_or_default();
        let field = all.remove(best);
        *chosen.entry((field.kind, field.form)).or_default() += 1;
        three.push(field);
    }
    three
}

/// Returns every field of an object that a path of at most [`MAX_PATH_DEPTH`] keys leads to.
fn readable_fields(catalogue: &Catalogue, object: &ObjectEntry) -> Vec<ReadableField> {
    let mut found = Vec::new();
    let start = FieldLocation { path: String::new(), depth: 0, optional: false, among_others: false };
    collect_fields(catalogue, object, &start, &mut found);
    found
}

/// An object on the way of a path.
struct FieldLocation {
    path: String,
    depth: usize,
    optional: bool,
    among_others: bool,
}

fn collect_fields(
    catalogue: &Catalogue,
    object: &ObjectEntry,
    place: &FieldLocation,
    found: &mut Vec<ReadableField>,
) {
    for field in &object.fields {
        let FieldEntry { name, kind, stable, .. } = field;
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
        let form = match (place.among_others, place.depth > 0, optional) {
            (true, ..) => PathForm::Each,
            (_, true, true) => PathForm::OptionalWithin,
            (_, true, false) => PathForm::Within,
            (_, false, true) => PathForm::Optional,
            (_, false, false) => PathForm::Plain,
        };
        if let Some(ty) = ty {
            let kind = if own_id { "own id" } else { kind_name(kind) };
            found.push(ReadableField { path: path.clone(), ty, kind, form });
        }
        let (path, of, among_others) = match kind {
            FieldKind::Array { of } => (format!("{path}[]"), &**of, true),
            FieldKind::List { of } => (format!("{path}.data[]"), &**of, true),
            kind => (path, kind, place.among_others),
        };
        let depth = path.matches('.').count() + 1;
        if let FieldKind::Object { key } = of
            && depth < MAX_PATH_DEPTH
            && let Some(object) = catalogue.objects.get(key)
        {
            collect_fields(catalogue, object, &FieldLocation { path, depth, optional, among_others }, found);
        }
    }
}

/// Returns the Rust type of a field of this kind, or `None` if only the code generator knows its
/// name.
fn rust_type(catalogue: &Catalogue, kind: &FieldKind) -> Option<String> {
    let of = |of| rust_type(catalogue, of);
    Some(match kind {
        FieldKind::String { .. } | FieldKind::Literal { .. } => "String".to_owned(),
        FieldKind::Integer => "i64".to_owned(),
        FieldKind::Float => "f64".to_owned(),
        FieldKind::DecimalString => "Decimal".to_owned(),
        FieldKind::Boolean => "bool".to_owned(),
        FieldKind::Timestamp => "Timestamp".to_owned(),
        FieldKind::TimestampRfc3339 => "Rfc3339".to_owned(),
        FieldKind::Currency => "Currency".to_owned(),
        FieldKind::Metadata => "Metadata".to_owned(),
        FieldKind::Any => "Raw".to_owned(),
        FieldKind::Map { of: each } if !matches!(**each, FieldKind::Array { .. }) => {
            format!("BTreeMap<String, {}>", of(each)?)
        }
        FieldKind::Map { .. } => return None,
        FieldKind::List { of: each } => format!("List<{}>", of(each)?),
        FieldKind::Array { of: each } => format!("Vec<{}>", of(each)?),
        FieldKind::Expandable { to } => match to.as_slice() {
            [tag] => format!("Id<objects::{}>", catalogue.objects.get(tag)?.rust_name),
            _ => return None,
        },
        FieldKind::Object { key } => format!("objects::{}", catalogue.objects.get(key)?.rust_name),
        FieldKind::Union { key } => format!("objects::{}", catalogue.unions.get(key)?.rust_name),
        FieldKind::Enum { key } => format!("objects::{key}"),
    })
}

fn kind_name(kind: &FieldKind) -> &'static str {
    match kind {
        FieldKind::String { .. } => "string",
        FieldKind::Literal { .. } => "tag",
        FieldKind::Integer => "integer",
        FieldKind::Float => "float",
        FieldKind::DecimalString => "decimal",
        FieldKind::Boolean => "boolean",
        FieldKind::Timestamp => "timestamp",
        FieldKind::TimestampRfc3339 => "RFC 3339",
        FieldKind::Currency => "currency",
        FieldKind::Metadata => "metadata",
        FieldKind::Any => "anything",
        FieldKind::Map { .. } => "map",
        FieldKind::List { .. } => "list",
        FieldKind::Array { .. } => "array",
        FieldKind::Expandable { .. } => "id",
        FieldKind::Object { .. } => "object",
        FieldKind::Union { .. } => "union",
        FieldKind::Enum { .. } => "enum",
    }
}
