//! The loop that fills a record from JSON text.
//!
//! The slot decides which kind of value the loop reads, and no value goes through serde. From the
//! same data in another format, [`from_serde`](super::from_serde) makes the same record.

use std::borrow::Cow;

use super::{
    error::{DecodeError, DecodeProblem, ErrorTrail},
    peek::{known_tag, peek_object},
    record::{EntryMap, ItemList, Layout, PendingEntry, Record, Slot, UnionValue, View},
    value_kind::{kind_at_cursor, kind_of_number},
};
use crate::json::{Cursor, Malformed, NumberText, Raw};

/// Fills a record from JSON text. Compiled here, once.
pub(crate) fn read_record(record: &mut dyn Record, json: &str) -> Result<(), DecodeError> {
    read_slot(Slot::Record(record), json)
}

/// Fills any place from JSON text.
pub(crate) fn read_slot(slot: Slot<'_>, json: &str) -> Result<(), DecodeError> {
    let mut reader = JsonReader { cursor: Cursor::new(json), trail: ErrorTrail::default(), depth: 0 };
    let read = reader.fill_slot(slot).and_then(|()| Ok(reader.cursor.expect_end()?));
    read.map_err(|Aborted| reader.trail.into_text_error(reader.cursor.position()))
}

/// Fills a union from the JSON text of an object. An object of an unknown kind is kept as its text.
pub(crate) fn read_union(union_value: &mut dyn UnionValue, json: &str) -> Result<(), DecodeError> {
    let name = union_value.type_name();
    match peek_object(json)?.tag.and_then(|tag| union_value.select_variant(&tag)) {
        Some(record) => read_record(record, json).map_err(|error| error.in_union(name)),
        None => {
            union_value.keep_unknown(Raw::from_json(json.into()));
            Ok(())
        }
    }
}

/// The trail tells the problem; without one, the text is malformed where the cursor stands.
struct Aborted;

impl From<Malformed> for Aborted {
    fn from(_: Malformed) -> Self {
        Self
    }
}

struct JsonReader<'de> {
    cursor: Cursor<'de>,
    trail: ErrorTrail,
    /// Number of objects and arrays around it.
    depth: u8,
}

impl<'de> JsonReader<'de> {
    fn fill_slot(&mut self, slot: Slot<'_>) -> Result<(), Aborted> {
        let mut slot = slot;
        // An optional value holds another slot, for the value that is present.
        loop {
            slot = match slot {
                Slot::Maybe(maybe) => match self.cursor.peek_byte() {
                    Some(b'n') => {
                        return Ok(self.cursor.expect_word("null").map(|()| maybe.make_absent())?);
                    }
                    _ => maybe.make_present(),
                },
                Slot::MaybeWhole(maybe) => match self.cursor.peek_byte() {
                    Some(b'n') => {
                        return Ok(self.cursor.expect_word("null").map(|()| maybe.make_absent())?);
                    }
                    _ => return self.fill_from_raw_json(maybe.make_present()),
                },
                slot => return self.fill_present_slot(slot),
            }
        }
    }

    #[inline]
    fn fill_present_slot(&mut self, slot: Slot<'_>) -> Result<(), Aborted> {
        match slot {
            Slot::Text(text) => *text = self.read_text("a string")?.into_owned(),
            Slot::Open(open) => open.set_value(&self.read_text("a string")?),
            Slot::Integer(integer) => *integer = self.read_integer()?,
            Slot::Flag(flag) => *flag = self.read_flag()?,
            Slot::Number(number) => *number = self.read_number()?,
            Slot::Record(record) => return self.read_record(record),
            Slot::Items(items) => return self.read_items(items),
            Slot::Entries(entries) => return self.read_entries(entries),
            Slot::Id(id) => return self.read_id(id),
            slot @ (Slot::Raw(_) | Slot::Union(_)) => return self.fill_from_raw_json(slot),
            Slot::Maybe(_) | Slot::MaybeWhole(_) | Slot::Nowhere => {
                return self.note_wrong_kind("another value");
            }
        }
        Ok(())
    }

    fn fill_from_raw_json(&mut self, slot: Slot<'_>) -> Result<(), Aborted> {
        let json = self.cursor.read_raw()?;
        match slot {
            Slot::Raw(raw) => *raw = Raw::from_json(json.into()),
            Slot::Union(union_value) => {
                if let Err(error) = read_union(union_value, json) {
                    self.trail.note_error(error);
                    return Err(Aborted);
                }
            }
            _ => {}
        }
        Ok(())
    }

    // Without `always`, the compiler's choice depends on how it splits the crate, and a call for each
    // text of a record is 2 % of the instructions of decoding one.
    #[inline(always)]
    fn read_text(&mut self, expected: &'static str) -> Result<Cow<'de, str>, Aborted> {
        match self.cursor.peek_byte() {
            Some(b'"') => Ok(self.cursor.read_string()?),
            _ => self.note_wrong_kind(expected),
        }
    }

    fn read_flag(&mut self) -> Result<bool, Aborted> {
        match self.cursor.peek_byte() {
            Some(b't') => Ok(self.cursor.expect_word("true").map(|()| true)?),
            Some(b'f') => Ok(self.cursor.expect_word("false").map(|()| false)?),
            _ => self.note_wrong_kind("a boolean"),
        }
    }

    fn read_integer(&mut self) -> Result<i64, Aborted> {
        let Some(b'-' | b'0'..=b'9') = self.cursor.peek_byte() else {
            return self.note_wrong_kind("an integer");
        };
        if let Some(integer) = self.cursor.read_integer() {
            return Ok(integer);
        }
        let number = self.cursor.read_number()?;
        match number.text.parse() {
            Ok(integer) if number.is_whole && number.text != "-0" => Ok(integer),
            _ => self.note_non_integer(number),
        }
    }

    #[cold]
    fn note_non_integer(&mut self, number: NumberText<'_>) -> Result<i64, Aborted> {
        let found = kind_of_number(number)?;
        self.trail.note_problem(DecodeProblem::WrongKind { expected: "an integer", found });
        Err(Aborted)
    }

    fn read_number(&mut self) -> Result<f64, Aborted> {
        let Some(b'-' | b'0'..=b'9') = self.cursor.peek_byte() else {
            return self.note_wrong_kind("a number");
        };
        let number = self.cursor.read_number()?;
        number.text.parse().ok().filter(|number: &f64| number.is_finite()).ok_or(Aborted)
    }

    /// Notes that something else stands here than the place takes.
    #[cold]
    fn note_wrong_kind<T>(&mut self, expected: &'static str) -> Result<T, Aborted> {
        let found = kind_at_cursor(&self.cursor)?;
        self.trail.note_problem(DecodeProblem::WrongKind { expected, found });
        Err(Aborted)
    }

    /// Into an object or array, as deep as may be: what a type can hold in itself must not use up the stack.
    #[inline]
    fn enter_container(&mut self) -> Result<(), Aborted> {
        const MAX_DEPTH: u8 = 127;
        if self.depth == MAX_DEPTH {
            return Err(Aborted);
        }
        self.depth += 1;
        self.cursor.enter_container();
        Ok(())
    }

    fn read_record(&mut self, record: &mut dyn Record) -> Result<(), Aborted> {
        if self.cursor.peek_byte() != Some(b'{') {
            return self.note_wrong_kind("an object");
        }
        self.enter_container()?;
        let layout = record.layout();
        let (mut first, mut seen, mut likely) = (true, FieldSet::default(), 0);
        while self.cursor.has_next_member(&mut first)? {
            match self.match_key(layout, likely)? {
                MatchedKey::Field(index) => {
                    if !seen.insert(index)
                        && let Slot::Record(first) = record.slot(index)
                    {
                        reset_record(first);
                    }
                    if self.fill_slot(record.slot(index)).is_err() {
                        self.trail.push_field(layout.keys[index]);
                        return Err(Aborted);
                    }
                    likely = index + 1;
                }
                MatchedKey::Tag(expected) => self.check_tag(expected)?,
                MatchedKey::Unknown => self.cursor.skip_value()?,
            }
        }
        self.depth -= 1;
        let missing = layout.required & !seen.as_bits();
        if missing == 0 {
            return Ok(());
        }
        self.trail.note_problem(missing_field_problem(record, missing));
        Err(Aborted)
    }

    /// Index of the field that the key names. Stripe mostly writes keys in the table's order.
    #[inline]
    fn match_key(&mut self, layout: &'static Layout, likely: usize) -> Result<MatchedKey, Aborted> {
        if let Some(name) = layout.keys.get(likely)
            && self.cursor.skip_if_key(name)?
        {
            return Ok(MatchedKey::Field(likely));
        }
        let key = self.cursor.read_key()?;
        Ok(match layout.tag {
            Some(tag) if *key == *b"object" => MatchedKey::Tag(tag),
            _ => layout.field_index(&key, likely).map_or(MatchedKey::Unknown, MatchedKey::Field),
        })
    }

    /// Reads the `object` key. It is no field, but its value must be the record's tag.
    fn check_tag(&mut self, expected: &'static str) -> Result<(), Aborted> {
        let found = match self.read_text("a string") {
            Ok(found) => found,
            Err(Aborted) => {
                self.trail.push_field("object");
                return Err(Aborted);
            }
        };
        if found == expected {
            return Ok(());
        }
        self.trail.note_problem(DecodeProblem::WrongTag { expected, found: known_tag(&found) });
        Err(Aborted)
    }

    fn read_items(&mut self, items: &mut dyn ItemList) -> Result<(), Aborted> {
        match self.cursor.peek_byte() {
            Some(b'[') => {}
            Some(b'n') => {
                self.cursor.expect_word("null")?;
                items.clear();
                return Ok(());
            }
            _ => return self.note_wrong_kind("an array"),
        }
        self.enter_container()?;
        items.clear();
        let mut first = true;
        while self.cursor.has_next_item(&mut first)? {
            let index = items.count();
            if self.fill_slot(items.push_blank()).is_err() {
                self.trail.push_index(index);
                return Err(Aborted);
            }
        }
        self.depth -= 1;
        Ok(())
    }

    fn read_entries(&mut self, entries: &mut dyn EntryMap) -> Result<(), Aborted> {
        match self.cursor.peek_byte() {
            Some(b'{') => {}
            Some(b'n') => {
                self.cursor.expect_word("null")?;
                entries.clear();
                return Ok(());
            }
            _ => return self.note_wrong_kind("an object"),
        }
        self.enter_container()?;
        entries.clear();
        let mut first = true;
        while self.cursor.has_next_member(&mut first)? {
            let name = self.cursor.read_key()?.into_owned();
            // Only half a surrogate, written as an escape, is no text.
            let name = String::from_utf8(name).map_err(|_| Aborted)?;
            if self.fill_slot(Slot::Maybe(&mut PendingEntry { entries, name })).is_err() {
                self.trail.push_map_entry();
                return Err(Aborted);
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// An id, or that of an object which was expanded; the rest of it is not followed.
    fn read_id(&mut self, id: &mut String) -> Result<(), Aborted> {
        if self.cursor.peek_byte() != Some(b'{') {
            *id = self.read_text("an id or an object with one")?.into_owned();
            return Ok(());
        }
        self.enter_container()?;
        let (mut first, mut seen) = (true, false);
        while self.cursor.has_next_member(&mut first)? {
            if *self.cursor.read_key()? != *b"id" {
                self.cursor.skip_value()?;
                continue;
            }
            match self.read_text("a string") {
                Ok(read) => *id = read.into_owned(),
                Err(Aborted) => {
                    self.trail.push_field("id");
                    return Err(Aborted);
                }
            }
            seen = true;
        }
        self.depth -= 1;
        if seen {
            return Ok(());
        }
        self.trail.note_problem(DecodeProblem::MissingField("id"));
        Err(Aborted)
    }
}

/// Some fields of a record, which has at most 128. Halves, because shifting a `u128` for each field would show.
#[derive(Clone, Copy, Default)]
struct FieldSet {
    halves: [u64; 2],
}

impl FieldSet {
    /// Adds a field. Returns `true` if the field is new to the set.
    #[inline]
    fn insert(&mut self, index: usize) -> bool {
        let (half, bit) = (&mut self.halves[index >> 6 & 1], 1 << (index & 63));
        let is_new = *half & bit == 0;
        *half |= bit;
        is_new
    }

    fn as_bits(self) -> u128 {
        u128::from(self.halves[1]) << 64 | u128::from(self.halves[0])
    }
}

enum MatchedKey {
    Field(usize),
    Tag(&'static str),
    Unknown,
}

/// Leaves nothing of a record that comes a second time: what may be absent is made so, and the rest has to come again.
pub(super) fn reset_record(record: &mut dyn Record) {
    for index in 0..record.layout().keys.len() {
        match record.slot(index) {
            Slot::Maybe(maybe) | Slot::MaybeWhole(maybe) => maybe.make_absent(),
            Slot::Items(items) => items.clear(),
            Slot::Entries(entries) => entries.clear(),
            Slot::Record(inner) => reset_record(inner),
            _ => {}
        }
    }
}

/// The error of a record that lacks these fields.
#[cold]
pub(super) fn missing_field_problem(record: &dyn Record, missing: u128) -> DecodeProblem {
    let layout = record.layout();
    let deleted =
        layout.field_index(b"deleted", 0).is_some_and(|at| matches!(record.view(at), View::Flag(true)));
    match layout.keys.get(missing.trailing_zeros() as usize) {
        Some(field) if !deleted => DecodeProblem::MissingField(field),
        _ => DecodeProblem::DeletedObject { name: layout.name },
    }
}
