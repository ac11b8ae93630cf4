//! The samples of the test kit against the catalogue: in each form they decode, hold nothing that the catalogue does not know and
//! lack nothing that it promises; and Stripe's own objects, where there are some, are of the same kinds.

use std::{collections::BTreeMap, fs};

use serde_json::{Value, json};
use stripe_hooks::{
    catalogue::{self, EventForm, EventStatus},
    testing::{Form, Sample, sample},
};

use crate::{environment, kinds::decoder_named, oracle::Catalogue};

const SAMPLE_FORMS: [Form; 3] = [Form::Minimal, Form::Typical, Form::Full];

fn event_json(sample: &Sample) -> Value {
    serde_json::from_str(&sample.body()).unwrap()
}

/// The type of what a snapshot event carries, and its Rust name.
fn carried_object(catalogue: &Catalogue, name: &str, object: &Value) -> (Value, String) {
    let events = catalogue.section("snapshot_events").as_array().unwrap();
    let row = events.iter().find(|row| row["type"] == name).unwrap();
    let (kind, table) = match row["union"].as_str() {
        Some(union) => (json!({"kind": "union", "ref": union}), "unions"),
        None => (json!({"kind": "object", "ref": object["object"]}), "objects"),
    };
    let rust_name = catalogue.section(table)[kind["ref"].as_str().unwrap()]["rust_name"].as_str().unwrap();
    (kind.clone(), rust_name.to_owned())
}

/// All that is wrong with a value, by the catalogue of today and nothing else.
struct FaultFinder<'c> {
    catalogue: &'c Catalogue,
    found: Vec<String>,
}

impl FaultFinder<'_> {
    fn add_fault(&mut self, path: &str, fault: &str) {
        self.found.push(format!("{path}: {fault}"));
    }

    fn check_value(&mut self, kind: &Value, value: &Value, path: &str) {
        let as_text = value.as_str();
        let fits = match kind["kind"].as_str().unwrap() {
            "any" => true,
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64(),
            "timestamp" => value.as_i64().is_some_and(|time| (1_700_000_000..2_000_000_000).contains(&time)),
            "float" => value.is_number(),
            "string" => as_text.is_some_and(|text| !text.is_empty()),
            "currency" => as_text.is_some_and(|text| text.len() == 3),
            "decimal_string" => as_text.is_some_and(|text| text.parse::<f64>().is_ok()),
            "timestamp_rfc3339" => as_text.is_some_and(|text| text.ends_with('Z') && text.len() == 24),
            "enum" => {
                let values =
                    self.catalogue.section("enums")[kind["ref"].as_str().unwrap()]["values"].as_array();
                values.unwrap().contains(value)
            }
            "literal" => *value == kind["value"],
            "expandable" => as_text.is_some_and(|id| {
                let prefixes = kind["to"].as_array().unwrap().iter().filter_map(|tag| {
                    self.catalogue.section("objects")[tag.as_str().unwrap()]["id_prefix"].as_str()
                });
                let prefixes: Vec<_> = prefixes.collect();
                !id.is_empty()
                    && (prefixes.is_empty() || prefixes.iter().any(|prefix| id.starts_with(prefix)))
            }),
            "metadata" => value.as_object().is_some_and(|pairs| pairs.values().all(Value::is_string)),
            "map" => {
                let entries = value.as_object().into_iter().flatten();
                entries.for_each(|(name, value)| {
                    self.check_value(&kind["of"], value, &format!("{path}.{name}"));
                });
                value.is_object()
            }
            "list" => {
                self.check_items(&kind["of"], &value["data"], &format!("{path}.data"));
                value["object"] == "list" && value["has_more"].is_boolean() && value["url"].is_string()
            }
            "array" => {
                self.check_items(&kind["of"], value, path);
                value.is_array()
            }
            "object" => {
                self.check_object(kind["ref"].as_str().unwrap(), value, path);
                value.is_object()
            }
            "union" => {
                let union = &self.catalogue.section("unions")[kind["ref"].as_str().unwrap()];
                let known = union["variants"].as_array().unwrap().contains(&value["object"]);
                if known {
                    self.check_object(value["object"].as_str().unwrap(), value, path);
                }
                known
            }
            other => panic!("a kind that this test does not know: {other}"),
        };
        if !fits {
            self.add_fault(path, &format!("{value} is not {kind}"));
        }
    }

    fn check_items(&mut self, kind: &Value, items: &Value, path: &str) {
        for (at, item) in items.as_array().into_iter().flatten().enumerate() {
            self.check_value(kind, item, &format!("{path}[{at}]"));
        }
    }

    fn check_object(&mut self, key: &str, object: &Value, path: &str) {
        let fields = self.catalogue.fields(key);
        let Some(members) = object.as_object() else { return };
        for name in members.keys() {
            if !fields.iter().any(|field| field["name"] == **name) {
                self.add_fault(path, &format!("`{name}` is no field of `{key}`"));
            }
        }
        for field in fields {
            let name = field["name"].as_str().unwrap();
            let path = format!("{path}.{name}");
            match members.get(name) {
                None if field["optional"] == true => {}
                None => self.add_fault(&path, "is missing"),
                Some(Value::Null) if field["nullable"] == true => {}
                Some(value) => self.check_value(&field["type"], value, &path),
            }
        }
    }
}

#[test]
fn every_sample_is_what_the_catalogue_says_and_decodes_in_each_form() {
    let catalogue = Catalogue::load_catalogue();
    let mut faults = FaultFinder { catalogue: &catalogue, found: Vec::new() };
    let mut made = BTreeMap::new();
    for sample in sample::all().filter(|sample| sample.info().form == EventForm::Snapshot) {
        for form in SAMPLE_FORMS {
            for seed in [0, 1] {
                let name = sample.info().name;
                let event = event_json(&sample.clone().form(form).seed(seed));
                let object = &event["data"]["object"];
                let (kind, rust_name) = carried_object(&catalogue, name, object);
                faults.check_value(&kind, object, name);
                if let Err(error) = decoder_named(&rust_name)(&object.to_string()) {
                    faults.add_fault(name, &format!("{form:?}: {error}"));
                }
                *made.entry(name).or_insert(0) += 1;
            }
        }
    }
    assert!(
        faults.found.is_empty(),
        "{} faults:\n{}",
        faults.found.len(),
        faults.found[..faults.found.len().min(40)].join("\n")
    );
    assert_eq!(made.len(), 275);
}

/// Counts the fields that an object of full form has, and those that the catalogue knows of it.
#[test]
fn the_full_form_leaves_nothing_out_and_the_minimal_one_all_that_may_be() {
    let catalogue = Catalogue::load_catalogue();
    for sample in sample::all().filter(|sample| sample.info().form == EventForm::Snapshot) {
        let object = |form| event_json(&sample.clone().form(form))["data"]["object"].clone();
        let (full, minimal) = (object(Form::Full), object(Form::Minimal));
        let (name, tag) = (sample.info().name, full["object"].as_str().unwrap());
        for field in catalogue.fields(tag) {
            let field_name = field["name"].as_str().unwrap();
            if (name, field_name) != ("invoice.upcoming", "id") {
                assert!(!full[field_name].is_null(), "{name}: {field_name} of the full form");
            }
        }
        let size =
            |value: &Value| value.as_object().unwrap().values().filter(|value| !value.is_null()).count();
        assert!(size(&minimal) <= size(&full), "{name}");
    }
}

#[test]
fn what_the_name_of_an_event_implies_is_so() {
    let catalogue = Catalogue::load_catalogue();
    for row in catalogue.section("snapshot_events").as_array().unwrap() {
        let Some(implies) = row["implies"].as_object() else { continue };
        for form in SAMPLE_FORMS {
            let event = event_json(&sample::event(row["type"].as_str().unwrap()).unwrap().form(form));
            for (name, value) in implies {
                assert_eq!(&event["data"]["object"][name], value, "{}: {name}", row["type"]);
            }
        }
    }
}

#[test]
fn updates_tell_what_the_object_was_before() {
    let catalogue = Catalogue::load_catalogue();
    let mut faults = FaultFinder { catalogue: &catalogue, found: Vec::new() };
    let mut seen = 0;
    for sample in sample::all().filter(|sample| sample.info().form == EventForm::Snapshot) {
        let (name, event) = (sample.info().name, event_json(&sample));
        let previous = &event["data"]["previous_attributes"];
        assert_eq!(previous.is_object(), name.ends_with(".updated"), "{name}");
        for (attribute, was) in previous.as_object().into_iter().flatten() {
            let object = &event["data"]["object"];
            assert_ne!(&object[attribute], was, "{name}: {attribute}");
            let field = catalogue.fields(object["object"].as_str().unwrap()).iter();
            let field = field.clone().find(|field| field["name"] == **attribute).unwrap();
            // Of an object inside, only what changed is there.
            if !was.is_object() {
                faults.check_value(&field["type"], was, &format!("{name}: {attribute}"));
            }
            seen += 1;
        }
    }
    assert!(faults.found.is_empty(), "{:#?}", faults.found);
    assert_eq!(seen, 47);
}

#[test]
fn thin_twins_point_at_their_snapshots() {
    let mut pairs = 0;
    for info in catalogue::all().iter().filter(|info| info.status == EventStatus::Available) {
        let made = sample::event(info.name).unwrap().seed(9);
        let Some(twin) = made.twin() else { continue };
        assert_eq!(Some(twin.info().name), info.twin);
        let (made, twin) = (event_json(&made), event_json(&twin));
        let (snapshot, thin) = if info.form == EventForm::Thin { (twin, made) } else { (made, twin) };
        assert_eq!(thin["snapshot_event"], snapshot["id"], "{}", info.name);
        let related = &thin["related_object"];
        if related.is_object() && !snapshot["data"]["object"]["id"].is_null() {
            assert_eq!(related["id"], snapshot["data"]["object"]["id"], "{}", info.name);
            assert_eq!(related["type"], snapshot["data"]["object"]["object"], "{}", info.name);
        }
        pairs += 1;
    }
    assert!(pairs > 400, "only {pairs} of a pair");
}

#[test]
fn thin_samples_are_what_the_catalogue_says() {
    let catalogue = Catalogue::load_catalogue();
    let rows = catalogue.section("thin_events").as_array().unwrap();
    let mut faults = FaultFinder { catalogue: &catalogue, found: Vec::new() };
    let mut made = 0;
    for sample in sample::all().filter(|sample| sample.info().form == EventForm::Thin) {
        let name = sample.info().name;
        let row = rows.iter().find(|row| row["type"] == name).unwrap();
        for form in SAMPLE_FORMS {
            let event = event_json(&sample.clone().form(form));
            assert_eq!(event["object"], "v2.core.event");
            assert_eq!(event["related_object"]["type"], row["related_object"], "{name}");
            let url = event["related_object"]["url"].as_str().unwrap_or("/v1/");
            assert!(url.starts_with("/v1/") || url.starts_with("/v2/"), "{name}: {url}");
            if form == Form::Full && row["data"].is_string() {
                faults.check_object(row["data"].as_str().unwrap(), &event["data"], name);
            } else {
                assert!(event["data"].is_null(), "{name}");
            }
        }
        made += 1;
    }
    assert!(faults.found.is_empty(), "{:#?}", faults.found);
    assert_eq!(made, 326);
}

/// The kinds of JSON that stand at each path; items of arrays share one.
fn collect_json_kinds(value: &Value, path: &str, kinds: &mut BTreeMap<String, Vec<&'static str>>) {
    let kind = match value {
        Value::Null => return,
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    let known = kinds.entry(path.to_owned()).or_default();
    if !known.contains(&kind) {
        known.push(kind);
    }
    match value {
        Value::Array(items) => {
            items.iter().for_each(|item| collect_json_kinds(item, &format!("{path}[]"), kinds));
        }
        Value::Object(members) => {
            members
                .iter()
                .for_each(|(name, value)| collect_json_kinds(value, &format!("{path}.{name}"), kinds));
        }
        _ => {}
    }
}

/// Which kinds of Stripe's own objects the samples are compared with, and where the two may differ.
#[test]
fn stripes_own_objects_have_no_field_of_another_kind() {
    let Some([folder]) = environment::paths_from_env([environment::SAMPLES_VARIABLE]) else { return };
    let text = fs::read_to_string(folder.join("fixtures3.json")).unwrap();
    let fixtures: Value = serde_json::from_str(&text).unwrap();
    let (mut contradictions, mut compared, mut objects) = (Vec::new(), 0, 0);
    let mut samples = BTreeMap::<String, BTreeMap<_, _>>::new();
    for sample in sample::all().filter(|sample| sample.info().form == EventForm::Snapshot) {
        for tag in sample.info().objects {
            let sample = sample.clone().set("object", tag).form(Form::Full);
            let object = &event_json(&sample)["data"]["object"];
            collect_json_kinds(object, "", samples.entry((*tag).to_owned()).or_default());
        }
    }
    for (tag, ours) in &samples {
        let theirs = &fixtures["resources"][tag];
        let mut kinds = BTreeMap::new();
        collect_json_kinds(theirs, "", &mut kinds);
        objects += usize::from(theirs.is_object());
        for (path, kinds) in kinds {
            let Some(ours) = ours.get(&path) else { continue };
            for kind in kinds {
                compared += 1;
                let expanded = kind == "an object" && ours == &["a string"];
                if !ours.contains(&kind) && !expanded {
                    contradictions.push(format!("{tag}{path}: Stripe's is {kind}, ours is {ours:?}"));
                }
            }
        }
    }
    assert!(
        contradictions.is_empty(),
        "{} contradictions:\n{}",
        contradictions.len(),
        contradictions.join("\n")
    );
    println!("{compared} fields of {objects} of Stripe's own objects: of the same kind as in the samples");
    assert!(objects >= 60 && compared > 1000, "only {compared} fields of {objects} objects");
}
