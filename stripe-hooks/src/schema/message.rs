//! Builds a message while the compiler evaluates, where `format!` is not available yet.

use super::{
    shape::Kind,
    words::{self, article},
};

/// A text of limited length; the rest of a longer one is cut off.
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

    /// Adds a piece of code between backticks.
    pub(crate) const fn code(self, text: &str) -> Self {
        self.add("`").add(text).add("`")
    }

    /// Adds a description of what Stripe sends in a field of this kind.
    pub(crate) const fn sent(self, kind: Kind) -> Self {
        match kind {
            Kind::Text => self.add(words::TEXT),
            Kind::Tag(_) => self.add(words::TAG),
            Kind::Integer => self.add(words::INTEGER),
            Kind::Number => self.add(words::NUMBER),
            Kind::Decimal => self.add(words::DECIMAL).add(", as text"),
            Kind::Flag => self.add(words::FLAG),
            Kind::Time => self.add(words::TIME),
            Kind::Rfc3339 => self.add(words::RFC3339),
            Kind::Currency => self.add(words::CURRENCY).add(", as text"),
            Kind::Any => self.add(words::ANY).add(" of any kind"),
            Kind::Metadata => self.add(words::METADATA),
            Kind::Enum(_) => self.add(words::ENUM),
            Kind::Id(target) => self.add(words::ID).add(" ").add(article(target.rust)).code(target.rust),
            Kind::Record(shape) => self.add(words::RECORD).add(", ").code(shape.name),
            Kind::Union(union) => self.add(words::UNION).add(", ").code(union.name),
            Kind::List(_) => self.add(words::LIST).add(" object"),
            Kind::Array(_) => self.add(words::ARRAY),
            Kind::Map(_) => self.add(words::MAP),
        }
    }

    /// Ends the evaluation with this message, which the compiler shows as an error at the code that
    /// started it.
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

/// The article in the messages of the macros. A crate of procedural macros cannot export it.
#[cfg(test)]
#[path = "../../../stripe-hooks-macros/src/article.rs"]
mod macros_article;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::schema::ALL;

    /// Adds the kind and the kinds within it.
    fn collect(kind: Kind, found: &mut BTreeSet<String>) {
        let noun = match kind {
            Kind::Id(_) => words::ID.to_owned(),
            Kind::Record(_) => words::RECORD.to_owned(),
            Kind::Union(_) => words::UNION.to_owned(),
            Kind::List(each) | Kind::Array(each) | Kind::Map(each) => {
                collect(*each, found);
                Message::new().sent(kind).as_str().to_owned()
            }
            kind => Message::new().sent(kind).as_str().trim_end_matches(", as text").to_owned(),
        };
        found.insert(noun);
    }

    #[test]
    fn the_table_in_the_documentation_of_lenses_has_a_row_for_each_kind() {
        let rows: Vec<_> = include_str!("../docs/lens.md")
            .lines()
            .filter_map(|line| line.strip_prefix("| ")?.split_once(" | "))
            .map(|(first, _)| first)
            .collect();
        let mut nouns = BTreeSet::new();
        ALL.iter().flat_map(|shape| shape.fields).for_each(|field| collect(field.kind, &mut nouns));
        assert!(nouns.len() >= 15, "{nouns:?}");
        for noun in nouns {
            let starts = |row: &&str| {
                row.strip_prefix(&*noun).is_some_and(|rest| rest.is_empty() || rest.starts_with([',', ' ']))
            };
            assert!(rows.iter().any(starts), "no row of docs/lens.md is about {noun}: {rows:?}");
        }
    }

    #[test]
    fn the_macros_have_the_same_article() {
        for letter in ('a'..='z').chain('A'..='Z').map(String::from) {
            assert_eq!(article(&letter), macros_article::article(&letter), "{letter}");
        }
    }
}
