//! The one who goes over the text.

use std::borrow::Cow;

use super::{
    Position,
    lanes::{is_same, plain, quoted, white_space},
};

/// The text is not JSON, at the place where the cursor stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

pub(super) type Result<T> = std::result::Result<T, Malformed>;

/// A place in a JSON text.
#[derive(Clone, Debug)]
pub(crate) struct Cursor<'de> {
    pub(super) text: &'de str,
    pub(super) at: usize,
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
    pub(super) fn rest(&self) -> &'de [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    #[inline]
    pub(super) fn byte(&self) -> Option<u8> {
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

    #[inline]
    fn peek_after_space(&mut self) -> Option<u8> {
        while let Some(chunk) = self.rest().first_chunk() {
            let count = white_space(chunk);
            self.at += count;
            if count < 16 {
                return self.byte();
            }
        }
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.byte() {
            self.at += 1;
        }
        self.byte()
    }

    #[inline]
    fn expect(&mut self, byte: u8) -> Result<()> {
        if self.peek() != Some(byte) {
            return Err(Malformed);
        }
        self.at += 1;
        Ok(())
    }

    /// Past the colon after a key, and the one space that mostly follows it.
    #[inline]
    fn colon(&mut self) -> Result<()> {
        self.expect(b':')?;
        if self.byte() == Some(b' ') {
            self.at += 1;
        }
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
    #[inline(always)] // Each record asks it for every member, and where there are many records the compiler would make a call of it.
    pub(crate) fn is_key(&mut self, name: &str) -> Result<bool> {
        let here = self.rest().get(..name.len() + 2);
        let is_it = matches!(here, Some([b'"', key @ .., b'"']) if is_same(key, name.as_bytes()));
        if is_it {
            self.at += name.len() + 2;
            self.colon()?;
        }
        Ok(is_it)
    }

    /// The key here; the cursor then stands before its value. An odd key need not be Unicode: escapes may write half a surrogate.
    #[inline]
    pub(crate) fn key(&mut self) -> Result<Cow<'de, [u8]>> {
        let start = self.at;
        let key = match self.plain_string()? {
            true => Cow::Borrowed(self.text.as_bytes().get(start + 1..self.at - 1).unwrap_or_default()),
            false => Cow::Owned(unescape_bytes(self.since(start))?),
        };
        self.colon()?;
        Ok(key)
    }

    /// The string here, borrowed from the text where it holds no escape.
    #[inline]
    pub(crate) fn string(&mut self) -> Result<Cow<'de, str>> {
        let start = self.at;
        match self.plain_string()? {
            true => Ok(Cow::Borrowed(self.text.get(start + 1..self.at - 1).unwrap_or_default())),
            false => unescape(self.since(start)).map(Cow::Owned).inspect_err(|_| self.at = start),
        }
    }

    /// The string here, if it is one and holds no escape; the cursor stays where it is before anything else.
    #[inline]
    pub(crate) fn plain(&mut self) -> Option<&'de str> {
        let start = self.at;
        if self.byte() == Some(b'"') && self.plain_string() == Ok(true) {
            return self.text.get(start + 1..self.at - 1);
        }
        self.at = start;
        None
    }

    /// Past the string here. Whether it holds no escape.
    #[inline]
    fn plain_string(&mut self) -> Result<bool> {
        self.at += 1;
        while let Some(chunk) = self.rest().first_chunk() {
            let count = plain(chunk);
            self.at += count;
            if count < 16 {
                break;
            }
        }
        if self.byte() == Some(b'"') {
            self.at += 1;
            return Ok(true);
        }
        self.rest_of_odd_string()
    }

    /// Past the rest of a string that ends with the text, or in which not everything is plain.
    fn rest_of_odd_string(&mut self) -> Result<bool> {
        loop {
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(true);
                }
                Some(b'\\') => return self.skip_string_from_here().map(|()| false),
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

    /// The whole number here; the cursor stays where it is before anything longer, or otherwise odd.
    #[inline]
    pub(crate) fn integer(&mut self) -> Option<i64> {
        // So many digits fit, whichever they are.
        const LONGEST: usize = 18;
        let is_negative = self.byte() == Some(b'-');
        let digits = self.rest().get(usize::from(is_negative)..)?;
        let (mut value, mut count) = (0_i64, 0);
        while let Some(digit @ b'0'..=b'9') = digits.get(count) {
            if count == LONGEST {
                return None;
            }
            value = value * 10 + i64::from(digit - b'0');
            count += 1;
        }
        let is_odd = count == 0
            || (digits[0] == b'0' && (count > 1 || is_negative))
            || matches!(digits.get(count), Some(b'.' | b'e' | b'E'));
        if is_odd {
            return None;
        }
        self.at += count + usize::from(is_negative);
        Some(if is_negative { -value } else { value })
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
pub(super) fn unescape_bytes(string: &str) -> Result<Vec<u8>> {
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
