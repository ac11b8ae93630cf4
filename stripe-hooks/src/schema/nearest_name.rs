//! Did-you-mean for fields and values: finds the name nearest to an unknown name. The compiler
//! evaluates it in constants; the test kit and the tool call it at run time.
//!
//! Names are compared word by word, so that `paid_amount` finds `amount_paid`. The compiler limits
//! the steps of an evaluation, so two words are compared letter by letter only if they can be
//! alike.
//!
//! `#[on_event]` has a did-you-mean of its own for names of events, which compares words by their
//! stems too. A test compares the two.

#[cfg(feature = "testing")]
use std::cmp::Reverse;

use super::{shape::Field, table::ALL};

/// The candidates.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Candidates {
    Fields(&'static [Field]),
    Values(&'static [&'static str]),
    /// The tags of all objects.
    ObjectTags,
}

impl Candidates {
    const fn count(self) -> usize {
        match self {
            Self::Fields(fields) => fields.len(),
            Self::Values(values) => values.len(),
            Self::ObjectTags => ALL.len(),
        }
    }

    const fn at(self, index: usize) -> &'static str {
        match self {
            Self::Fields(fields) => fields[index].name,
            Self::Values(values) => values[index],
            Self::ObjectTags => match ALL[index].tag {
                Some(tag) => tag,
                None => "",
            },
        }
    }
}

/// Least score of a name that is shown, of 100. It is lower than the threshold of the macros, which
/// choose among hundreds of events of two words and more. Here the candidates are few and often one
/// short word: five letters of which two are wrong score 60.
const MIN_SCORE: usize = 60;
/// Least likeness of two words that count as one word mistyped, of 100.
const MIN_WORD_LIKENESS: usize = 50;
/// Length of the longest word that is compared letter by letter.
const MAX_WORD_LENGTH: usize = 31;

/// Finds the nearest of the names, or none if no name is near.
pub(crate) const fn nearest_name(written: &str, names: Candidates) -> Option<&'static str> {
    let (mut best, mut found) = (MIN_SCORE, None);
    let mut index = 0;
    while index < names.count() {
        let likeness = score_name(written, names.at(index));
        if likeness > best || (likeness == best && found.is_none()) {
            (best, found) = (likeness, Some(names.at(index)));
        }
        index += 1;
    }
    found
}

/// Finds the nearest name of an iterator.
#[cfg(feature = "testing")]
pub(crate) fn nearest_in_iterator<'a>(
    written: &str,
    names: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let near =
        names.map(|name| (score_name(written, name), name)).filter(|(nearness, _)| *nearness >= MIN_SCORE);
    // `min_by_key` keeps the first of several names that are equally near.
    near.min_by_key(|(nearness, _)| Reverse(*nearness)).map(|(_, name)| name)
}

/// Scores a name, of 100.
const fn score_name(written: &str, name: &str) -> usize {
    let (written, name) = (written.as_bytes(), name.as_bytes());
    // Separators can be missing or misplaced, as in `period_end` and `periodend`.
    let (by_words, by_letters) = (score_words(written, name), word_likeness(written, name));
    if by_words > by_letters { by_words } else { by_letters }
}

/// Scores a name by its words: 100 for the same words, 0 for no common word.
const fn score_words(written: &[u8], candidate: &[u8]) -> usize {
    let (mut common, mut written_words, mut rest) = (0, 0, written);
    while !rest.is_empty() {
        let (word, after) = split_first_word(rest);
        common += best_word_likeness(word, candidate);
        written_words += 1;
        rest = after;
    }
    match written_words + count_words(candidate) {
        0 => 0,
        both => 2 * common / both,
    }
}

/// Likeness of the candidate's word that is most alike.
const fn best_word_likeness(word: &[u8], candidate: &[u8]) -> usize {
    let (mut best, mut rest) = (0, candidate);
    while !rest.is_empty() {
        let (other, after) = split_first_word(rest);
        let alike = word_likeness(word, other);
        if alike >= MIN_WORD_LIKENESS && alike > best {
            best = alike;
        }
        rest = after;
    }
    best
}

const fn count_words(name: &[u8]) -> usize {
    let (mut count, mut rest) = (0, name);
    while !rest.is_empty() {
        (_, rest) = split_first_word(rest);
        count += 1;
    }
    count
}

/// Splits a name at its first `_`, `.` or other separator.
const fn split_first_word(name: &[u8]) -> (&[u8], &[u8]) {
    let mut end = 0;
    while end < name.len() && !matches!(name[end], b'_' | b'.' | b'-' | b'[' | b']') {
        end += 1;
    }
    let (word, rest) = name.split_at(end);
    match rest {
        [_, after @ ..] => (word, after),
        [] => (word, rest),
    }
}

/// Likeness of two words, of 100, by the number of letters to change.
const fn word_likeness(one: &[u8], other: &[u8]) -> usize {
    let longest = if one.len() > other.len() { one.len() } else { other.len() };
    if longest == 0 || longest > MAX_WORD_LENGTH || one.len().abs_diff(other.len()) > 3 {
        return 0;
    }
    let starts_alike = !one.is_empty() && !other.is_empty() && one[0].eq_ignore_ascii_case(&other[0]);
    if !starts_alike && (longest < 4 || one.len().abs_diff(other.len()) > 1) {
        return 0;
    }
    100 - 100 * edit_distance(one, other) / longest
}

/// Counts the letters to insert, delete, replace, or swap with their neighbour.
const fn edit_distance(one: &[u8], other: &[u8]) -> usize {
    let mut rows = [[0; MAX_WORD_LENGTH + 1]; 3];
    let mut j = 0;
    while j <= other.len() {
        rows[0][j] = j;
        j += 1;
    }
    let mut i = 1;
    while i <= one.len() {
        let (before, last, row) = ((i + 1) % 3, (i + 2) % 3, i % 3);
        rows[row][0] = i;
        let mut j = 1;
        while j <= other.len() {
            let same = one[i - 1].eq_ignore_ascii_case(&other[j - 1]);
            let mut least = rows[last][j - 1] + if same { 0 } else { 1 };
            least = min_usize(least, rows[last][j] + 1);
            least = min_usize(least, rows[row][j - 1] + 1);
            if i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] {
                least = min_usize(least, rows[before][j - 2] + 1);
            }
            rows[row][j] = least;
            j += 1;
        }
        i += 1;
    }
    rows[one.len() % 3][other.len()]
}

const fn min_usize(one: usize, other: usize) -> usize {
    if one < other { one } else { other }
}

/// The did-you-mean of the macros. A crate of procedural macros cannot export it.
#[cfg(test)]
#[path = "../../../stripe-hooks-macros/src/nearest_names.rs"]
#[allow(dead_code, reason = "the macros also use the parts that the tests here do not need")]
pub(crate) mod suggest;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Invoice, SubscriptionStatus};

    fn nearest_field(written: &str) -> Option<&'static str> {
        nearest_name(written, Candidates::Fields(Invoice.fields))
    }

    #[test]
    fn a_field_is_found_by_letters_and_by_words() {
        for (written, meant) in [
            ("amont_paid", "amount_paid"),
            ("paid_amount", "amount_paid"),
            ("costumer", "customer"),
            ("cutsomer", "customer"),
            ("line", "lines"),
            ("hosted_url", "hosted_invoice_url"),
            ("amountpaid", "amount_paid"),
        ] {
            assert_eq!(nearest_field(written), Some(meant), "{written}");
        }
    }

    #[test]
    fn a_value_is_found() {
        assert_eq!(nearest_name("trialling", Candidates::Values(SubscriptionStatus.known)), Some("trialing"));
        assert_eq!(nearest_name("cancelled", Candidates::Values(SubscriptionStatus.known)), Some("canceled"));
    }

    #[test]
    fn nothing_is_found_when_nothing_is_near() {
        for written in ["", "x", "colour", "zzz_zzz"] {
            assert_eq!(nearest_field(written), None, "{written}");
        }
    }

    #[test]
    fn a_short_name_is_found_here_by_fewer_letters_than_in_the_macros() {
        assert!(MIN_SCORE < to_percent(suggest::MIN_SCORE));
        assert_eq!(MIN_WORD_LIKENESS, to_percent(suggest::MIN_WORD_LIKENESS));
        assert_eq!(nearest_field("tolat"), Some("total"));
        let fields = Invoice.fields.iter().map(|field| field.name);
        assert_eq!(suggest::nearest_names("tolat", fields), [""; 0]);
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a score is at most 1")]
    fn to_percent(score: f64) -> usize {
        (score * 100.0).round() as usize
    }
}
