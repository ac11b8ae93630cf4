//! The decoder against the oracle, on objects made from the catalogue and on what random edits make of them.

use serde_json::{Value, json};

use crate::{
    kinds::{KINDS, decoder_named},
    oracle::{Catalogue, json_equal},
};

/// A small generator of numbers (splitmix64), so that every run tries the same.
pub(crate) struct SeededDice(u64);

impl SeededDice {
    pub(crate) fn from_seed(seed: &str) -> Self {
        Self(seed.bytes().fold(0x5eed, |state, byte| state.wrapping_mul(31).wrapping_add(u64::from(byte))))
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.roll() % limit.max(1) as u64).unwrap()
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

/// How much of an object to make.
#[derive(Clone, Copy)]
enum Completeness {
    /// Only what it cannot do without.
    RequiredOnly,
    /// Everything.
    Everything,
    /// Anything between.
    RandomPart,
}

fn make_value(catalogue: &Catalogue, kind: &Value, extent: Completeness, dice: &mut SeededDice) -> Value {
    match kind["kind"].as_str().unwrap() {
        "string" => json!(["s3cr3t", "", "s3cr3t ünï\u{1F600}\"\\\n"][dice.below(3)]),
        "currency" => json!("usd"),
        "decimal_string" => json!("0.050000000000000000001"),
        "timestamp_rfc3339" => json!("2026-10-28T16:00:00.123Z"),
        "boolean" => json!(dice.one_in(2)),
        "integer" => json!([0, -1, 2000, i64::MAX][dice.below(4)]),
        "timestamp" => json!(1_793_145_600),
        "float" => [json!(25.5), json!(25), json!(-0.125)][dice.below(3)].clone(),
        "any" => json!({"anything": [1, null, {"deep": "text"}]}),
        "expandable" if dice.one_in(4) => {
            json!({"id": "id_expanded", "object": "whatever", "more": {"id": 7}})
        }
        "expandable" => json!("id_123"),
        "metadata" => json!({"order": "6735", "": "empty key"}),
        "enum" => match catalogue.section("enums")[kind["ref"].as_str().unwrap()]["values"].as_array() {
            Some(values) if !dice.one_in(4) => values[dice.below(values.len())].clone(),
            _ => json!("a_value_of_tomorrow"),
        },
        "map" => json!({"usd": make_value(catalogue, &kind["of"], extent, dice)}),
        "array" => (0..dice.below(3)).map(|_| make_value(catalogue, &kind["of"], extent, dice)).collect(),
        "list" => {
            let data: Value =
                (0..dice.below(3)).map(|_| make_value(catalogue, &kind["of"], extent, dice)).collect();
            json!({"object": "list", "data": data, "has_more": false, "url": "/v1/things"})
        }
        "union" => {
            let variants =
                catalogue.section("unions")[kind["ref"].as_str().unwrap()]["variants"].as_array().unwrap();
            match variants.get(dice.below(variants.len() + 1)) {
                Some(tag) => make_value(catalogue, &json!({"kind": "object", "ref": tag}), extent, dice),
                None => json!({"object": "a_kind_of_tomorrow", "id": "x_1", "more": 1}),
            }
        }
        "literal" => kind["value"].clone(),
        "object" => {
            let fields = catalogue.fields(kind["ref"].as_str().unwrap()).iter();
            let chosen = fields.filter_map(|field| {
                let wanted = match extent {
                    Completeness::Everything => true,
                    Completeness::RequiredOnly => field["stable"] == true,
                    Completeness::RandomPart => field["stable"] == true || dice.one_in(3),
                };
                let name = field["name"].as_str().unwrap().to_owned();
                // A `deleted` that is true makes a stub, which is a matter of its own.
                (wanted && name != "deleted")
                    .then(|| (name, make_value(catalogue, &field["type"], extent, dice)))
            });
            Value::Object(chosen.collect())
        }
        kind => panic!("a kind that is not made yet: {kind}"),
    }
}

/// Edits one random place: takes it out, puts something else there, or adds what nobody knows.
fn mutate_value(value: &mut Value, dice: &mut SeededDice) {
    let inner = match value {
        Value::Object(map) if !map.is_empty() => {
            let key = map.keys().nth(dice.below(map.len())).unwrap().clone();
            match dice.below(12) {
                0 => return drop(map.remove(&key)),
                1 => return drop(map.insert("unknown_to_all".to_owned(), json!([{"id": []}]))),
                _ => map.get_mut(&key),
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let at = dice.below(items.len());
            items.get_mut(at)
        }
        _ => None,
    };
    match inner {
        Some(inner) if (inner.is_object() || inner.is_array()) && !dice.one_in(3) => {
            mutate_value(inner, dice);
        }
        Some(Value::String(text)) if dice.one_in(2) => text.push_str(" and s3cr3t"),
        Some(Value::Number(number)) if dice.one_in(2) => *number = 7.into(),
        Some(place) if dice.one_in(3) => *place = Value::Null,
        Some(place) => {
            *place = match dice.below(11) {
                0 => json!(null),
                1 => json!(true),
                2 => json!(7),
                3 => json!(u64::MAX),
                4 => json!(0.5),
                5 => json!("another s3cr3t"),
                6 => json!([]),
                7 => json!({}),
                8 => json!([null]),
                9 => json!({"id": "id_expanded", "object": "customer"}),
                _ => json!({"object": "list", "data": null}),
            }
        }
        None => {}
    }
}

/// Writes JSON with its keys in any order.
fn write_json(value: &Value, dice: &mut SeededDice, text: &mut String) {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            for at in (1..entries.len()).rev() {
                entries.swap(at, dice.below(at + 1));
            }
            text.push('{');
            for (n, (key, value)) in entries.into_iter().enumerate() {
                text.push_str(if n == 0 { " " } else { ", " });
                text.push_str(&format!("{}: ", Value::String(key.clone())));
                write_json(value, dice, text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (n, item) in items.iter().enumerate() {
                text.push_str(if n == 0 { "" } else { ",\n" });
                write_json(item, dice, text);
            }
            text.push(']');
        }
        scalar => text.push_str(&scalar.to_string()),
    }
}

/// Holds decoder and oracle against each other; says whether the object was accepted.
fn decoders_agree(
    catalogue: &Catalogue,
    kind: &Value,
    name: &str,
    value: &Value,
    dice: &mut SeededDice,
) -> bool {
    let mut json = String::new();
    write_json(value, dice, &mut json);
    let expected = catalogue.expected_value(kind, value).ok().flatten();
    match (decoder_named(name)(&json), expected) {
        (Ok(found), Some(expected)) => {
            assert!(
                json_equal(&found, &expected),
                "{name} reads\n{json}\nas\n{found}\nbut should as\n{expected}"
            );
            true
        }
        (Err(error), None) => {
            let message = error.to_string();
            assert!(!message.contains("s3cr3t"), "{name} repeats what it read: {message}");
            assert!(path_exists(error.path(), value), "{message}: there is no such place in\n{json}");
            false
        }
        (Ok(_), None) => panic!("{name} accepts\n{json}"),
        (Err(error), Some(_)) => panic!("{name} refuses\n{json}\n{error}"),
    }
}

/// Whether an error's path leads somewhere. Keys of maps are not told, so that such a path ends for us where the map begins.
fn path_exists(path: &str, value: &Value) -> bool {
    let path = path.split(".*").next().unwrap_or_default().replace('[', ".[");
    let mut steps = path.split('.').filter(|step| !step.is_empty());
    let place = steps.try_fold(value, |value, step| match step.strip_prefix('[') {
        Some(index) => value.get(index.trim_end_matches(']').parse::<usize>().ok()?),
        None => value.get(step),
    });
    place.is_some()
}

/// Compares a sample and hundreds of things that random edits make of it; gives how many there were and how many were refused.
pub(crate) fn compare_mutations(
    catalogue: &Catalogue,
    kind: &Value,
    name: &str,
    sample: &Value,
    rounds: usize,
) -> (usize, usize) {
    let mut dice = SeededDice::from_seed(name);
    assert!(
        decoders_agree(catalogue, kind, name, sample, &mut dice),
        "{name} refuses its own sample {sample}"
    );
    let refused = (0..rounds).filter(|_| {
        let mut mutant = sample.clone();
        for _ in 0..=dice.below(2) {
            mutate_value(&mut mutant, &mut dice);
        }
        !decoders_agree(catalogue, kind, name, &mutant, &mut dice)
    });
    (rounds, refused.count())
}

#[test]
fn the_list_of_kinds_is_the_catalogues() {
    let mut expected: Vec<_> =
        Catalogue::load_catalogue().payloads().into_iter().map(|(_, name)| name).collect();
    expected.sort();
    let listed: Vec<_> = KINDS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(listed, expected);
}

#[test]
fn every_kind_reads_what_the_catalogue_says_it_is_and_refuses_the_rest() {
    let catalogue = Catalogue::load_catalogue();
    let (mut objects, mut tried, mut refused) = (0, 0, 0);
    for (kind, name) in catalogue.payloads() {
        let mut dice = SeededDice::from_seed(&name);
        for extent in [
            Completeness::RequiredOnly,
            Completeness::RandomPart,
            Completeness::RandomPart,
            Completeness::Everything,
        ] {
            let sample = make_value(&catalogue, &kind, extent, &mut dice);
            let (more, no) = compare_mutations(&catalogue, &kind, &name, &sample, 100);
            objects += 1;
            tried += more;
            refused += no;
        }
    }
    eprintln!(
        "{objects} objects, {tried} mutations of them, {refused} of these refused by decoder and oracle alike"
    );
    assert!(refused > tried / 50 && refused < tried, "the mutations try nothing");
}
