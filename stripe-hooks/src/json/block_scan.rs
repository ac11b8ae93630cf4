//! What a cursor passes over 64 bytes at a time: brackets with all that is in them, and the members of an object that nobody asked for.

use std::ops::ControlFlow;

use super::{
    cursor::{Cursor, Malformed, Result, unescape_bytes},
    simd::{StructuralMasks, backslash_mask, colon_mask, has_odd_quotes, quote_mask, quote_mask_16},
};

impl Cursor<'_> {
    /// Past the object or array here: to where as many brackets are closed as were opened, outside of strings.
    pub(super) fn skip_container(&mut self, end: u8) -> Result<()> {
        if self.rest().get(1) == Some(&end) {
            self.offset += 2;
            return Ok(());
        }
        let mut inside = ScanState::default();
        let (blocks, rest) = self.rest().as_chunks::<64>();
        for block in blocks {
            if let Some(is_odd) = inside.has_odd_quotes(block) {
                inside.skip_block(is_odd);
                self.offset += 64;
                continue;
            }
            let mut brackets = inside.scan_block(block).outer_brackets;
            if let Some(last) = inside.close_brackets(block, &mut brackets) {
                return self.leave_container(end, last);
            }
            self.offset += 64;
        }
        let block = pad_block(rest);
        let mut brackets = inside.scan_block(&block).outer_brackets;
        match inside.close_brackets(&block, &mut brackets) {
            Some(last) => self.leave_container(end, last),
            None => self.fail_at_end(),
        }
    }

    /// Moves past the end of the object that the cursor is in. Stops at the value of each member
    /// whose key passes the filter and is wanted, and calls `take`, which must move past the value.
    #[inline]
    pub(crate) fn for_each_wanted_member<T, E: From<Malformed>>(
        &mut self,
        filter: KeyFilter,
        wanted: impl Fn(&[u8]) -> Option<T>,
        mut take: impl FnMut(T, &mut Self) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        while let Some(found) = self.next_wanted(&filter, &wanted)? {
            take(found, self)?;
        }
        Ok(())
    }

    /// On to the value of the next member that is wanted, or past the end of the object.
    ///
    /// Here the cursor goes from colon to colon, and nobody looks at what is between those that it stops at.
    #[inline]
    fn next_wanted<T>(
        &mut self,
        filter: &KeyFilter,
        wanted: &impl Fn(&[u8]) -> Option<T>,
    ) -> Result<Option<T>> {
        let (start, mut inside) = (self.offset, ScanState::default());
        loop {
            let (base, rest) = (self.offset, self.rest());
            let padding: [u8; 64];
            let block = match rest.first_chunk() {
                Some(block) => block,
                None => {
                    padding = pad_block(rest);
                    &padding
                }
            };
            let may_escape = inside.any_backslash && inside.depth == 0;
            let odd_quotes = if may_escape { None } else { inside.has_odd_quotes(block) };
            let found = match odd_quotes {
                Some(is_odd) => {
                    let found = self.find_in_plain_block(block, start, &inside, filter, wanted)?;
                    inside.skip_block(is_odd);
                    found
                }
                None => self.find_in_bracket_block(block, start, &mut inside, filter, wanted)?,
            };
            if let ControlFlow::Break(found) = found {
                return Ok(found);
            }
            if rest.len() < 64 {
                return self.fail_at_end();
            }
            self.offset = base + 64;
        }
    }

    /// The first member in a block without brackets and backslashes that is wanted.
    #[inline(always)]
    fn find_in_plain_block<T>(
        &mut self,
        block: &[u8; 64],
        start: usize,
        inside: &ScanState,
        filter: &KeyFilter,
        wanted: &impl Fn(&[u8]) -> Option<T>,
    ) -> Result<ControlFlow<Option<T>>> {
        let mut left = if inside.depth == 0 { colon_mask(block) } else { 0 };
        while left != 0 {
            let colon = self.offset + left.trailing_zeros() as usize;
            if filter.may_match(self.text.as_bytes(), colon)
                && inside.is_outside(quote_mask(block), left)
                && let Some(found) = self.match_key_before(colon, start, false, wanted)?
            {
                return Ok(ControlFlow::Break(Some(found)));
            }
            left &= left - 1;
        }
        Ok(ControlFlow::Continue(()))
    }

    /// The first member in a block that is wanted, or none if the object ends before it.
    #[inline(always)]
    fn find_in_bracket_block<T>(
        &mut self,
        block: &[u8; 64],
        start: usize,
        inside: &mut ScanState,
        filter: &KeyFilter,
        wanted: &impl Fn(&[u8]) -> Option<T>,
    ) -> Result<ControlFlow<Option<T>>> {
        let BlockMasks { in_strings: strings, outer_brackets: mut brackets } = inside.scan_block(block);
        let mut ahead = !strings;
        loop {
            if inside.depth > 0 {
                let Some(at) = inside.close_brackets(block, &mut brackets) else {
                    return Ok(ControlFlow::Continue(()));
                };
                ahead &= u64::MAX << at;
            }
            // Up to the next bracket there are members of the object itself.
            let until = brackets & brackets.wrapping_neg();
            let mut left = colon_mask(block) & ahead & until.wrapping_sub(1);
            while left != 0 {
                let colon = self.offset + left.trailing_zeros() as usize;
                if (inside.any_backslash || filter.may_match(self.text.as_bytes(), colon))
                    && let Some(found) = self.match_key_before(colon, start, inside.any_backslash, wanted)?
                {
                    return Ok(ControlFlow::Break(Some(found)));
                }
                left &= left - 1;
            }
            if until == 0 {
                return Ok(ControlFlow::Continue(()));
            }
            let at = until.trailing_zeros() as usize;
            if is_closing(block[at & 63]) {
                return self.leave_container(b'}', at).map(|()| ControlFlow::Break(None));
            }
            brackets ^= until;
            inside.depth = 1;
        }
    }

    /// What is wanted of the key before a colon. If anything is, the cursor then stands behind the colon.
    #[inline]
    fn match_key_before<T>(
        &mut self,
        colon: usize,
        start: usize,
        any_backslash: bool,
        wanted: &impl Fn(&[u8]) -> Option<T>,
    ) -> Result<Option<T>> {
        let before = self.text.as_bytes().get(start..colon).unwrap_or_default();
        let Some((from, to)) = last_string_span(before, any_backslash) else {
            self.offset = colon;
            return Err(Malformed);
        };
        let key = &before[from + 1..to];
        let found = match any_backslash && key.contains(&b'\\') {
            false => wanted(key),
            true => wanted(&unescape_bytes(self.text.get(start + from..=start + to).unwrap_or_default())?),
        };
        if found.is_some() {
            self.offset = colon + 1;
        }
        Ok(found)
    }

    #[inline]
    fn leave_container(&mut self, end: u8, offset: usize) -> Result<()> {
        self.offset += offset;
        if self.current_byte() != Some(end) {
            return Err(Malformed);
        }
        self.offset += 1;
        Ok(())
    }

    #[cold]
    fn fail_at_end<T>(&mut self) -> Result<T> {
        self.offset = self.text.len();
        Err(Malformed)
    }
}

/// Where the quotes are of the string that a text ends with, but for white space.
#[inline]
fn last_string_span(text: &[u8], any_backslash: bool) -> Option<(usize, usize)> {
    let end = text.iter().rposition(|byte| !matches!(byte, b' ' | b'\n' | b'\r' | b'\t'))?;
    if text[end] != b'"' || (any_backslash && is_escaped(&text[..end])) {
        return None;
    }
    let mut start = end;
    loop {
        start = last_quote(&text[..start])?;
        if !(any_backslash && is_escaped(&text[..start])) {
            return Some((start, end));
        }
    }
}

/// Whether what follows a text is escaped by it.
fn is_escaped(text: &[u8]) -> bool {
    text.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// Where the last quote is.
#[inline]
fn last_quote(mut text: &[u8]) -> Option<usize> {
    while let Some((before, chunk)) = text.split_last_chunk() {
        let quotes = quote_mask_16(chunk);
        if quotes != 0 {
            return Some(before.len() + quotes.ilog2() as usize);
        }
        text = before;
    }
    text.iter().rposition(|byte| *byte == b'"')
}

/// A filter for keys: one bit for the last three bytes of each wanted key. It rejects most other
/// keys without a comparison.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct KeyFilter([u64; 4]);

impl KeyFilter {
    pub(crate) fn with_key(mut self, key: &str) -> Self {
        let (word, bit) = match *key.as_bytes() {
            [.., a, b, c] => Self::bit_position([a, b, c]),
            [b, c] => Self::bit_position([b'"', b, c]),
            // What precedes its quote may be anything.
            [_] | [] => return Self([u64::MAX; 4]),
        };
        self.0[word] |= bit;
        self
    }

    /// Whether the key before a colon may be one of them.
    #[inline]
    fn may_match(&self, text: &[u8], colon: usize) -> bool {
        match text.get(..colon).and_then(|before| before.last_chunk()) {
            Some([a, b, c, b'"']) => {
                let (word, bit) = Self::bit_position([*a, *b, *c]);
                self.0[word] & bit != 0
            }
            _ => true,
        }
    }

    #[inline]
    fn bit_position([a, b, c]: [u8; 3]) -> (usize, u64) {
        let mixed = u32::from_le_bytes([a, b, c, 0]).wrapping_mul(0x9e37_79b1) >> 24;
        (mixed as usize >> 6, 1 << (mixed & 63))
    }
}

/// In both kinds of bracket, this bit tells a closing one from an opening one.
#[inline(always)]
fn is_closing(bracket: u8) -> bool {
    bracket & 4 != 0
}

fn pad_block(rest: &[u8]) -> [u8; 64] {
    let mut block = [b' '; 64];
    block[..rest.len()].copy_from_slice(rest);
    block
}

/// What of a block is outside of strings, and what is not.
struct BlockMasks {
    /// All that is inside of strings, and the quotes before it.
    in_strings: u64,
    /// Brackets outside of strings.
    outer_brackets: u64,
}

/// What lies around the end of a block.
#[derive(Default)]
struct ScanState {
    /// All ones inside a string.
    in_string: u64,
    /// One when the next byte is escaped.
    is_escaped: u64,
    /// How many brackets are open.
    depth: usize,
    /// Whether there was a backslash anywhere.
    any_backslash: bool,
}

impl ScanState {
    /// Whether the quotes of a block are odd in number, where no brackets and no backslashes are, as in most blocks.
    #[inline(always)]
    fn has_odd_quotes(&self, block: &[u8; 64]) -> Option<bool> {
        if self.is_escaped == 0 { has_odd_quotes(block) } else { None }
    }

    /// Past such a block.
    #[inline(always)]
    fn skip_block(&mut self, is_odd: bool) {
        self.in_string ^= if is_odd { u64::MAX } else { 0 };
    }

    /// What is inside of strings in a block with these quotes.
    #[inline(always)]
    fn string_mask(&self, quotes: u64) -> u64 {
        // Each quote turns all bits from its own on, so that those between two quotes are left.
        let mut strings = quotes;
        for shift in [1, 2, 4, 8, 16, 32] {
            strings ^= strings << shift;
        }
        strings ^ self.in_string
    }

    /// Whether the first of these colons is outside of strings, in a block with these quotes.
    #[inline(always)]
    fn is_outside(&self, quotes: u64, colons: u64) -> bool {
        let before = colons & colons.wrapping_neg();
        ((quotes & before.wrapping_sub(1)).count_ones() & 1) as u64 == self.in_string & 1
    }

    #[inline(always)]
    fn scan_block(&mut self, block: &[u8; 64]) -> BlockMasks {
        let marks = StructuralMasks::from_block(block);
        let mut quotes = marks.quotes;
        if marks.any_backslash || self.is_escaped != 0 {
            quotes &= !self.escaped_bytes(backslash_mask(block));
        }
        let strings = self.string_mask(quotes);
        self.in_string = (strings.cast_signed() >> 63).cast_unsigned();
        BlockMasks { in_strings: strings, outer_brackets: marks.brackets & !strings }
    }

    /// Takes brackets up to the one that closes the last that is open, and says where that is.
    #[inline(always)]
    fn close_brackets(&mut self, block: &[u8; 64], brackets: &mut u64) -> Option<usize> {
        let mut left = *brackets;
        while left != 0 {
            let at = left.trailing_zeros() as usize;
            self.depth = if is_closing(block[at & 63]) { self.depth - 1 } else { self.depth + 1 };
            if self.depth == 0 {
                *brackets = left & (left - 1);
                return Some(at);
            }
            left &= left - 1;
        }
        None
    }

    /// The bytes that a backslash before them escapes.
    #[cold]
    fn escaped_bytes(&mut self, mut backslashes: u64) -> u64 {
        self.any_backslash = true;
        let mut escaped = self.is_escaped;
        backslashes &= !self.is_escaped;
        self.is_escaped = 0;
        while backslashes != 0 {
            let at = backslashes.trailing_zeros();
            if at == 63 {
                self.is_escaped = 1;
                break;
            }
            escaped |= 2 << at;
            // What is escaped escapes nothing, and what is below is done.
            backslashes &= !(3 << at);
        }
        escaped
    }
}
