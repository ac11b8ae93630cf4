//! Builds a message while the compiler evaluates, where `format!` is not available yet.

use super::{
    kind_texts::{self, indefinite_article},
    shape::Kind,
};

/// A text of limited length; the rest of a longer one is cut off.
pub(crate) struct ConstMessage {
    bytes: [u8; ConstMessage::MAX_LENGTH],
    length: usize,
}

impl ConstMessage {
    const MAX_LENGTH: usize = 1024;

    pub(crate) const fn new() -> Self {
        Self { bytes: [0; Self::MAX_LENGTH], length: 0 }
    }

    pub(crate) const fn push_text(mut self, text: &str) -> Self {
        let mut at = 0;
        while at < text.len() && self.length < Self::MAX_LENGTH {
            self.bytes[self.length] = text.as_bytes()[at];
            self.length += 1;
            at += 1;
        }
        self
    }

    /// Adds a piece of code between backticks.
    pub(crate) const fn push_code(self, text: &str) -> Self {
        self.push_text("`").push_text(text).push_text("`")
    }

    /// Adds a description of what Stripe sends in a field of this kind.
    pub(crate) const fn push_kind(self, kind: Kind) -> Self {
        match kind {
            Kind::Text => self.push_text(kind_texts::TEXT),
            Kind::Tag(_) => self.push_text(kind_texts::TAG),
            Kind::Integer => self.push_text(kind_texts::INTEGER),
            Kind::Number => self.push_text(kind_texts::NUMBER),
            Kind::Decimal => self.push_text(kind_texts::DECIMAL).push_text(", as text"),
            Kind::Flag => self.push_text(kind_texts::FLAG),
            Kind::Time => self.push_text(kind_texts::TIME),
            Kind::Rfc3339 => self.push_text(kind_texts::RFC3339),
            Kind::Currency => self.push_text(kind_texts::CURRENCY).push_text(", as text"),
            Kind::Any => self.push_text(kind_texts::ANY).push_text(" of any kind"),
            Kind::Metadata => self.push_text(kind_texts::METADATA),
            Kind::Enum(_) => self.push_text(kind_texts::ENUM),
            Kind::Id(target) => self
                .push_text(kind_texts::ID)
                .push_text(" ")
                .push_text(indefinite_article(target.rust))
                .push_code(target.rust),
            Kind::Record(shape) => self.push_text(kind_texts::RECORD).push_text(", ").push_code(shape.name),
            Kind::Union(union) => self.push_text(kind_texts::UNION).push_text(", ").push_code(union.name),
            Kind::List(_) => self.push_text(kind_texts::LIST).push_text(" object"),
            Kind::Array(_) => self.push_text(kind_texts::ARRAY),
            Kind::Map(_) => self.push_text(kind_texts::MAP),
        }
    }

    /// Ends the evaluation with this message, which the compiler shows as an error at the code that
    /// started it.
    #[expect(clippy::panic, reason = "while the compiler evaluates, a panic is a compile error")]
    #[track_caller]
    pub(crate) const fn panic_with_message(&self) -> ! {
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
    fn collect_kind_texts(kind: Kind, found: &mut BTreeSet<String>) {
        let noun = match kind {
            Kind::Id(_) => kind_texts::ID.to_owned(),
            Kind::Record(_) => kind_texts::RECORD.to_owned(),
            Kind::Union(_) => kind_texts::UNION.to_owned(),
            Kind::List(each) | Kind::Array(each) | Kind::Map(each) => {
                collect_kind_texts(*each, found);
                ConstMessage::new().push_kind(kind).as_str().to_owned()
            }
            kind => ConstMessage::new().push_kind(kind).as_str().trim_end_matches(", as text").to_owned(),
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
        ALL.iter()
            .flat_map(|shape| shape.fields)
            .for_each(|field| collect_kind_texts(field.kind, &mut nouns));
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
            assert_eq!(indefinite_article(&letter), macros_article::indefinite_article(&letter), "{letter}");
        }
    }
}
