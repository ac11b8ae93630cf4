//! The one who goes over the text.

use std::borrow::Cow;

use super::{
    TextPosition,
    simd::{bytes_equal, plain_prefix, prefix_before_quote, space_prefix},
};

/// The text is not JSON, at the place where the cursor stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

pub(super) type Result<T> = std::result::Result<T, Malformed>;

/// A place in a JSON text.
#[derive(Clone, Debug)]
pub(crate) struct Cursor<'de> {
    pub(super) text: &'de str,
    pub(super) offset: usize,
}

impl<'de> Cursor<'de> {
    #[inline]
    pub(crate) fn new(text: &'de str) -> Self {
        Self { text, offset: 0 }
    }

    pub(crate) fn position(&self) -> TextPosition {
        TextPosition::from_offset(self.offset, self.text)
    }

    /// How many bytes lie behind it.
    #[inline]
    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    /// The text from there to where it stands now.
    #[inline]
    pub(crate) fn text_since(&self, start: usize) -> &'de str {
        self.text.get(start..self.offset).unwrap_or_default()
    }

    #[inline]
    pub(super) fn rest(&self) -> &'de [u8] {
        self.text.as_bytes().get(self.offset..).unwrap_or_default()
    }

    #[inline]
    pub(super) fn current_byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.offset).copied()
    }

    /// The byte that the next value, bracket or comma starts with. The cursor then stands before it.
    #[inline]
    pub(crate) fn peek_byte(&mut self) -> Option<u8> {
        match self.current_byte() {
            Some(byte) if byte > b' ' => Some(byte),
            _ => self.peek_byte_after_space(),
        }
    }

    #[inline]
    fn peek_byte_after_space(&mut self) -> Option<u8> {
        while let Some(chunk) = self.rest().first_chunk() {
            let count = space_prefix(chunk);
            self.offset += count;
            if count < 16 {
                return self.current_byte();
            }
        }
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.current_byte() {
            self.offset += 1;
        }
        self.current_byte()
    }

    #[inline]
    fn expect_byte(&mut self, byte: u8) -> Result<()> {
        if self.peek_byte() != Some(byte) {
            return Err(Malformed);
        }
        self.offset += 1;
        Ok(())
    }

    /// Past the colon after a key, and the one space that mostly follows it.
    #[inline]
    fn expect_colon(&mut self) -> Result<()> {
        self.expect_byte(b':')?;
        if self.current_byte() == Some(b' ') {
            self.offset += 1;
        }
        Ok(())
    }

    /// Past the end of a text in which nothing is left.
    pub(crate) fn expect_end(&mut self) -> Result<()> {
        if self.peek_byte().is_some() { Err(Malformed) } else { Ok(()) }
    }

    /// Into the object or array that starts here.
    #[inline]
    pub(crate) fn enter_container(&mut self) {
        self.offset += 1;
    }

    /// On to the next key of an object, or past its end. Called with `first` until there was one.
    #[inline]
    pub(crate) fn has_next_member(&mut self, first: &mut bool) -> Result<bool> {
        match self.peek_byte() {
            Some(b',') if !*first => {
                self.offset += 1;
                if self.peek_byte() == Some(b'"') { Ok(true) } else { Err(Malformed) }
            }
            Some(b'"') if *first => {
                *first = false;
                Ok(true)
            }
            Some(b'}') => {
                self.offset += 1;
                Ok(false)
            }
            _ => Err(Malformed),
        }
    }

    /// On to the next item of an array, or past its end. Called with `first` until there was one.
    #[inline]
    pub(crate) fn has_next_item(&mut self, first: &mut bool) -> Result<bool> {
        match self.peek_byte() {
            Some(b']') => {
                self.offset += 1;
                Ok(false)
            }
            Some(b',') if !*first => {
                self.offset += 1;
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
    pub(crate) fn skip_if_key(&mut self, name: &str) -> Result<bool> {
        let here = self.rest().get(..name.len() + 2);
        let is_it = matches!(here, Some([b'"', key @ .., b'"']) if bytes_equal(key, name.as_bytes()));
        if is_it {
            self.offset += name.len() + 2;
            self.expect_colon()?;
        }
        Ok(is_it)
    }

    /// The key here; the cursor then stands before its value. An odd key need not be Unicode: escapes may write half a surrogate.
    #[inline]
    pub(crate) fn read_key(&mut self) -> Result<Cow<'de, [u8]>> {
        let start = self.offset;
        let key = match self.skip_string()? {
            true => Cow::Borrowed(self.text.as_bytes().get(start + 1..self.offset - 1).unwrap_or_default()),
            false => Cow::Owned(unescape_bytes(self.text_since(start))?),
        };
        self.expect_colon()?;
        Ok(key)
    }

    /// The string here, borrowed from the text where it holds no escape.
    #[inline]
    pub(crate) fn read_string(&mut self) -> Result<Cow<'de, str>> {
        let start = self.offset;
        match self.skip_string()? {
            true => Ok(Cow::Borrowed(self.text.get(start + 1..self.offset - 1).unwrap_or_default())),
            false => unescape(self.text_since(start)).map(Cow::Owned).inspect_err(|_| self.offset = start),
        }
    }

    /// The string here, if it is one and holds no escape; the cursor stays where it is before anything else.
    #[inline]
    pub(crate) fn read_plain_string(&mut self) -> Option<&'de str> {
        let start = self.offset;
        if self.current_byte() == Some(b'"') && self.skip_string() == Ok(true) {
            return self.text.get(start + 1..self.offset - 1);
        }
        self.offset = start;
        None
    }

    /// Past the string here. Whether it holds no escape.
    #[inline]
    fn skip_string(&mut self) -> Result<bool> {
        self.offset += 1;
        while let Some(chunk) = self.rest().first_chunk() {
            let count = plain_prefix(chunk);
            self.offset += count;
            if count < 16 {
                break;
            }
        }
        if self.current_byte() == Some(b'"') {
            self.offset += 1;
            return Ok(true);
        }
        self.skip_rest_of_string()
    }

    /// Past the rest of a string that ends with the text, or in which not everything is plain.
    fn skip_rest_of_string(&mut self) -> Result<bool> {
        loop {
            match self.current_byte() {
                Some(b'"') => {
                    self.offset += 1;
                    return Ok(true);
                }
                Some(b'\\') => return self.skip_to_string_end().map(|()| false),
                Some(byte) if byte > 0x1f => self.offset += 1,
                _ => return Err(Malformed),
            }
        }
    }

    /// Past the rest of a string.
    fn skip_to_string_end(&mut self) -> Result<()> {
        loop {
            match self.rest().first_chunk() {
                Some(chunk) => self.offset += prefix_before_quote(chunk),
                None => match self.current_byte() {
                    Some(b'"' | b'\\') => {}
                    Some(_) => {
                        self.offset += 1;
                        continue;
                    }
                    None => return Err(Malformed),
                },
            }
            match self.current_byte() {
                Some(b'"') => {
                    self.offset += 1;
                    return Ok(());
                }
                Some(b'\\') => self.offset += 2,
                Some(_) => {}
                None => return Err(Malformed),
            }
        }
    }

    /// Past the word here, if it is this one.
    #[inline]
    pub(crate) fn expect_word(&mut self, word: &str) -> Result<()> {
        if !self.rest().starts_with(word.as_bytes()) {
            return Err(Malformed);
        }
        self.offset += word.len();
        Ok(())
    }

    /// The number here.
    #[inline]
    pub(crate) fn read_number(&mut self) -> Result<NumberText<'de>> {
        let start = self.offset;
        if self.current_byte() == Some(b'-') {
            self.offset += 1;
        }
        match self.current_byte() {
            Some(b'0') => self.offset += 1,
            _ => self.skip_digits()?,
        }
        let is_whole = !matches!(self.current_byte(), Some(b'.' | b'e' | b'E' | b'0'..=b'9'));
        if !is_whole {
            self.skip_fraction()?;
        }
        Ok(NumberText { text: self.text_since(start), is_whole })
    }

    /// The whole number here; the cursor stays where it is before anything longer, or otherwise odd.
    #[inline]
    pub(crate) fn read_integer(&mut self) -> Option<i64> {
        // So many digits fit, whichever they are.
        const MAX_DIGITS: usize = 18;
        let is_negative = self.current_byte() == Some(b'-');
        let digits = self.rest().get(usize::from(is_negative)..)?;
        let (mut value, mut count) = (0_i64, 0);
        while let Some(digit @ b'0'..=b'9') = digits.get(count) {
            if count == MAX_DIGITS {
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
        self.offset += count + usize::from(is_negative);
        Some(if is_negative { -value } else { value })
    }

    fn skip_fraction(&mut self) -> Result<()> {
        if self.current_byte() == Some(b'.') {
            self.offset += 1;
            self.skip_digits()?;
        }
        if let Some(b'e' | b'E') = self.current_byte() {
            self.offset += 1;
            if let Some(b'+' | b'-') = self.current_byte() {
                self.offset += 1;
            }
            self.skip_digits()?;
        }
        // A digit here stands after a leading zero.
        if let Some(b'0'..=b'9') = self.current_byte() { Err(Malformed) } else { Ok(()) }
    }

    #[inline]
    fn skip_digits(&mut self) -> Result<()> {
        let start = self.offset;
        while let Some(b'0'..=b'9') = self.current_byte() {
            self.offset += 1;
        }
        if self.offset == start { Err(Malformed) } else { Ok(()) }
    }

    /// The text of the value here, whatever it is.
    #[inline]
    pub(crate) fn read_raw(&mut self) -> Result<&'de str> {
        self.peek_byte();
        let start = self.offset;
        self.skip_value()?;
        Ok(self.text_since(start))
    }

    /// Past the value here.
    #[inline]
    pub(crate) fn skip_value(&mut self) -> Result<()> {
        match self.peek_byte() {
            Some(b'"') => {
                self.offset += 1;
                self.skip_to_string_end()
            }
            Some(b'{') => self.skip_container(b'}'),
            Some(b'[') => self.skip_container(b']'),
            Some(b'n') => self.expect_word("null"),
            Some(b't') => self.expect_word("true"),
            Some(b'f') => self.expect_word("false"),
            Some(b'-' | b'0'..=b'9') => self.read_number().map(drop),
            _ => Err(Malformed),
        }
    }
}

/// A number as it is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NumberText<'de> {
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
