//! Writes a message while the compiler evaluates, which has no `format!` yet.

use super::Kind;

/// A text of limited length; what is longer is cut.
pub(crate) struct Message {
    bytes: [u8; Message::LONGEST],
    length: usize,
}

impl Message {
    const LONGEST: usize = 1024;

    pub(crate) const fn new() -> Self {
        Self { bytes: [0; Self::LONGEST], length: 0 }
    }

    pub(crate) const fn add(mut self, text: &str) -> Self {
        let mut at = 0;
        while at < text.len() && self.length < Self::LONGEST {
            self.bytes[self.length] = text.as_bytes()[at];
            self.length += 1;
            at += 1;
        }
        self
    }

    /// Adds a piece of code, in the marks that messages set it off with.
    pub(crate) const fn code(self, text: &str) -> Self {
        self.add("`").add(text).add("`")
    }

    /// Adds what Stripe sends, in words.
    pub(crate) const fn sent(self, kind: Kind) -> Self {
        match kind {
            Kind::Text => self.add("text"),
            Kind::Tag(_) => self.add("the name of a kind of object"),
            Kind::Integer => self.add("a whole number"),
            Kind::Number => self.add("a number"),
            Kind::Decimal => self.add("a decimal number, as text"),
            Kind::Flag => self.add("true or false"),
            Kind::Time => self.add("a time, in Unix seconds"),
            Kind::Rfc3339 => self.add("a time, as text"),
            Kind::Currency => self.add("a currency, as text"),
            Kind::Any => self.add("JSON of any kind"),
            Kind::Metadata => self.add("metadata"),
            Kind::Enum(_) => self.add("one of a set of values"),
            Kind::Id(target) => self.add("the id of ").add(article(target.rust)).code(target.rust),
            Kind::Record(shape) => self.add("an object, ").code(shape.name),
            Kind::Union(union) => self.add("an object of one of several kinds, ").code(union.name),
            Kind::List(_) => self.add("a list object"),
            Kind::Array(_) => self.add("an array"),
            Kind::Map(_) => self.add("an object that is used as a map"),
        }
    }

    /// Ends the evaluation with this message, which the compiler shows as an error at the code that the evaluation started from.
    #[expect(clippy::panic, reason = "while the compiler evaluates, a panic is a compile error")]
    #[track_caller]
    pub(crate) const fn refuse(&self) -> ! {
        panic!("{}", self.as_str())
    }

    pub(crate) const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => text,
            Err(_) => "the message is not text",
        }
    }
}

/// `a ` or `an `, before a name of Rust's.
pub(crate) const fn article(name: &str) -> &'static str {
    match name.as_bytes() {
        [b'a' | b'e' | b'i' | b'o' | b'A' | b'E' | b'I' | b'O' | b'U', ..] => "an ",
        _ => "a ",
    }
}
