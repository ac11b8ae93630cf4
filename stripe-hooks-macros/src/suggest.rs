//! Did-you-mean: the names nearest to one that does not exist.
//!
//! Names are compared word by word, because people seldom mistype a letter of an event name and often forget a word, add one, swap two
//! or choose another form of one.

/// How near a name must be to be worth showing: two names of three words that share two of them are.
const NEAR: f64 = 0.66;
/// How much worse than the nearest another name may be and still be shown.
const BESIDE: f64 = 0.12;
/// How alike two words must be to count as the same one mistyped.
const ALIKE: f64 = 0.5;
/// How many names help. More are noise.
const SHOWN: usize = 3;

/// Up to three candidates, nearest first; none when nothing is near.
pub(crate) fn nearest<'a>(written: &str, candidates: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let words = words(written);
    let scored = candidates.map(|candidate| (likeness(&words, candidate), candidate));
    best_first(scored.filter(|(score, _)| *score >= NEAR).collect())
}

/// The best of those that are near: the same for candidates of all kinds, so that its sort is compiled once.
fn best_first(mut scored: Vec<(f64, &str)>) -> Vec<&str> {
    scored.sort_unstable_by(|(a, one), (b, other)| b.total_cmp(a).then(one.cmp(other)));
    let best = scored.first().map_or(0.0, |(score, _)| *score);
    scored
        .into_iter()
        .take_while(|(score, _)| *score >= best - BESIDE)
        .take(SHOWN)
        .map(|(_, name)| name)
        .collect()
}

/// The words of a name, however they are joined: `Payment-Intent.succeeded` has the words of `payment_intent.succeeded`.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_lower = false;
    for letter in name.chars() {
        if !letter.is_alphanumeric() || (letter.is_uppercase() && after_lower) {
            words.push(String::new());
        }
        if let (true, Some(word)) = (letter.is_alphanumeric(), words.last_mut()) {
            word.extend(letter.to_lowercase());
        }
        after_lower = letter.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// 1 for the same words in the same order, 0 for none in common.
fn likeness(written: &[String], candidate: &str) -> f64 {
    let candidate = words(candidate);
    let mut free: Vec<Option<&str>> = candidate.iter().map(|word| Some(word.as_str())).collect();
    let mut common = 0.0;
    for (position, word) in written.iter().enumerate() {
        let found = free
            .iter()
            .enumerate()
            .filter_map(|(at, other)| {
                other.map(|other| (at, alike(word, other) - out_of_place(position, at)))
            })
            .max_by(|(_, a), (_, b)| a.total_cmp(b));
        if let Some((at, score)) = found
            && score >= ALIKE
        {
            common += score;
            free[at] = None;
        }
    }
    2.0 * common / to_f64(written.len() + candidate.len())
}

/// A small cost for a word that stands elsewhere, which breaks ties and no more.
fn out_of_place(here: usize, there: usize) -> f64 {
    0.01 * to_f64(here.abs_diff(there).min(5))
}

/// How alike two words are, from 0 to 1: by the letters to change, or by the stem that they share (`success`, `succeeded`).
fn alike(one: &str, other: &str) -> f64 {
    if one == other {
        return 1.0;
    }
    let longest = one.chars().count().max(other.chars().count());
    let stem = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let changed = 1.0 - to_f64(distance(one, other)) / to_f64(longest);
    let stemmed = if stem >= 4 { 0.4 + 0.5 * to_f64(stem) / to_f64(longest) } else { 0.0 };
    changed.max(stemmed)
}

/// The letters to insert, delete, replace, or swap with their neighbour.
fn distance(one: &str, other: &str) -> usize {
    let one: Vec<char> = one.chars().collect();
    let other: Vec<char> = other.chars().collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for i in 1..=one.len() {
        let mut row = vec![i];
        for j in 1..=other.len() {
            let same = usize::from(one[i - 1] != other[j - 1]);
            let mut least = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + same);
            if i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] {
                least = least.min(before_last[j - 2] + 1);
            }
            row.push(least);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or_default()
}

/// Exact for the lengths of names.
#[allow(clippy::cast_precision_loss)]
fn to_f64(count: usize) -> f64 {
    count as f64
}
