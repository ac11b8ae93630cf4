//! What a cursor passes over 64 bytes at a time: brackets with all that is in them, and the members of an object that nobody asked for.

use super::{
    cursor::{Cursor, Malformed, Result, unescape_bytes},
    lanes::{Marks, backslashes, colons},
};

impl Cursor<'_> {
    /// Past the object or array here: to where as many brackets are closed as were opened, outside of strings.
    pub(super) fn skip_brackets(&mut self, end: u8) -> Result<()> {
        if self.rest().get(1) == Some(&end) {
            self.at += 2;
            return Ok(());
        }
        let mut inside = Inside::default();
        let (blocks, rest) = self.rest().as_chunks::<64>();
        for block in blocks {
            let brackets = inside.look(block).brackets;
            if let Some(last) = inside.last_bracket(block, brackets) {
                return self.leave(end, last);
            }
            self.at += 64;
        }
        let block = padded(rest);
        let brackets = inside.look(&block).brackets;
        match inside.last_bracket(&block, brackets) {
            Some(last) => self.leave(end, last),
            None => self.fail_at_the_end(),
        }
    }

    /// On to the value of the next member, of the object that the cursor is in, whose key is wanted and so has one of these looks; or past
    /// the object's end. Gives what is wanted of it.
    ///
    /// Here the cursor goes from colon to colon, and nobody looks at what is between those that it stops at.
    #[inline]
    pub(crate) fn seek_member<T>(
        &mut self,
        looks: Looks,
        wanted: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<Option<T>> {
        let mut inside = Inside { depth: 1, ..Inside::default() };
        let mut quotes = Quotes::default();
        let (blocks, rest) = self.rest().as_chunks::<64>();
        for block in blocks {
            if let Some(found) = self.seek_in(block, &mut inside, &mut quotes, looks, &wanted) {
                return found;
            }
            self.at += 64;
        }
        let block = padded(rest);
        match self.seek_in(&block, &mut inside, &mut quotes, looks, &wanted) {
            Some(found) => found,
            None => self.fail_at_the_end(),
        }
    }

    #[inline(always)]
    fn seek_in<T>(
        &mut self,
        block: &[u8; 64],
        inside: &mut Inside,
        quotes: &mut Quotes,
        looks: Looks,
        wanted: &impl Fn(&[u8]) -> Option<T>,
    ) -> Option<Result<Option<T>>> {
        let outside = inside.look(block);
        let brackets = outside.brackets.count_ones() as usize;
        if brackets + 1 < inside.depth {
            // So deep that not all of them together lead back to the members of the object.
            inside.last_bracket(block, outside.brackets);
        } else {
            let mut left = outside.brackets | (colons(block) & !outside.strings);
            while left != 0 {
                let at = left.trailing_zeros() as usize;
                if outside.brackets >> at & 1 == 1 {
                    if inside.last_bracket(block, outside.brackets & (1 << at)).is_some() {
                        return Some(self.leave(b'}', at).map(|()| None));
                    }
                } else if inside.depth == 1 {
                    let (start, end) = quotes.before(self.at, at, outside.quotes);
                    let length = end.wrapping_sub(start).wrapping_sub(1);
                    let first = self.text.as_bytes().get(start.wrapping_add(1)).copied().unwrap_or_default();
                    if inside.any_backslash || looks.fit(length, first) {
                        match self.key_between(start, end, self.at + at, inside.any_backslash, wanted) {
                            Ok(None) => {}
                            found => return Some(found),
                        }
                    }
                }
                left &= left - 1;
            }
        }
        quotes.remember(self.at, outside.quotes);
        None
    }

    /// What is wanted of the key between two quotes before a colon. If anything is, the cursor then stands behind the colon.
    #[inline]
    fn key_between<T>(
        &mut self,
        start: usize,
        end: usize,
        colon: usize,
        any_backslash: bool,
        wanted: &impl Fn(&[u8]) -> Option<T>,
    ) -> Result<Option<T>> {
        let bytes = self.text.as_bytes();
        let between = |start: usize, end| bytes.get(start.checked_add(1)?..end);
        let (Some(key), Some(space)) = (between(start, end), between(end, colon)) else {
            self.at = colon;
            return Err(Malformed);
        };
        if !space.iter().all(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t')) {
            self.at = colon;
            return Err(Malformed);
        }
        let found = match any_backslash && key.contains(&b'\\') {
            false => wanted(key),
            true => wanted(&unescape_bytes(self.text.get(start..=end).unwrap_or_default())?),
        };
        if found.is_some() {
            self.at = colon + 1;
        }
        Ok(found)
    }

    #[inline]
    fn leave(&mut self, end: u8, offset: usize) -> Result<()> {
        self.at += offset;
        if self.byte() != Some(end) {
            return Err(Malformed);
        }
        self.at += 1;
        Ok(())
    }

    #[cold]
    fn fail_at_the_end<T>(&mut self) -> Result<T> {
        self.at = self.text.len();
        Err(Malformed)
    }
}

/// What keys look like from afar: one bit for each length and first byte. Most keys that are not among some are told apart by it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Looks(u64);

impl Looks {
    pub(crate) fn with(self, key: &str) -> Self {
        let first = key.bytes().next().unwrap_or_default();
        Self(self.0 | 1 << Self::bit(key.len(), first))
    }

    #[inline]
    fn fit(self, length: usize, first: u8) -> bool {
        self.0 >> Self::bit(length, first) & 1 == 1
    }

    #[inline]
    fn bit(length: usize, first: u8) -> usize {
        (length ^ (usize::from(first) * 5)) & 63
    }
}

fn padded(rest: &[u8]) -> [u8; 64] {
    let mut block = [b' '; 64];
    block[..rest.len()].copy_from_slice(rest);
    block
}

/// What of a block is outside of strings, and what is not.
struct Outside {
    /// Quotes that begin or end a string.
    quotes: u64,
    /// All that is inside of strings, and the quotes before it.
    strings: u64,
    /// Brackets outside of strings.
    brackets: u64,
}

/// What lies around the end of a block.
#[derive(Default)]
struct Inside {
    /// All ones inside a string.
    string: u64,
    /// One when the next byte is escaped.
    escape: u64,
    /// How many brackets are open.
    depth: usize,
    /// Whether there was a backslash anywhere.
    any_backslash: bool,
}

impl Inside {
    #[inline(always)]
    fn look(&mut self, block: &[u8; 64]) -> Outside {
        let marks = Marks::of(block);
        let mut quotes = marks.quotes;
        if marks.any_backslash || self.escape != 0 {
            quotes &= !self.escaped(backslashes(block));
        }
        // Each quote turns all bits from its own on, so that those between two quotes are left.
        let mut strings = quotes;
        for shift in [1, 2, 4, 8, 16, 32] {
            strings ^= strings << shift;
        }
        strings ^= self.string;
        self.string = (strings.cast_signed() >> 63).cast_unsigned();
        Outside { quotes, strings, brackets: marks.brackets & !strings }
    }

    /// Where among these brackets the last one that is open is closed.
    #[inline(always)]
    fn last_bracket(&mut self, block: &[u8; 64], mut brackets: u64) -> Option<usize> {
        while brackets != 0 {
            let at = brackets.trailing_zeros() as usize;
            // In both kinds, this bit tells a closing bracket from an opening one.
            self.depth = if block[at & 63] & 4 == 0 { self.depth + 1 } else { self.depth - 1 };
            if self.depth == 0 {
                return Some(at);
            }
            brackets &= brackets - 1;
        }
        None
    }

    /// The bytes that a backslash before them escapes.
    #[cold]
    fn escaped(&mut self, mut backslashes: u64) -> u64 {
        self.any_backslash = true;
        let mut escaped = self.escape;
        backslashes &= !self.escape;
        self.escape = 0;
        while backslashes != 0 {
            let at = backslashes.trailing_zeros();
            if at == 63 {
                self.escape = 1;
                break;
            }
            escaped |= 2 << at;
            // What is escaped escapes nothing, and what is below is done.
            backslashes &= !(3 << at);
        }
        escaped
    }
}

/// Where the last two quotes were, in the whole text.
struct Quotes {
    last: usize,
    last_but_one: usize,
}

impl Default for Quotes {
    /// Nowhere.
    fn default() -> Self {
        Self { last: usize::MAX, last_but_one: usize::MAX }
    }
}

impl Quotes {
    /// The last two before a place in a block that starts at `base`.
    #[inline]
    fn before(&self, base: usize, at: usize, quotes: u64) -> (usize, usize) {
        let below = quotes & !(u64::MAX << at);
        if below == 0 {
            return (self.last_but_one, self.last);
        }
        let end = 63 - below.leading_zeros();
        match below ^ 1 << end {
            0 => (self.last, base + end as usize),
            first => (base + 63 - first.leading_zeros() as usize, base + end as usize),
        }
    }

    #[inline]
    fn remember(&mut self, base: usize, quotes: u64) {
        // A place beyond all of the block, which only 64 could be.
        if quotes != 0 {
            let end = 63 - quotes.leading_zeros();
            self.last_but_one = match quotes ^ 1 << end {
                0 => self.last,
                first => base + 63 - first.leading_zeros() as usize,
            };
            self.last = base + end as usize;
        }
    }
}
