//! The one who goes over the text.

use std::borrow::Cow;

use super::{
    Position,
    lanes::{Marks, plain, quoted, spaces},
};

/// The text is not JSON, at the place where the cursor stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

type Result<T> = std::result::Result<T, Malformed>;

/// A place in a JSON text.
#[derive(Clone, Debug)]
pub(crate) struct Cursor<'de> {
    text: &'de str,
    at: usize,
}

impl<'de> Cursor<'de> {
    #[inline]
    pub(crate) fn new(text: &'de str) -> Self {
        Self { text, at: 0 }
    }

    pub(crate) fn position(&self) -> Position {
        Position::of(self.at, self.text)
    }

    /// How many bytes lie behind it.
    #[inline]
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// The text from there to where it stands now.
    #[inline]
    pub(crate) fn since(&self, start: usize) -> &'de str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    #[inline]
    fn rest(&self) -> &'de [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The byte that the next value, bracket or comma starts with. The cursor then stands before it.
    #[inline]
    pub(crate) fn peek(&mut self) -> Option<u8> {
        match self.byte() {
            Some(byte) if byte > b' ' => Some(byte),
            _ => self.peek_after_space(),
        }
    }

    fn peek_after_space(&mut self) -> Option<u8> {
        loop {
            match self.byte()? {
                b'\n' | b'\r' | b'\t' => self.at += 1,
                b' ' => match self.rest().first_chunk() {
                    Some(chunk) => self.at += spaces(chunk),
                    None => self.at += 1,
                },
                byte => return Some(byte),
            }
        }
    }

    #[inline]
    fn expect(&mut self, byte: u8) -> Result<()> {
        if self.peek() != Some(byte) {
            return Err(Malformed);
        }
        self.at += 1;
        Ok(())
    }

    /// Past the end of a text in which nothing is left.
    pub(crate) fn end(&mut self) -> Result<()> {
        if self.peek().is_some() { Err(Malformed) } else { Ok(()) }
    }

    /// Into the object or array that starts here.
    #[inline]
    pub(crate) fn enter(&mut self) {
        self.at += 1;
    }

    /// On to the next key of an object, or past its end. Called with `first` until there was one.
    #[inline]
    pub(crate) fn more_members(&mut self, first: &mut bool) -> Result<bool> {
        match self.peek() {
            Some(b',') if !*first => {
                self.at += 1;
                if self.peek() == Some(b'"') { Ok(true) } else { Err(Malformed) }
            }
            Some(b'"') if *first => {
                *first = false;
                Ok(true)
            }
            Some(b'}') => {
                self.at += 1;
                Ok(false)
            }
            _ => Err(Malformed),
        }
    }

    /// On to the next item of an array, or past its end. Called with `first` until there was one.
    #[inline]
    pub(crate) fn more_items(&mut self, first: &mut bool) -> Result<bool> {
        match self.peek() {
            Some(b']') => {
                self.at += 1;
                Ok(false)
            }
            Some(b',') if !*first => {
                self.at += 1;
                Ok(true)
            }
            Some(_) if *first => {
                *first = false;
                Ok(true)
            }
            _ => Err(Malformed),
        }
    }

    /// Whether the key here is this one, which holds nothing that JSON escapes. The cursor then stands before its value.
    #[inline]
    pub(crate) fn is_key(&mut self, name: &str) -> Result<bool> {
        let is_it = match self.rest().split_at_checked(name.len() + 2) {
            Some(([b'"', key @ .., b'"'], _)) => key == name.as_bytes(),
            _ => false,
        };
        if is_it {
            self.at += name.len() + 2;
            self.expect(b':')?;
        }
        Ok(is_it)
    }

    /// The key here; the cursor then stands before its value. An odd key need not be Unicode: escapes may write half a surrogate.
    #[inline]
    pub(crate) fn key(&mut self) -> Result<Cow<'de, [u8]>> {
        let start = self.at;
        let key = match self.plain_string()? {
            Some(key) => Cow::Borrowed(key.as_bytes()),
            None => Cow::Owned(unescape_bytes(self.since(start))?),
        };
        self.expect(b':')?;
        Ok(key)
    }

    /// The string here, borrowed from the text where it holds no escape.
    #[inline]
    pub(crate) fn string(&mut self) -> Result<Cow<'de, str>> {
        let start = self.at;
        match self.plain_string()? {
            Some(text) => Ok(Cow::Borrowed(text)),
            None => unescape(self.since(start)).map(Cow::Owned).inspect_err(|_| self.at = start),
        }
    }

    /// Past the string here, and what is in it; `None` when it holds an escape.
    #[inline]
    fn plain_string(&mut self) -> Result<Option<&'de str>> {
        let start = self.at + 1;
        self.at = start;
        while let Some(chunk) = self.rest().first_chunk() {
            let count = plain(chunk);
            self.at += count;
            if count < 16 {
                break;
            }
        }
        loop {
            match self.byte() {
                Some(b'"') => {
                    let text = self.since(start);
                    self.at += 1;
                    return Ok(Some(text));
                }
                Some(b'\\') => {
                    self.skip_string_from_here()?;
                    return Ok(None);
                }
                Some(byte) if byte > 0x1f => self.at += 1,
                _ => return Err(Malformed),
            }
        }
    }

    /// Past the rest of a string.
    fn skip_string_from_here(&mut self) -> Result<()> {
        loop {
            match self.rest().first_chunk() {
                Some(chunk) => self.at += quoted(chunk),
                None => match self.byte() {
                    Some(b'"' | b'\\') => {}
                    Some(_) => {
                        self.at += 1;
                        continue;
                    }
                    None => return Err(Malformed),
                },
            }
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => self.at += 2,
                Some(_) => {}
                None => return Err(Malformed),
            }
        }
    }

    /// Past the word here, if it is this one.
    #[inline]
    pub(crate) fn word(&mut self, word: &str) -> Result<()> {
        if !self.rest().starts_with(word.as_bytes()) {
            return Err(Malformed);
        }
        self.at += word.len();
        Ok(())
    }

    /// The number here.
    #[inline]
    pub(crate) fn number(&mut self) -> Result<Number<'de>> {
        let start = self.at;
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        match self.byte() {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        let is_whole = !matches!(self.byte(), Some(b'.' | b'e' | b'E' | b'0'..=b'9'));
        if !is_whole {
            self.fraction()?;
        }
        Ok(Number { text: self.since(start), is_whole })
    }

    fn fraction(&mut self) -> Result<()> {
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.byte() {
                self.at += 1;
            }
            self.digits()?;
        }
        // A digit here stands after a leading zero.
        if let Some(b'0'..=b'9') = self.byte() { Err(Malformed) } else { Ok(()) }
    }

    #[inline]
    fn digits(&mut self) -> Result<()> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.byte() {
            self.at += 1;
        }
        if self.at == start { Err(Malformed) } else { Ok(()) }
    }

    /// The text of the value here, whatever it is.
    #[inline]
    pub(crate) fn raw(&mut self) -> Result<&'de str> {
        self.peek();
        let start = self.at;
        self.skip()?;
        Ok(self.since(start))
    }

    /// Past the value here.
    #[inline]
    pub(crate) fn skip(&mut self) -> Result<()> {
        match self.peek() {
            Some(b'"') => {
                self.at += 1;
                self.skip_string_from_here()
            }
            Some(b'{') => self.skip_brackets(b'}'),
            Some(b'[') => self.skip_brackets(b']'),
            Some(b'n') => self.word("null"),
            Some(b't') => self.word("true"),
            Some(b'f') => self.word("false"),
            Some(b'-' | b'0'..=b'9') => self.number().map(drop),
            _ => Err(Malformed),
        }
    }

    /// Past the object or array here: to where as many brackets are closed as were opened, outside of strings.
    fn skip_brackets(&mut self, end: u8) -> Result<()> {
        if self.rest().get(1) == Some(&end) {
            self.at += 2;
            return Ok(());
        }
        let start = self.at;
        let mut inside = Inside::default();
        let (blocks, rest) = self.rest().as_chunks::<64>();
        for block in blocks {
            if let Some(last) = inside.last_bracket(block) {
                return self.leave(end, last);
            }
            self.at += 64;
        }
        let mut block = [b' '; 64];
        block[..rest.len()].copy_from_slice(rest);
        match inside.last_bracket(&block) {
            Some(last) => self.leave(end, last),
            None => {
                self.at = start + blocks.len() * 64 + rest.len();
                Err(Malformed)
            }
        }
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
}

/// What lies around the end of a block.
#[derive(Default)]
struct Inside {
    /// All ones inside a string.
    string: u64,
    /// One when the next byte is escaped.
    escape: u64,
    brackets: u64,
}

impl Inside {
    /// Where in the block the last open bracket is closed.
    #[inline]
    fn last_bracket(&mut self, block: &[u8; 64]) -> Option<usize> {
        let marks = Marks::of(block);
        let quotes = match marks.backslashes | self.escape {
            0 => marks.quotes,
            _ => marks.quotes & !self.escaped(marks.backslashes),
        };
        // Each quote turns all bits from its own on, so that those between two quotes are left.
        let mut strings = quotes;
        for shift in [1, 2, 4, 8, 16, 32] {
            strings ^= strings << shift;
        }
        strings ^= self.string;
        self.string = 0_u64.wrapping_sub(strings >> 63);
        let (opening, closing) = (marks.opening & !strings, marks.closing & !strings);
        if opening | closing == 0 {
            return None;
        }
        let closed = u64::from(closing.count_ones());
        if closed < self.brackets {
            self.brackets = self.brackets + u64::from(opening.count_ones()) - closed;
            return None;
        }
        let mut left = opening | closing;
        while left != 0 {
            let lowest = left & left.wrapping_neg();
            if opening & lowest != 0 {
                self.brackets += 1;
            } else {
                self.brackets -= 1;
                if self.brackets == 0 {
                    return Some(lowest.trailing_zeros() as usize);
                }
            }
            left ^= lowest;
        }
        None
    }

    /// The bytes that a backslash before them escapes.
    fn escaped(&mut self, mut backslashes: u64) -> u64 {
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

/// A number as it is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Number<'de> {
    pub(crate) text: &'de str,
    /// Whether it has neither a fraction nor an exponent.
    pub(crate) is_whole: bool,
}

/// What a string with escapes says.
#[cold]
fn unescape(string: &str) -> Result<String> {
    serde_json::from_str(string).map_err(|_| Malformed)
}

/// The same, where half a surrogate is as good as any other character.
#[cold]
fn unescape_bytes(string: &str) -> Result<Vec<u8>> {
    use serde::de::{Deserializer, Visitor};

    // For serde_json, a string that is read as bytes may hold these.
    if string.bytes().any(|byte| byte < 0x20) {
        return Err(Malformed);
    }

    struct Bytes;

    impl Visitor<'_> for Bytes {
        type Value = Vec<u8>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a string")
        }

        fn visit_bytes<E>(self, bytes: &[u8]) -> std::result::Result<Vec<u8>, E> {
            Ok(bytes.to_owned())
        }
    }

    serde_json::Deserializer::from_str(string).deserialize_bytes(Bytes).map_err(|_| Malformed)
}
