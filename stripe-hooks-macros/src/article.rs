//! The indefinite article of English.

/// Returns the article and a space, for the text before a keyword or the name of a type. Keywords
/// that start with `u` sound like a consonant: a `union`, a `use`.
pub(crate) fn indefinite_article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O', 'U']) { "an " } else { "a " }
}
