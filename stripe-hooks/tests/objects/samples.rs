//! Whole sample events, if there are some: `STRIPE_HOOKS_SAMPLES` names a folder of `.jsonl` files.

use serde_json::{Value, json};
use stripe_hooks::{
    catalogue,
    catalogue::{EventForm, EventStatus},
};

use crate::{differential::compare_mutations, environment, oracle::Catalogue};

#[test]
fn every_sample_event_decodes_and_loses_nothing() {
    let Some([folder]) = environment::paths_from_env([environment::SAMPLES_VARIABLE]) else { return };
    let catalogue = Catalogue::load_catalogue();
    let events = catalogue.section("snapshot_events").as_array().unwrap();
    let (mut typed, mut thin, mut mutations, mut refused) = (0, 0, 0, 0);
    let mut names = std::collections::BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "jsonl") {
            continue;
        }
        for line in std::fs::read_to_string(&path).unwrap().lines() {
            let event: Value = serde_json::from_str(line).unwrap();
            let name = event["type"].as_str().unwrap();
            let info = catalogue::lookup(name).unwrap_or_else(|| panic!("{name} is not in the catalogue"));
            names.insert(name.to_owned());
            if info.form == EventForm::Thin {
                assert_eq!(event["object"], "v2.core.event");
                thin += 1;
                continue;
            }
            let row = events.iter().find(|row| row["type"] == name).unwrap();
            let object = &event["data"]["object"];
            let (kind, table) = match row["union"].as_str() {
                Some(union) => (json!({"kind": "union", "ref": union}), "unions"),
                None => (json!({"kind": "object", "ref": object["object"]}), "objects"),
            };
            let rust_name =
                catalogue.section(table)[kind["ref"].as_str().unwrap()]["rust_name"].as_str().unwrap();
            let (tried, no) = compare_mutations(&catalogue, &kind, rust_name, object, 100);
            typed += 1;
            mutations += tried;
            refused += no;
        }
    }
    eprintln!(
        "{typed} snapshot events decoded and written again without loss, {thin} thin events known, {} names; \
         {mutations} mutations, {refused} refused by decoder and oracle alike",
        names.len()
    );
    let missing: Vec<_> = catalogue::all()
        .iter()
        .filter(|event| event.status == EventStatus::Available && !names.contains(event.name))
        .map(|event| event.name)
        .collect();
    assert!(missing.is_empty(), "the folder has no sample of {missing:?}");
}
