//! The loop that fills a record from JSON text.
//!
//! It asks the text for what the place takes, and nothing goes through serde on the way. What [`fill`](super::fill) makes of the same JSON out
//! of another format is the same.

use std::borrow::Cow;

use super::{
    error::{DecodeError, Problem, Trail},
    found::{found_at, found_number},
    peek::{known_tag, peek},
    record::{Choice, Entries, Entry, Items, Layout, Record, Slot, View},
};
use crate::json::{Cursor, Malformed, Number, Raw};

/// Fills a record from JSON text. Compiled here, once.
pub(crate) fn read(record: &mut dyn Record, json: &str) -> Result<(), DecodeError> {
    read_slot(Slot::Record(record), json)
}

/// Fills any place from JSON text.
pub(crate) fn read_slot(slot: Slot<'_>, json: &str) -> Result<(), DecodeError> {
    let mut reader = Reader { cursor: Cursor::new(json), trail: Trail::default(), deep: 0 };
    let read = reader.fill(slot).and_then(|()| Ok(reader.cursor.end()?));
    read.map_err(|Failed| reader.trail.text_error(reader.cursor.position()))
}

/// Fills a choice from the JSON text of an object: one of its own kinds, or the text as it is.
pub(crate) fn read_choice(choice: &mut dyn Choice, json: &str) -> Result<(), DecodeError> {
    let name = choice.name();
    match peek(json)?.object.and_then(|tag| choice.choose(&tag)) {
        Some(record) => read(record, json).map_err(|error| error.of_union(name)),
        None => {
            choice.keep(Raw::from_json(json.into()));
            Ok(())
        }
    }
}

/// The trail tells the problem; without one, the text is malformed where the cursor stands.
struct Failed;

impl From<Malformed> for Failed {
    fn from(_: Malformed) -> Self {
        Self
    }
}

struct Reader<'de> {
    cursor: Cursor<'de>,
    trail: Trail,
    /// How many objects and arrays it is in.
    deep: u8,
}

impl<'de> Reader<'de> {
    fn fill(&mut self, slot: Slot<'_>) -> Result<(), Failed> {
        let mut slot = slot;
        // What may be absent holds another place, for what is there.
        loop {
            slot = match slot {
                Slot::Maybe(maybe) => match self.cursor.peek() {
                    Some(b'n') => return Ok(self.cursor.word("null").map(|()| maybe.clear())?),
                    _ => maybe.fill(),
                },
                Slot::MaybeWhole(maybe) => match self.cursor.peek() {
                    Some(b'n') => return Ok(self.cursor.word("null").map(|()| maybe.clear())?),
                    _ => return self.whole(maybe.fill()),
                },
                slot => return self.fill_present(slot),
            }
        }
    }

    #[inline]
    fn fill_present(&mut self, slot: Slot<'_>) -> Result<(), Failed> {
        match slot {
            Slot::Text(text) => *text = self.text("a string")?.into_owned(),
            Slot::Open(open) => open.put(&self.text("a string")?),
            Slot::Integer(integer) => *integer = self.integer()?,
            Slot::Flag(flag) => *flag = self.flag()?,
            Slot::Number(number) => *number = self.number()?,
            Slot::Record(record) => return self.record(record),
            Slot::Items(items) => return self.items(items),
            Slot::Entries(entries) => return self.entries(entries),
            Slot::Id(id) => return self.id(id),
            slot @ (Slot::Raw(_) | Slot::Choice(_)) => return self.whole(slot),
            Slot::Maybe(_) | Slot::MaybeWhole(_) | Slot::Nowhere => return self.mismatch("another value"),
        }
        Ok(())
    }

    fn whole(&mut self, slot: Slot<'_>) -> Result<(), Failed> {
        let json = self.cursor.raw()?;
        match slot {
            Slot::Raw(raw) => *raw = Raw::from_json(json.into()),
            Slot::Choice(choice) => {
                if let Err(error) = read_choice(choice, json) {
                    self.trail.note_within(error);
                    return Err(Failed);
                }
            }
            _ => {}
        }
        Ok(())
    }

    // Without `always`, the compiler's choice depends on how it splits the crate, and a call for each
    // text of a record is 2 % of the instructions of decoding one.
    #[inline(always)]
    fn text(&mut self, expected: &'static str) -> Result<Cow<'de, str>, Failed> {
        match self.cursor.peek() {
            Some(b'"') => Ok(self.cursor.string()?),
            _ => self.mismatch(expected),
        }
    }

    fn flag(&mut self) -> Result<bool, Failed> {
        match self.cursor.peek() {
            Some(b't') => Ok(self.cursor.word("true").map(|()| true)?),
            Some(b'f') => Ok(self.cursor.word("false").map(|()| false)?),
            _ => self.mismatch("a boolean"),
        }
    }

    fn integer(&mut self) -> Result<i64, Failed> {
        let Some(b'-' | b'0'..=b'9') = self.cursor.peek() else { return self.mismatch("an integer") };
        if let Some(integer) = self.cursor.integer() {
            return Ok(integer);
        }
        let number = self.cursor.number()?;
        match number.text.parse() {
            Ok(integer) if number.is_whole && number.text != "-0" => Ok(integer),
            _ => self.not_an_integer(number),
        }
    }

    #[cold]
    fn not_an_integer(&mut self, number: Number<'_>) -> Result<i64, Failed> {
        let found = found_number(number)?;
        self.trail.note(Problem::Kind { expected: "an integer", found });
        Err(Failed)
    }

    fn number(&mut self) -> Result<f64, Failed> {
        let Some(b'-' | b'0'..=b'9') = self.cursor.peek() else { return self.mismatch("a number") };
        let number = self.cursor.number()?;
        number.text.parse().ok().filter(|number: &f64| number.is_finite()).ok_or(Failed)
    }

    /// Notes that something else stands here than the place takes.
    #[cold]
    fn mismatch<T>(&mut self, expected: &'static str) -> Result<T, Failed> {
        let found = found_at(&self.cursor)?;
        self.trail.note(Problem::Kind { expected, found });
        Err(Failed)
    }

    /// Into an object or array, as deep as may be: what a type can hold in itself must not use up the stack.
    #[inline]
    fn enter(&mut self) -> Result<(), Failed> {
        const DEEPEST: u8 = 127;
        if self.deep == DEEPEST {
            return Err(Failed);
        }
        self.deep += 1;
        self.cursor.enter();
        Ok(())
    }

    fn record(&mut self, record: &mut dyn Record) -> Result<(), Failed> {
        if self.cursor.peek() != Some(b'{') {
            return self.mismatch("an object");
        }
        self.enter()?;
        let layout = record.layout();
        let (mut first, mut seen, mut likely) = (true, Fields::default(), 0);
        while self.cursor.more_members(&mut first)? {
            match self.key(layout, likely)? {
                Key::Field(index) => {
                    if seen.add(index)
                        && let Slot::Record(first) = record.slot(index)
                    {
                        empty(first);
                    }
                    if self.fill(record.slot(index)).is_err() {
                        self.trail.through_field(layout.keys[index]);
                        return Err(Failed);
                    }
                    likely = index + 1;
                }
                Key::Tag(expected) => self.tag(expected)?,
                Key::Unknown => self.cursor.skip()?,
            }
        }
        self.deep -= 1;
        let missing = layout.required & !seen.all();
        if missing == 0 {
            return Ok(());
        }
        self.trail.note(lacking(record, missing));
        Err(Failed)
    }

    /// Which field the key here names. Stripe writes keys in the order of the table, more often than not.
    #[inline]
    fn key(&mut self, layout: &'static Layout, likely: usize) -> Result<Key, Failed> {
        if let Some(name) = layout.keys.get(likely)
            && self.cursor.is_key(name)?
        {
            return Ok(Key::Field(likely));
        }
        let key = self.cursor.key()?;
        Ok(match layout.tag {
            Some(tag) if *key == *b"object" => Key::Tag(tag),
            _ => layout.find(&key, likely).map_or(Key::Unknown, Key::Field),
        })
    }

    /// The `object` key: not a field, but it must say what was asked for.
    fn tag(&mut self, expected: &'static str) -> Result<(), Failed> {
        let found = match self.text("a string") {
            Ok(found) => found,
            Err(Failed) => {
                self.trail.through_field("object");
                return Err(Failed);
            }
        };
        if found == expected {
            return Ok(());
        }
        self.trail.note(Problem::Tag { expected, found: known_tag(&found) });
        Err(Failed)
    }

    fn items(&mut self, items: &mut dyn Items) -> Result<(), Failed> {
        match self.cursor.peek() {
            Some(b'[') => {}
            Some(b'n') => {
                self.cursor.word("null")?;
                items.clear();
                return Ok(());
            }
            _ => return self.mismatch("an array"),
        }
        self.enter()?;
        items.clear();
        let mut first = true;
        while self.cursor.more_items(&mut first)? {
            let index = items.count();
            if self.fill(items.grow()).is_err() {
                self.trail.through_item(index);
                return Err(Failed);
            }
        }
        self.deep -= 1;
        Ok(())
    }

    fn entries(&mut self, entries: &mut dyn Entries) -> Result<(), Failed> {
        match self.cursor.peek() {
            Some(b'{') => {}
            Some(b'n') => {
                self.cursor.word("null")?;
                entries.clear();
                return Ok(());
            }
            _ => return self.mismatch("an object"),
        }
        self.enter()?;
        entries.clear();
        let mut first = true;
        while self.cursor.more_members(&mut first)? {
            let name = self.cursor.key()?.into_owned();
            // Only half a surrogate, written as an escape, is no text.
            let name = String::from_utf8(name).map_err(|_| Failed)?;
            if self.fill(Slot::Maybe(&mut Entry { entries, name })).is_err() {
                self.trail.through_entry();
                return Err(Failed);
            }
        }
        self.deep -= 1;
        Ok(())
    }

    /// An id, or that of an object which was expanded; the rest of it is not followed.
    fn id(&mut self, id: &mut String) -> Result<(), Failed> {
        if self.cursor.peek() != Some(b'{') {
            *id = self.text("an id or an object with one")?.into_owned();
            return Ok(());
        }
        self.enter()?;
        let (mut first, mut seen) = (true, false);
        while self.cursor.more_members(&mut first)? {
            if *self.cursor.key()? != *b"id" {
                self.cursor.skip()?;
                continue;
            }
            match self.text("a string") {
                Ok(read) => *id = read.into_owned(),
                Err(Failed) => {
                    self.trail.through_field("id");
                    return Err(Failed);
                }
            }
            seen = true;
        }
        self.deep -= 1;
        if seen {
            return Ok(());
        }
        self.trail.note(Problem::Missing("id"));
        Err(Failed)
    }
}

/// Some fields of a record, which has at most 128. Halves, because shifting a `u128` for each field would show.
#[derive(Clone, Copy, Default)]
struct Fields {
    halves: [u64; 2],
}

impl Fields {
    /// Adds one, and says whether it was there already.
    #[inline]
    fn add(&mut self, index: usize) -> bool {
        let (half, bit) = (&mut self.halves[index >> 6 & 1], 1 << (index & 63));
        let is_there = *half & bit != 0;
        *half |= bit;
        is_there
    }

    fn all(self) -> u128 {
        u128::from(self.halves[1]) << 64 | u128::from(self.halves[0])
    }
}

enum Key {
    Field(usize),
    Tag(&'static str),
    Unknown,
}

/// Leaves nothing of a record that comes a second time: what may be absent is made so, and the rest has to come again.
pub(super) fn empty(record: &mut dyn Record) {
    for index in 0..record.layout().keys.len() {
        match record.slot(index) {
            Slot::Maybe(maybe) | Slot::MaybeWhole(maybe) => maybe.clear(),
            Slot::Items(items) => items.clear(),
            Slot::Entries(entries) => entries.clear(),
            Slot::Record(inner) => empty(inner),
            _ => {}
        }
    }
}

/// What a record that lacks these fields is told.
#[cold]
pub(super) fn lacking(record: &dyn Record, missing: u128) -> Problem {
    let layout = record.layout();
    let deleted = layout.find(b"deleted", 0).is_some_and(|at| matches!(record.view(at), View::Flag(true)));
    match layout.keys.get(missing.trailing_zeros() as usize) {
        Some(field) if !deleted => Problem::Missing(field),
        _ => Problem::Deleted { name: layout.name },
    }
}
