//! The loop that fills a record from whatever serde reads. From JSON text, [`read`](super::read) does the same in less time.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{
    error::{Problem, Trail},
    peek::known_tag,
    read::{empty, lacking, read_choice},
    record::{Entries, Entry, Items, Layout, Record, Slot, Value},
};
use crate::json::Raw;

/// serde's `Deserialize`, for any value that has a place to be written to.
pub(crate) fn deserialize<'de, D: Deserializer<'de>, T: Value>(deserializer: D) -> Result<T, D::Error> {
    let mut value = T::blank();
    let mut trail = Trail::default();
    match (Place { slot: value.slot(), trail: &mut trail }).deserialize(deserializer) {
        Ok(()) => Ok(value),
        Err(error) => Err(trail.error().map_or(error, D::Error::custom)),
    }
}

/// A place that is about to be filled, and the trail that a failure leaves on its way out.
struct Place<'s, 't> {
    slot: Slot<'s>,
    trail: &'t mut Trail,
}

impl<'de> DeserializeSeed<'de> for Place<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.slot {
            Slot::Raw(_) | Slot::Choice(_) | Slot::MaybeWhole(_) => {
                let json = <Box<RawValue> as serde::Deserialize>::deserialize(deserializer)?;
                self.take_whole(json)
            }
            _ => deserializer.deserialize_any(self),
        }
    }
}

impl<'s> Place<'s, '_> {
    /// The place itself, once it is known that there is something to put into it.
    fn present(self) -> Self {
        let slot = match self.slot {
            Slot::Maybe(optional) => optional.fill(),
            slot => return Self { slot, ..self },
        };
        Self { slot, ..self }
    }

    #[cold]
    fn mismatch<E: serde::de::Error>(self, found: &'static str) -> Result<(), E> {
        let expected = match self.slot {
            Slot::Text(_) | Slot::Open(_) => "a string",
            Slot::Id(_) => "an id or an object with one",
            Slot::Integer(_) => "an integer",
            Slot::Number(_) => "a number",
            Slot::Flag(_) => "a boolean",
            Slot::Items(_) => "an array",
            Slot::Record(_) | Slot::Choice(_) | Slot::Entries(_) => "an object",
            Slot::Maybe(_) | Slot::MaybeWhole(_) | Slot::Raw(_) | Slot::Nowhere => "another value",
        };
        Err(self.trail.fail(Problem::Kind { expected, found }))
    }

    fn take_whole<E: serde::de::Error>(self, json: Box<RawValue>) -> Result<(), E> {
        let slot = match self.slot {
            Slot::MaybeWhole(optional) if json.get() == "null" => {
                optional.clear();
                return Ok(());
            }
            Slot::MaybeWhole(optional) => optional.fill(),
            slot => slot,
        };
        match slot {
            Slot::Raw(raw) => *raw = Raw::from(json),
            Slot::Choice(choice) => {
                if let Err(error) = read_choice(choice, json.get()) {
                    return Err(self.trail.fail_within(error));
                }
            }
            _ => {}
        }
        Ok(())
    }
}

impl<'de> Visitor<'de> for Place<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of another kind")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        match self.slot {
            Slot::Maybe(optional) => optional.clear(),
            Slot::Items(items) => items.clear(),
            Slot::Entries(entries) => entries.clear(),
            _ => return self.mismatch("null"),
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
        match self.present() {
            Place { slot: Slot::Flag(flag), .. } => *flag = value,
            place => return place.mismatch("a boolean"),
        }
        Ok(())
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<(), E> {
        match self.present() {
            Place { slot: Slot::Integer(integer), .. } => *integer = value,
            Place { slot: Slot::Number(number), .. } => *number = value as f64,
            place => return place.mismatch("an integer"),
        }
        Ok(())
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<(), E> {
        match (i64::try_from(value), self.present()) {
            (Ok(value), place) => place.visit_i64(value),
            (Err(_), Place { slot: Slot::Number(number), .. }) => {
                *number = value as f64;
                Ok(())
            }
            (Err(_), place) => place.mismatch("an integer beyond 64 bits"),
        }
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<(), E> {
        match self.present() {
            Place { slot: Slot::Number(number), .. } => *number = value,
            place => return place.mismatch("a number with a fraction or an exponent"),
        }
        Ok(())
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<(), E> {
        match self.present() {
            Place { slot: Slot::Text(text) | Slot::Id(text), .. } => value.clone_into(text),
            Place { slot: Slot::Open(open), .. } => open.put(value),
            place => return place.mismatch("a string"),
        }
        Ok(())
    }

    fn visit_bytes<E: serde::de::Error>(self, _: &[u8]) -> Result<(), E> {
        self.present().mismatch("bytes")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        match self.present() {
            Place { slot: Slot::Items(items), trail } => fill_items(items, trail, &mut seq),
            place => place.mismatch("an array"),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        match self.present() {
            Place { slot: Slot::Record(record), trail } => fill_record(record, trail, &mut map),
            Place { slot: Slot::Entries(entries), trail } => fill_entries(entries, trail, &mut map),
            Place { slot: Slot::Id(id), trail } => fill_id(id, trail, &mut map),
            place => place.mismatch("an object"),
        }
    }
}

fn fill_record<'de, A: MapAccess<'de>>(
    record: &mut dyn Record,
    trail: &mut Trail,
    map: &mut A,
) -> Result<(), A::Error> {
    let layout = record.layout();
    let mut seen = 0_u128;
    let mut likely = 0;
    while let Some(key) = map.next_key_seed(Key { layout, likely })? {
        match key {
            Found::Field(index) => {
                if seen & (1 << index) != 0
                    && let Slot::Record(first) = record.slot(index)
                {
                    empty(first);
                }
                let place = Place { slot: record.slot(index), trail };
                if let Err(error) = map.next_value_seed(place) {
                    trail.through_field(layout.keys[index]);
                    return Err(error);
                }
                seen |= 1 << index;
                likely = index + 1;
            }
            Found::Tag(expected) => map.next_value_seed(Tag { expected, trail })?,
            Found::Unknown => {
                map.next_value::<IgnoredAny>()?;
            }
        }
    }
    match layout.required & !seen {
        0 => Ok(()),
        missing => Err(trail.fail(lacking(record, missing))),
    }
}

fn fill_items<'de, A: SeqAccess<'de>>(
    items: &mut dyn Items,
    trail: &mut Trail,
    seq: &mut A,
) -> Result<(), A::Error> {
    items.clear();
    loop {
        let index = items.count();
        // A place must be there before the reader can say that nothing is left for it.
        match seq.next_element_seed(Item { items, trail }) {
            Ok(Some(())) => {}
            Ok(None) => return Ok(()),
            Err(error) => {
                trail.through_item(index);
                return Err(error);
            }
        }
    }
}

/// The next item of a list, which is made when there is one.
struct Item<'s, 't> {
    items: &'s mut dyn Items,
    trail: &'t mut Trail,
}

impl<'de> DeserializeSeed<'de> for Item<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        Place { slot: self.items.grow(), trail: self.trail }.deserialize(deserializer)
    }
}

fn fill_entries<'de, A: MapAccess<'de>>(
    entries: &mut dyn Entries,
    trail: &mut Trail,
    map: &mut A,
) -> Result<(), A::Error> {
    entries.clear();
    while let Some(name) = map.next_key::<String>()? {
        let mut entry = Entry { entries, name };
        let place = Place { slot: Slot::Maybe(&mut entry), trail };
        if let Err(error) = map.next_value_seed(place) {
            trail.through_entry();
            return Err(error);
        }
    }
    Ok(())
}

/// The id of an object that was expanded; the rest of it is not followed.
fn fill_id<'de, A: MapAccess<'de>>(id: &mut String, trail: &mut Trail, map: &mut A) -> Result<(), A::Error> {
    const ID: &Layout = &Layout { name: "Id", tag: None, keys: &["id"], required: 1 };
    let mut seen = false;
    while let Some(key) = map.next_key_seed(Key { layout: ID, likely: 0 })? {
        if let Found::Field(_) = key {
            if let Err(error) = map.next_value_seed(Place { slot: Slot::Text(id), trail }) {
                trail.through_field("id");
                return Err(error);
            }
            seen = true;
        } else {
            map.next_value::<IgnoredAny>()?;
        }
    }
    if seen { Ok(()) } else { Err(trail.fail(Problem::Missing("id"))) }
}

/// Which field a key names.
struct Key {
    layout: &'static Layout,
    /// Stripe writes keys in the order of the table, more often than not.
    likely: usize,
}

enum Found {
    Field(usize),
    Tag(&'static str),
    Unknown,
}

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Found;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Found, D::Error> {
        // As bytes, because an odd key that nobody asks for need not be Unicode.
        deserializer.deserialize_bytes(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_bytes<E: serde::de::Error>(self, key: &[u8]) -> Result<Found, E> {
        let Layout { tag, keys, .. } = self.layout;
        if keys.get(self.likely).is_some_and(|likely| likely.as_bytes() == key) {
            return Ok(Found::Field(self.likely));
        }
        if let (Some(tag), b"object") = (tag, key) {
            return Ok(Found::Tag(tag));
        }
        Ok(self.layout.find(key, self.likely).map_or(Found::Unknown, Found::Field))
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<Found, E> {
        self.visit_bytes(key.as_bytes())
    }
}

/// The `object` key: not a field, but it must say what was asked for.
struct Tag<'t> {
    expected: &'static str,
    trail: &'t mut Trail,
}

impl<'de> DeserializeSeed<'de> for Tag<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let Tag { expected, trail } = self;
        let mut found = String::new();
        Place { slot: Slot::Text(&mut found), trail }
            .deserialize(deserializer)
            .inspect_err(|_| trail.through_field("object"))?;
        if found == expected {
            return Ok(());
        }
        Err(trail.fail(Problem::Tag { expected, found: known_tag(&found) }))
    }
}
