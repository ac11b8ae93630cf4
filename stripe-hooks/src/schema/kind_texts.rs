//! The nouns for the kinds of values that fields hold, and the article before a noun.
//!
//! Four places name these kinds and add what their reader needs: compile errors and the errors of
//! samples through `ConstMessage::push_kind`, the documentation of the generated objects (the
//! generator compiles this file too, so it imports nothing), and the table in `docs/lens.md`, which
//! a test compares.

pub(crate) const TEXT: &str = "text";
pub(crate) const TAG: &str = "the name of a kind of object";
pub(crate) const INTEGER: &str = "a whole number";
pub(crate) const NUMBER: &str = "a number";
pub(crate) const DECIMAL: &str = "a decimal number";
pub(crate) const FLAG: &str = "true or false";
pub(crate) const TIME: &str = "a time, in Unix seconds";
pub(crate) const RFC3339: &str = "a time, in RFC 3339";
pub(crate) const CURRENCY: &str = "a currency";
pub(crate) const ANY: &str = "JSON";
pub(crate) const METADATA: &str = "key-value pairs";
pub(crate) const ENUM: &str = "one of a set of values";
/// The name of the object follows.
pub(crate) const ID: &str = "the id of";
pub(crate) const RECORD: &str = "an object";
pub(crate) const UNION: &str = "an object of one of several kinds";
pub(crate) const LIST: &str = "a list";
pub(crate) const ARRAY: &str = "an array";
pub(crate) const MAP: &str = "an object that is used as a map";

/// The indefinite article and a space, before the name of a type or of a kind of object.
pub(crate) const fn indefinite_article(name: &str) -> &'static str {
    match name.as_bytes() {
        [b'a' | b'e' | b'i' | b'o' | b'A' | b'E' | b'I' | b'O' | b'U', ..] => "an ",
        _ => "a ",
    }
}
