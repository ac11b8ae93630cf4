//! A second reading of the rules, over `serde_json::Value` and the catalogue: what a decoder must make of a JSON object, or that
//! it must refuse it. It shares no code with the decoder.

use serde_json::{Map, Value, json};

pub(crate) struct Catalogue(Value);

/// The object must be refused.
#[derive(Debug)]
pub(crate) struct DecodeRefused;

impl Catalogue {
    pub(crate) fn load_catalogue() -> Self {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/codegen/catalogue.json");
        Self(serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
    }

    pub(crate) fn section(&self, name: &str) -> &Value {
        &self.0[name]
    }

    /// The key and Rust name of each object and union that an event carries.
    pub(crate) fn payloads(&self) -> Vec<(Value, String)> {
        let name = |entry: &Value| entry["rust_name"].as_str().unwrap().to_owned();
        let roots =
            self.0["objects"].as_object().unwrap().iter().filter(|(_, object)| object["event_root"] == true);
        let roots = roots.map(|(key, object)| (json!({"kind": "object", "ref": key}), name(object)));
        let unions = self.0["unions"].as_object().unwrap().iter();
        roots.chain(unions.map(|(key, union)| (json!({"kind": "union", "ref": key}), name(union)))).collect()
    }

    pub(crate) fn fields(&self, key: &str) -> &[Value] {
        self.0["objects"][key]["fields"].as_array().unwrap()
    }

    /// What a value of this type reads as; `None` when it is null.
    pub(crate) fn expected_value(&self, kind: &Value, value: &Value) -> Result<Option<Value>, DecodeRefused> {
        let accepted = |accepted: bool| if accepted { Ok(Some(value.clone())) } else { Err(DecodeRefused) };
        let kind_name = kind["kind"].as_str().unwrap();
        if value.is_null() {
            return Ok(None);
        }
        match kind_name {
            "any" => accepted(true),
            "boolean" => accepted(value.is_boolean()),
            "integer" | "timestamp" => accepted(value.is_i64()),
            "float" => accepted(value.is_number()),
            "string" | "currency" | "decimal_string" | "timestamp_rfc3339" | "enum" => {
                accepted(value.is_string())
            }
            "expandable" => match value {
                Value::String(_) => accepted(true),
                Value::Object(expanded) => match expanded.get("id") {
                    Some(Value::String(id)) => Ok(Some(json!(id))),
                    _ => Err(DecodeRefused),
                },
                _ => Err(DecodeRefused),
            },
            "metadata" => self.expected_map(&json!({"kind": "string"}), value),
            "map" => self.expected_map(&kind["of"], value),
            "array" => self.expected_array(&kind["of"], value),
            "list" => self.expected_list(&kind["of"], value),
            "object" => self.expected_object(kind["ref"].as_str().unwrap(), value),
            "union" => {
                let tag = value.as_object().ok_or(DecodeRefused)?.get("object").and_then(Value::as_str);
                let variants =
                    self.0["unions"][kind["ref"].as_str().unwrap()]["variants"].as_array().unwrap();
                match tag.filter(|tag| variants.iter().any(|variant| variant == tag)) {
                    Some(tag) => self.expected_object(tag, value),
                    None => accepted(true),
                }
            }
            kind => panic!("a kind that the oracle has not heard of: {kind}"),
        }
    }

    fn expected_object(&self, key: &str, value: &Value) -> Result<Option<Value>, DecodeRefused> {
        let given = value.as_object().ok_or(DecodeRefused)?;
        let mut reading = Map::new();
        for field in self.fields(key) {
            let name = field["name"].as_str().unwrap();
            let kind = &field["type"];
            let value = given.get(name).unwrap_or(&Value::Null);
            if kind["kind"] == "literal" {
                if given.contains_key(name) && *value != kind["value"] {
                    return Err(DecodeRefused);
                }
                reading.insert(name.to_owned(), kind["value"].clone());
                continue;
            }
            let empty = match kind["kind"].as_str().unwrap() {
                "array" => Some(json!([])),
                "map" | "metadata" => Some(json!({})),
                "list" => Some(json!({"object": "list", "data": []})),
                _ => None,
            };
            match self.expected_value(kind, value)?.or(empty) {
                Some(value) => {
                    reading.insert(name.to_owned(), value);
                }
                None if field["stable"] == true => return Err(DecodeRefused),
                None => {}
            }
        }
        Ok(Some(Value::Object(reading)))
    }

    fn expected_list(&self, of: &Value, value: &Value) -> Result<Option<Value>, DecodeRefused> {
        let given = value.as_object().ok_or(DecodeRefused)?;
        let mut reading = Map::new();
        if given.get("object").is_some_and(|tag| tag != "list") {
            return Err(DecodeRefused);
        }
        reading.insert("object".to_owned(), json!("list"));
        let data = match given.get("data") {
            None | Some(Value::Null) => json!([]),
            Some(data) => self.expected_array(of, data)?.unwrap(),
        };
        reading.insert("data".to_owned(), data);
        for (name, kind) in [("has_more", "boolean"), ("total_count", "integer"), ("url", "string")] {
            let value = given.get(name).unwrap_or(&Value::Null);
            if let Some(value) = self.expected_value(&json!({"kind": kind}), value)? {
                reading.insert(name.to_owned(), value);
            }
        }
        Ok(Some(Value::Object(reading)))
    }

    fn expected_array(&self, of: &Value, value: &Value) -> Result<Option<Value>, DecodeRefused> {
        let items = value
            .as_array()
            .ok_or(DecodeRefused)?
            .iter()
            .map(|item| self.expected_value(of, item)?.ok_or(DecodeRefused));
        Ok(Some(Value::Array(items.collect::<Result<_, _>>()?)))
    }

    fn expected_map(&self, of: &Value, value: &Value) -> Result<Option<Value>, DecodeRefused> {
        let mut reading = Map::new();
        for (name, value) in value.as_object().ok_or(DecodeRefused)? {
            if let Some(value) = self.expected_value(of, value)? {
                reading.insert(name.clone(), value);
            }
        }
        Ok(Some(Value::Object(reading)))
    }
}

/// Whether two values are the same JSON; numbers by what they are worth.
pub(crate) fn json_equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| json_equal(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| json_equal(a, b)))
        }
        _ => one == other,
    }
}
