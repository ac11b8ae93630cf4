//! Did-you-mean: finds the names nearest to an unknown name.
//!
//! Names are compared word by word. People seldom mistype a letter of an event name. More often
//! they forget a word, add one, swap two or choose another form of one.
//!
//! The runtime has a did-you-mean of its own (`schema/nearest_name.rs`), which the compiler can
//! evaluate in constants. One of its tests includes this file and compares the two.

/// Least score of a name that is shown. Two names of three words reach it if they share two words.
/// The runtime shows names from a score of 0.6 on, because it chooses among fewer and shorter names.
pub(crate) const MIN_SCORE: f64 = 0.66;
/// Distance from the best score within which other names are shown too.
const MAX_SCORE_GAP: f64 = 0.12;
/// Least likeness of two words that count as one word mistyped.
pub(crate) const MIN_WORD_LIKENESS: f64 = 0.5;
/// Number of names that are shown. More are noise.
const MAX_SUGGESTIONS: usize = 3;

/// Returns up to three candidates, nearest first, or none if no candidate is near.
pub(crate) fn nearest_names<'a>(written: &str, candidates: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let words = split_words(written);
    let scored = candidates.map(|candidate| (score_candidate(&words, candidate), candidate));
    pick_best(scored.filter(|(score, _)| *score >= MIN_SCORE).collect())
}

/// Picks the best of the near names. Not generic over the candidates, so that its sort is compiled
/// once.
fn pick_best(mut scored: Vec<(f64, &str)>) -> Vec<&str> {
    scored.sort_unstable_by(|(a, one), (b, other)| b.total_cmp(a).then(one.cmp(other)));
    let best = scored.first().map_or(0.0, |(score, _)| *score);
    scored
        .into_iter()
        .take_while(|(score, _)| *score >= best - MAX_SCORE_GAP)
        .take(MAX_SUGGESTIONS)
        .map(|(_, name)| name)
        .collect()
}

/// Splits a name into lower-case words, whatever joins them: `Payment-Intent.succeeded` has the
/// words of `payment_intent.succeeded`.
pub(crate) fn split_words(name: &str) -> Vec<String> {
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

/// Scores a candidate: 1 for the same words in the same order, 0 for no common word.
fn score_candidate(written: &[String], candidate: &str) -> f64 {
    let candidate = split_words(candidate);
    let mut free: Vec<Option<&str>> = candidate.iter().map(|word| Some(word.as_str())).collect();
    let mut common = 0.0;
    for (position, word) in written.iter().enumerate() {
        let found = free
            .iter()
            .enumerate()
            .filter_map(|(at, other)| {
                other.map(|other| (at, word_likeness(word, other) - position_penalty(position, at)))
            })
            .max_by(|(_, a), (_, b)| a.total_cmp(b));
        if let Some((at, score)) = found
            && score >= MIN_WORD_LIKENESS
        {
            common += score;
            free[at] = None;
        }
    }
    2.0 * common / to_f64(written.len() + candidate.len())
}

/// The penalty for a word at another position. It is small, so it only breaks ties.
fn position_penalty(here: usize, there: usize) -> f64 {
    0.01 * to_f64(here.abs_diff(there).min(5))
}

/// Likeness of two words, from 0 to 1: by the number of letters to change, or by the stem that the
/// words share (`success`, `succeeded`).
fn word_likeness(one: &str, other: &str) -> f64 {
    if one == other {
        return 1.0;
    }
    let longest = one.chars().count().max(other.chars().count());
    let stem = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let changed = 1.0 - to_f64(edit_distance(one, other)) / to_f64(longest);
    let stemmed = if stem >= 4 { 0.4 + 0.5 * to_f64(stem) / to_f64(longest) } else { 0.0 };
    changed.max(stemmed)
}

/// Counts the letters to insert, delete, replace, or swap with their neighbour.
fn edit_distance(one: &str, other: &str) -> usize {
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

/// Names of events as people write them and as they mean them: typing errors, a lost or added
/// plural, British spelling, words of old versions or other companies, a wrong prefix, missing or
/// swapped words, other separators.
#[cfg(test)]
pub(crate) const MISSPELT_NAMES: &[(&str, &str)] = &[
    ("payment_intent.suceeded", "payment_intent.succeeded"),
    ("payment_intent.success", "payment_intent.succeeded"),
    ("paymentintent.succeeded", "payment_intent.succeeded"),
    ("PaymentIntent.Succeeded", "payment_intent.succeeded"),
    ("payment_intent_succeeded", "payment_intent.succeeded"),
    ("payment-intent.succeeded", "payment_intent.succeeded"),
    ("payment_intents.succeeded", "payment_intent.succeeded"),
    ("payment_intent.failed", "payment_intent.payment_failed"),
    ("payment_intent.cancelled", "payment_intent.canceled"),
    ("payment_intent.succeeded.", "payment_intent.succeeded"),
    ("payment.intent.succeeded", "payment_intent.succeeded"),
    ("intent_payment.succeeded", "payment_intent.succeeded"),
    ("succeeded.payment_intent", "payment_intent.succeeded"),
    ("invoice.payment_suceeded", "invoice.payment_succeeded"),
    ("invoice.payment_success", "invoice.payment_succeeded"),
    ("invoice.payed", "invoice.paid"),
    ("invoices.paid", "invoice.paid"),
    ("invoice.finalised", "invoice.finalized"),
    ("invoice.fail", "invoice.payment_failed"),
    ("subscription.created", "customer.subscription.created"),
    ("customer.subscriptions.deleted", "customer.subscription.deleted"),
    ("customer_subscription_updated", "customer.subscription.updated"),
    ("customer.subscription.trial_ending", "customer.subscription.trial_will_end"),
    ("customer.create", "customer.created"),
    ("costumer.created", "customer.created"),
    ("checkout.session.complete", "checkout.session.completed"),
    ("checkout_session.completed", "checkout.session.completed"),
    ("checkout.sessions.completed", "checkout.session.completed"),
    ("session.completed", "checkout.session.completed"),
    ("charge.refund", "charge.refunded"),
    ("charge.disputed.created", "charge.dispute.created"),
    ("dispute.charge.created", "charge.dispute.created"),
    ("charge.suceeded", "charge.succeeded"),
    ("issuing.authorization.request", "issuing_authorization.request"),
    ("issuing_authorisation.request", "issuing_authorization.request"),
    ("radar.early_fraud_warnings.created", "radar.early_fraud_warning.created"),
    ("v2.invoice.paid", "v1.invoice.paid"),
    ("v1.invoice.payed", "v1.invoice.paid"),
    ("v1.payment_intents.succeeded", "v1.payment_intent.succeeded"),
    ("v2.core.event_destinations.ping", "v2.core.event_destination.ping"),
    ("v2.core.account.configuration.customer.updated", "v2.core.account[configuration.customer].updated"),
    ("setup_intent.suceeded", "setup_intent.succeeded"),
    ("payout.fail", "payout.failed"),
    ("transfer.create", "transfer.created"),
];
