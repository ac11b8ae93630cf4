//! The loops that read records: to serialise them, to print them, to compare and to copy them.

use std::fmt;

use serde::ser::{Serialize, SerializeMap as _, SerializeSeq as _, Serializer};

use super::record::{DecodeValue, Record, Slot, View};

/// serde's `Serialize`, for any value. What is absent is left out, but for lists and maps, which are empty.
pub(crate) fn serialize<S: Serializer>(value: &impl DecodeValue, serializer: S) -> Result<S::Ok, S::Error> {
    SerializeView(value.view()).serialize(serializer)
}

struct SerializeView<'v>(View<'v>);

impl Serialize for SerializeView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            View::Absent => serializer.serialize_none(),
            View::Text(text) => serializer.serialize_str(text),
            View::Integer(integer) => serializer.serialize_i64(integer),
            View::Number(number) => serializer.serialize_f64(number),
            View::Flag(flag) => serializer.serialize_bool(flag),
            View::Raw(raw) => raw.serialize(serializer),
            View::Record(record) => {
                let mut map = serializer.serialize_map(None)?;
                let mut tag = record.layout().tag;
                for (key, value) in present_fields(record) {
                    // The tag comes second, as Stripe writes it, or first where there is no id.
                    if key != "id"
                        && let Some(tag) = tag.take()
                    {
                        map.serialize_entry("object", tag)?;
                    }
                    map.serialize_entry(key, &SerializeView(value))?;
                }
                if let Some(tag) = tag {
                    map.serialize_entry("object", tag)?;
                }
                map.end()
            }
            View::Items(items) => {
                let mut seq = serializer.serialize_seq(Some(items.count()))?;
                for index in 0..items.count() {
                    seq.serialize_element(&SerializeView(items.item(index)))?;
                }
                seq.end()
            }
            View::Entries(entries) => {
                let mut map = serializer.serialize_map(Some(entries.count()))?;
                for (name, value) in entries.iter() {
                    map.serialize_entry(name, &SerializeView(value))?;
                }
                map.end()
            }
        }
    }
}

impl fmt::Debug for SerializeView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            View::Absent => f.write_str("None"),
            View::Text(text) => text.fmt(f),
            View::Integer(integer) => integer.fmt(f),
            View::Number(number) => number.fmt(f),
            View::Flag(flag) => flag.fmt(f),
            View::Raw(raw) => raw.fmt(f),
            View::Record(record) => debug_record(record, f),
            View::Items(items) => f
                .debug_list()
                .entries((0..items.count()).map(|index| SerializeView(items.item(index))))
                .finish(),
            View::Entries(entries) => f
                .debug_map()
                .entries(entries.iter().map(|(name, value)| (name, SerializeView(value))))
                .finish(),
        }
    }
}

/// Prints a record as `derive(Debug)` would, but without the fields that are absent.
pub(crate) fn debug_record(record: &dyn Record, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut printed = f.debug_struct(record.layout().name);
    for (key, value) in present_fields(record) {
        printed.field(key, &SerializeView(value));
    }
    printed.finish()
}

/// The fields that are present, each with its key.
fn present_fields(record: &dyn Record) -> impl Iterator<Item = (&'static str, View<'_>)> {
    let keys = record.layout().keys.iter().enumerate();
    keys.map(|(index, key)| (*key, record.view(index))).filter(|(_, value)| !matches!(value, View::Absent))
}

/// Whether two records are of one kind and hold the same.
pub(crate) fn records_equal(one: &dyn Record, other: &dyn Record) -> bool {
    (one.layout().name, one.layout().tag) == (other.layout().name, other.layout().tag)
        && (0..one.layout().keys.len()).all(|index| views_equal(one.view(index), other.view(index)))
}

fn views_equal(one: View<'_>, other: View<'_>) -> bool {
    match (one, other) {
        (View::Absent, View::Absent) => true,
        (View::Text(one), View::Text(other)) => one == other,
        (View::Integer(one), View::Integer(other)) => one == other,
        (View::Number(one), View::Number(other)) => one == other,
        (View::Flag(one), View::Flag(other)) => one == other,
        (View::Raw(one), View::Raw(other)) => one == other,
        (View::Record(one), View::Record(other)) => records_equal(one, other),
        (View::Items(one), View::Items(other)) => {
            one.count() == other.count()
                && (0..one.count()).all(|index| views_equal(one.item(index), other.item(index)))
        }
        (View::Entries(one), View::Entries(other)) => {
            one.count() == other.count()
                && one.iter().zip(other.iter()).all(|((a, x), (b, y))| a == b && views_equal(x, y))
        }
        _ => false,
    }
}

/// Copies what one record holds into a blank one of the same kind.
pub(crate) fn copy_record(from: &dyn Record, to: &mut dyn Record) {
    for index in 0..from.layout().keys.len() {
        copy_value(from.view(index), to.slot(index));
    }
}

fn copy_value(from: View<'_>, to: Slot<'_>) {
    match (from, to) {
        (View::Absent, _) => {}
        (from, Slot::Maybe(optional) | Slot::MaybeWhole(optional)) => {
            copy_value(from, optional.make_present());
        }
        (View::Text(text), Slot::Text(to) | Slot::Id(to)) => text.clone_into(to),
        (View::Text(text), Slot::Open(to)) => to.set_value(text),
        (View::Integer(integer), Slot::Integer(to)) => *to = integer,
        (View::Number(number), Slot::Number(to)) => *to = number,
        (View::Flag(flag), Slot::Flag(to)) => *to = flag,
        (View::Raw(raw), Slot::Raw(to)) => *to = raw.clone(),
        (View::Raw(raw), Slot::Union(to)) => to.keep_unknown(raw.clone()),
        (View::Record(record), Slot::Record(to)) => copy_record(record, to),
        (View::Record(record), Slot::Union(to)) => {
            if let Some(to) = record.layout().tag.and_then(|tag| to.select_variant(tag)) {
                copy_record(record, to);
            }
        }
        (View::Items(items), Slot::Items(to)) => {
            for index in 0..items.count() {
                copy_value(items.item(index), to.push_blank());
            }
        }
        (View::Entries(entries), Slot::Entries(to)) => {
            for (name, value) in entries.iter() {
                copy_value(value, to.insert(name.to_owned()));
            }
        }
        // A view and a slot of one field are always of one kind.
        _ => {}
    }
}
