//! A lens of three fields for each object that an event carries, written at build time (`build/lenses.rs`): what it reads is what the
//! whole object holds.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use serde::Serialize;
use serde_json::{Map, Value, json};
use stripe_hooks::{
    __private::schema::{self, Kind, Presence, Shape},
    Currency, Decimal, DecodeError, EventForm, EventInfo, EventStatus, Id, Lens, List, Metadata, Object, Raw,
    Timestamp, catalogue, objects,
};

use crate::environment;

/// A lens, the object that it is of, and where its fields are.
struct LensCase {
    object: &'static str,
    paths: [&'static str; 3],
    decode_lens: fn(&str) -> Result<[Value; 3], DecodeError>,
    decode_object: fn(&str) -> Result<Value, DecodeError>,
}

macro_rules! lens_case {
    ($object:literal, $name:ident, $paths:expr) => {
        LensCase {
            object: $object,
            paths: $paths,
            decode_lens: |json| {
                let lens = of::$name::decode(json)?;
                Ok([to_json(lens.first), to_json(lens.second), to_json(lens.third)])
            },
            decode_object: |json| objects::$name::decode(json).map(to_json),
        }
    };
}

include!(concat!(env!("OUT_DIR"), "/lenses.rs"));

fn to_json(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}

impl LensCase {
    fn for_object(object: &str) -> &'static Self {
        ROWS.iter().find(|row| row.object == object).unwrap_or_else(|| panic!("no lens is of {object}"))
    }

    /// Reads an object as a whole and through the lens; gives how many of the fields there were something in.
    fn count_equal_fields(&self, json: &str) -> usize {
        let Self { object, paths, decode_lens, decode_object: decode } = self;
        let whole = decode(json).unwrap_or_else(|error| panic!("{object}: {error} in {json}"));
        let seen = decode_lens(json).unwrap_or_else(|error| panic!("a lens of {object}: {error} in {json}"));
        let seen = seen.map(comparable);
        for (path, seen) in paths.iter().zip(&seen) {
            let held = comparable(follow_path(&whole, path));
            assert_eq!(*seen, held, "`{path}` of {object}: a lens and the object differ on {json}");
        }
        seen.iter().filter(|seen| !seen.is_null()).count()
    }
}

/// What stands at the end of a path: null where nothing does; behind `[]` everything that is found.
fn follow_path(value: &Value, path: &str) -> Value {
    let (step, rest) = path.split_once('.').unwrap_or((path, ""));
    let next = value.get(step.trim_end_matches("[]")).unwrap_or(&Value::Null);
    let go_on = |next: &Value| if rest.is_empty() { next.clone() } else { follow_path(next, rest) };
    if !step.ends_with("[]") {
        return go_on(next);
    }
    let found = next.as_array().into_iter().flatten().map(go_on);
    found
        .flat_map(|found| match found {
            Value::Array(several) if rest.contains("[]") => several,
            one => vec![one],
        })
        .collect()
}

/// A value without what both cannot tell alike: a whole object makes an empty list or map of one that is not there, and a lens skips it
/// behind `[]`, as it does null.
fn comparable(value: Value) -> Value {
    let is_empty = |value: &Value| value.as_array().is_some_and(Vec::is_empty);
    match value {
        Value::Array(items) => {
            let items: Vec<_> = items.into_iter().map(comparable).filter(|item| !item.is_null()).collect();
            if items.is_empty() { Value::Null } else { Value::Array(items) }
        }
        Value::Object(map) if map.is_empty() => Value::Null,
        Value::Object(map) if map.len() == 2 && map.get("data").is_some_and(is_empty) => Value::Null,
        value => value,
    }
}

/// How much of an object to make.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Completeness {
    /// Only what is in every version of the API.
    RequiredOnly,
    /// Every key, but null wherever it may be.
    NullWherePossible,
    Everything,
}

/// Makes values, each a little different from the last.
struct ObjectMaker {
    completeness: Completeness,
    counter: usize,
}

impl ObjectMaker {
    fn make_object(&mut self, shape: &Shape) -> Value {
        let mut object = Map::new();
        for field in shape.fields {
            let value = match (self.completeness, field.presence) {
                // One that is true makes a stub, which is a matter of its own.
                (Completeness::Everything, _) if field.name == "deleted" => json!(false),
                (Completeness::Everything, _) | (_, Presence::Always) => self.make_value(&field.kind),
                (Completeness::NullWherePossible, Presence::Null | Presence::Either) => Value::Null,
                (Completeness::NullWherePossible, Presence::Now) => self.make_value(&field.kind),
                (Completeness::RequiredOnly, _) | (Completeness::NullWherePossible, Presence::Absent) => {
                    continue;
                }
            };
            object.insert(field.name.to_owned(), value);
        }
        Value::Object(object)
    }

    fn make_value(&mut self, kind: &Kind) -> Value {
        self.counter += 1;
        let made = self.counter;
        match kind {
            Kind::Text => json!(format!("text \"{made}\" of ünï\u{1F600}")),
            Kind::Tag(tag) => json!(tag),
            Kind::Integer => json!(made),
            Kind::Number => json!(0.25 + f64::from(u32::try_from(made).unwrap())),
            Kind::Decimal => json!(format!("{made}.000000000000000000001")),
            Kind::Flag => json!(made.is_multiple_of(2)),
            Kind::Time => json!(1_793_145_600 + made),
            Kind::Rfc3339 => json!(format!("2026-10-28T16:00:00.{made:09}Z")),
            Kind::Currency => json!(["usd", "eur", "jpy"][made % 3]),
            Kind::Any => json!({"anything": [made, null, {"deep": "text"}]}),
            Kind::Metadata => json!({"order": made.to_string(), "": "an empty key"}),
            Kind::Enum(values) if made.is_multiple_of(5) => {
                json!(format!("of tomorrow, not of {}", values.known.len()))
            }
            Kind::Enum(values) => json!(values.known[made % values.known.len()]),
            Kind::Id(_) if made.is_multiple_of(4) => {
                json!({"id": format!("id_{made}"), "object": "expanded"})
            }
            Kind::Id(_) => json!(format!("id_{made}")),
            Kind::Record(shape) => self.make_object(shape),
            Kind::Union(union) => self.make_object(union.variants[made % union.variants.len()]),
            Kind::List(items) => json!({"object": "list", "data": self.make_items(items), "has_more": true}),
            Kind::Array(items) => self.make_items(items),
            Kind::Map(entries) => json!({"one": self.make_value(entries), "other": self.make_value(entries)}),
        }
    }

    /// None, one or two.
    fn make_items(&mut self, kind: &Kind) -> Value {
        let count = if self.completeness == Completeness::Everything { 2 } else { self.counter % 3 };
        (0..count).map(|_| self.make_value(kind)).collect()
    }
}

#[test]
fn a_lens_of_each_object_reads_what_the_object_holds() {
    let (mut objects, mut found) = (0, 0);
    for row in ROWS {
        let shape = schema::find_shape(row.object).unwrap();
        for completeness in
            [Completeness::RequiredOnly, Completeness::NullWherePossible, Completeness::Everything]
        {
            let made = ObjectMaker { completeness, counter: 0 }.make_object(shape);
            let here = row.count_equal_fields(&made.to_string());
            assert!(
                completeness != Completeness::Everything || here == 3,
                "{:?} lead nowhere in {made}",
                row.paths
            );
            objects += 1;
            found += here;
        }
    }
    eprintln!(
        "{} lenses on {objects} objects, with {found} values in their {} fields",
        ROWS.len(),
        objects * 3
    );
    let available =
        |event: &&&EventInfo| (event.form, event.status) == (EventForm::Snapshot, EventStatus::Available);
    let carried: BTreeSet<_> =
        catalogue::all().iter().filter(available).flat_map(|event| event.objects.iter().copied()).collect();
    assert_eq!(ROWS.iter().map(|row| row.object).collect::<BTreeSet<_>>(), carried);
}

#[test]
fn the_lenses_read_every_kind_of_field_in_every_way() {
    for (kind, form, count) in READ {
        eprintln!("{count:3} {kind} {form}");
    }
    let kinds = [
        "anything",
        "array",
        "boolean",
        "currency",
        "decimal",
        "enum",
        "float",
        "id",
        "integer",
        "list",
        "map",
        "metadata",
        "object",
        "own id",
        "string",
        "tag",
        "timestamp",
        "union",
    ];
    for kind in kinds {
        assert!(READ.iter().any(|(read, ..)| *read == kind), "no lens reads a field that is {kind}");
    }
    for form in ["Plain", "Optional", "Within", "OptionalWithin", "Each"] {
        let kinds = READ.iter().filter(|(_, read, _)| *read == form).count();
        assert!(kinds >= 8, "only {kinds} kinds of field are read so: {form}");
    }
}

#[test]
fn every_sample_event_gives_a_lens_what_it_gives_the_object() {
    let Some([folder]) = environment::paths_from_env([environment::SAMPLES_VARIABLE]) else {
        return;
    };
    let mut events = BTreeMap::new();
    let mut found = 0;
    for file in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_none_or(|extension| extension != "jsonl") {
            continue;
        }
        for line in fs::read_to_string(&file).unwrap().lines() {
            let event: Value = serde_json::from_str(line).unwrap();
            if event["object"] == "v2.core.event" {
                // A thin event has no object to look at.
                continue;
            }
            let object = &event["data"]["object"];
            let row = LensCase::for_object(object["object"].as_str().unwrap());
            found += row.count_equal_fields(&object.to_string());
            *events.entry(row.object).or_insert(0) += 1;
        }
    }
    let count: usize = events.values().sum();
    eprintln!("{count} sample events of {} objects through lenses, which found {found} values", events.len());
    let missing: Vec<_> =
        ROWS.iter().map(|row| row.object).filter(|object| !events.contains_key(object)).collect();
    assert!(missing.is_empty(), "the folder has no sample of {missing:?}");
}
