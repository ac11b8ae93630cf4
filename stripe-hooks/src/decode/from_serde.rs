//! The loop that fills a record from whatever serde reads. From JSON text, [`from_json`](super::from_json) does the same in less time.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{
    error::{DecodeProblem, ErrorTrail},
    from_json::{missing_field_problem, read_union, reset_record},
    peek::known_tag,
    record::{DecodeValue, EntryMap, ItemList, Layout, PendingEntry, Record, Slot},
};
use crate::json::Raw;

/// serde's `Deserialize`, for any value that has a place to be written to.
pub(crate) fn deserialize<'de, D: Deserializer<'de>, T: DecodeValue>(deserializer: D) -> Result<T, D::Error> {
    let mut value = T::blank();
    let mut trail = ErrorTrail::default();
    match (SlotSeed { slot: value.slot(), trail: &mut trail }).deserialize(deserializer) {
        Ok(()) => Ok(value),
        Err(error) => Err(trail.into_error().map_or(error, D::Error::custom)),
    }
}

/// A slot that is about to be filled, and the trail that a failure leaves on its way out.
struct SlotSeed<'s, 't> {
    slot: Slot<'s>,
    trail: &'t mut ErrorTrail,
}

impl<'de> DeserializeSeed<'de> for SlotSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.slot {
            Slot::Raw(_) | Slot::Union(_) | Slot::MaybeWhole(_) => {
                let json = <Box<RawValue> as serde::Deserialize>::deserialize(deserializer)?;
                self.fill_from_raw_json(json)
            }
            _ => deserializer.deserialize_any(self),
        }
    }
}

impl<'s> SlotSeed<'s, '_> {
    /// Makes an optional value present, and continues with its slot.
    fn into_present(self) -> Self {
        let slot = match self.slot {
            Slot::Maybe(optional) => optional.make_present(),
            slot => return Self { slot, ..self },
        };
        Self { slot, ..self }
    }

    #[cold]
    fn wrong_kind_error<E: serde::de::Error>(self, found: &'static str) -> Result<(), E> {
        let expected = match self.slot {
            Slot::Text(_) | Slot::Open(_) => "a string",
            Slot::Id(_) => "an id or an object with one",
            Slot::Integer(_) => "an integer",
            Slot::Number(_) => "a number",
            Slot::Flag(_) => "a boolean",
            Slot::Items(_) => "an array",
            Slot::Record(_) | Slot::Union(_) | Slot::Entries(_) => "an object",
            Slot::Maybe(_) | Slot::MaybeWhole(_) | Slot::Raw(_) | Slot::Nowhere => "another value",
        };
        Err(self.trail.fail(DecodeProblem::WrongKind { expected, found }))
    }

    fn fill_from_raw_json<E: serde::de::Error>(self, json: Box<RawValue>) -> Result<(), E> {
        let slot = match self.slot {
            Slot::MaybeWhole(optional) if json.get() == "null" => {
                optional.make_absent();
                return Ok(());
            }
            Slot::MaybeWhole(optional) => optional.make_present(),
            slot => slot,
        };
        match slot {
            Slot::Raw(raw) => *raw = Raw::from(json),
            Slot::Union(union_value) => {
                if let Err(error) = read_union(union_value, json.get()) {
                    return Err(self.trail.fail_with_error(error));
                }
            }
            _ => {}
        }
        Ok(())
    }
}

impl<'de> Visitor<'de> for SlotSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of another kind")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        match self.slot {
            Slot::Maybe(optional) => optional.make_absent(),
            Slot::Items(items) => items.clear(),
            Slot::Entries(entries) => entries.clear(),
            _ => return self.wrong_kind_error("null"),
        }
        Ok(())
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<(), E> {
        match self.into_present() {
            SlotSeed { slot: Slot::Flag(flag), .. } => *flag = value,
            seed => return seed.wrong_kind_error("a boolean"),
        }
        Ok(())
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<(), E> {
        match self.into_present() {
            SlotSeed { slot: Slot::Integer(integer), .. } => *integer = value,
            SlotSeed { slot: Slot::Number(number), .. } => *number = value as f64,
            seed => return seed.wrong_kind_error("an integer"),
        }
        Ok(())
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<(), E> {
        match (i64::try_from(value), self.into_present()) {
            (Ok(value), seed) => seed.visit_i64(value),
            (Err(_), SlotSeed { slot: Slot::Number(number), .. }) => {
                *number = value as f64;
                Ok(())
            }
            (Err(_), seed) => seed.wrong_kind_error("an integer beyond 64 bits"),
        }
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<(), E> {
        match self.into_present() {
            SlotSeed { slot: Slot::Number(number), .. } => *number = value,
            seed => return seed.wrong_kind_error("a number with a fraction or an exponent"),
        }
        Ok(())
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<(), E> {
        match self.into_present() {
            SlotSeed { slot: Slot::Text(text) | Slot::Id(text), .. } => value.clone_into(text),
            SlotSeed { slot: Slot::Open(open), .. } => open.set_value(value),
            seed => return seed.wrong_kind_error("a string"),
        }
        Ok(())
    }

    fn visit_bytes<E: serde::de::Error>(self, _: &[u8]) -> Result<(), E> {
        self.into_present().wrong_kind_error("bytes")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        match self.into_present() {
            SlotSeed { slot: Slot::Items(items), trail } => fill_items(items, trail, &mut seq),
            seed => seed.wrong_kind_error("an array"),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        match self.into_present() {
            SlotSeed { slot: Slot::Record(record), trail } => fill_record(record, trail, &mut map),
            SlotSeed { slot: Slot::Entries(entries), trail } => fill_entries(entries, trail, &mut map),
            SlotSeed { slot: Slot::Id(id), trail } => fill_id(id, trail, &mut map),
            seed => seed.wrong_kind_error("an object"),
        }
    }
}

fn fill_record<'de, A: MapAccess<'de>>(
    record: &mut dyn Record,
    trail: &mut ErrorTrail,
    map: &mut A,
) -> Result<(), A::Error> {
    let layout = record.layout();
    let mut seen = 0_u128;
    let mut likely = 0;
    while let Some(key) = map.next_key_seed(KeySeed { layout, likely_index: likely })? {
        match key {
            MatchedKey::Field(index) => {
                if seen & (1 << index) != 0
                    && let Slot::Record(first) = record.slot(index)
                {
                    reset_record(first);
                }
                let seed = SlotSeed { slot: record.slot(index), trail };
                if let Err(error) = map.next_value_seed(seed) {
                    trail.push_field(layout.keys[index]);
                    return Err(error);
                }
                seen |= 1 << index;
                likely = index + 1;
            }
            MatchedKey::Tag(expected) => map.next_value_seed(TagSeed { expected, trail })?,
            MatchedKey::Unknown => {
                map.next_value::<IgnoredAny>()?;
            }
        }
    }
    match layout.required & !seen {
        0 => Ok(()),
        missing => Err(trail.fail(missing_field_problem(record, missing))),
    }
}

fn fill_items<'de, A: SeqAccess<'de>>(
    items: &mut dyn ItemList,
    trail: &mut ErrorTrail,
    seq: &mut A,
) -> Result<(), A::Error> {
    items.clear();
    loop {
        let index = items.count();
        // A place must be there before the reader can say that nothing is left for it.
        match seq.next_element_seed(ItemSeed { items, trail }) {
            Ok(Some(())) => {}
            Ok(None) => return Ok(()),
            Err(error) => {
                trail.push_index(index);
                return Err(error);
            }
        }
    }
}

/// The next item of a list, which is made when there is one.
struct ItemSeed<'s, 't> {
    items: &'s mut dyn ItemList,
    trail: &'t mut ErrorTrail,
}

impl<'de> DeserializeSeed<'de> for ItemSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        SlotSeed { slot: self.items.push_blank(), trail: self.trail }.deserialize(deserializer)
    }
}

fn fill_entries<'de, A: MapAccess<'de>>(
    entries: &mut dyn EntryMap,
    trail: &mut ErrorTrail,
    map: &mut A,
) -> Result<(), A::Error> {
    entries.clear();
    while let Some(name) = map.next_key::<String>()? {
        let mut entry = PendingEntry { entries, name };
        let seed = SlotSeed { slot: Slot::Maybe(&mut entry), trail };
        if let Err(error) = map.next_value_seed(seed) {
            trail.push_map_entry();
            return Err(error);
        }
    }
    Ok(())
}

/// The id of an object that was expanded; the rest of it is not followed.
fn fill_id<'de, A: MapAccess<'de>>(
    id: &mut String,
    trail: &mut ErrorTrail,
    map: &mut A,
) -> Result<(), A::Error> {
    const ID_LAYOUT: &Layout = &Layout { name: "Id", tag: None, keys: &["id"], required: 1 };
    let mut seen = false;
    while let Some(key) = map.next_key_seed(KeySeed { layout: ID_LAYOUT, likely_index: 0 })? {
        if let MatchedKey::Field(_) = key {
            if let Err(error) = map.next_value_seed(SlotSeed { slot: Slot::Text(id), trail }) {
                trail.push_field("id");
                return Err(error);
            }
            seen = true;
        } else {
            map.next_value::<IgnoredAny>()?;
        }
    }
    if seen { Ok(()) } else { Err(trail.fail(DecodeProblem::MissingField("id"))) }
}

/// Which field a key names.
struct KeySeed {
    layout: &'static Layout,
    /// Stripe writes keys in the order of the table, more often than not.
    likely_index: usize,
}

enum MatchedKey {
    Field(usize),
    Tag(&'static str),
    Unknown,
}

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = MatchedKey;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<MatchedKey, D::Error> {
        // As bytes, because an odd key that nobody asks for need not be Unicode.
        deserializer.deserialize_bytes(self)
    }
}

impl Visitor<'_> for KeySeed {
    type Value = MatchedKey;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_bytes<E: serde::de::Error>(self, key: &[u8]) -> Result<MatchedKey, E> {
        let Layout { tag, keys, .. } = self.layout;
        if keys.get(self.likely_index).is_some_and(|likely| likely.as_bytes() == key) {
            return Ok(MatchedKey::Field(self.likely_index));
        }
        if let (Some(tag), b"object") = (tag, key) {
            return Ok(MatchedKey::Tag(tag));
        }
        Ok(self.layout.field_index(key, self.likely_index).map_or(MatchedKey::Unknown, MatchedKey::Field))
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<MatchedKey, E> {
        self.visit_bytes(key.as_bytes())
    }
}

/// The `object` key: not a field, but it must say what was asked for.
struct TagSeed<'t> {
    expected: &'static str,
    trail: &'t mut ErrorTrail,
}

impl<'de> DeserializeSeed<'de> for TagSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let TagSeed { expected, trail } = self;
        let mut found = String::new();
        SlotSeed { slot: Slot::Text(&mut found), trail }
            .deserialize(deserializer)
            .inspect_err(|_| trail.push_field("object"))?;
        if found == expected {
            return Ok(());
        }
        Err(trail.fail(DecodeProblem::WrongTag { expected, found: known_tag(&found) }))
    }
}
