//! Writes a message while the compiler evaluates, which has no `format!` yet.

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

    pub(crate) const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => text,
            Err(_) => "the message is not text",
        }
    }
}
