//! Why a delivery did not verify, in words for the operator.
//!
//! Nothing is ever accepted because of what is found here, and the sender never learns of it. A diagnosis costs a few more HMACs, so
//! that a flood of forged deliveries gets one a second.

use std::{
    sync::{Arc, Mutex, PoisonError, Weak},
    time::{Duration, Instant},
};

use super::{Endpoint, Inner, builder::QUOTES};
use crate::signature::{self, Secret, SignatureError, Tolerance};

/// When the last diagnosis was made.
#[derive(Debug, Default)]
pub(crate) struct Diagnosed(Option<Instant>);

impl Diagnosed {
    /// Whether it is time for another one.
    fn is_due(&mut self) -> bool {
        let due = self.0.is_none_or(|last| last.elapsed() >= Duration::from_secs(1));
        if due {
            self.0 = Some(Instant::now());
        }
        due
    }
}

/// What is left when nothing else would have matched.
const UNKNOWN_CAUSE: &str = "the signing secret is that of another endpoint (`stripe listen` prints one of its own, which is not the \
                             Dashboard's), the body was changed on its way, or the sender is not Stripe";

/// All endpoints of this program, so that one can say that a delivery was meant for another.
static ENDPOINTS: Mutex<Vec<Weak<Inner>>> = Mutex::new(Vec::new());

pub(crate) fn enlist(endpoint: &Endpoint) {
    let mut endpoints = ENDPOINTS.lock().unwrap_or_else(PoisonError::into_inner);
    endpoints.retain(|endpoint| endpoint.strong_count() > 0);
    endpoints.push(Arc::downgrade(&endpoint.0));
}

impl Endpoint {
    /// Logs the likely cause, if one can be found.
    pub(super) fn diagnose(
        &self,
        error: SignatureError,
        header: Option<&[u8]>,
        body: &[u8],
        secrets: &[Secret],
        now: i64,
    ) {
        let Some(header) = header else { return };
        // Only what can be diagnosed spends the second's turn, so that malformed headers cannot hide the rest.
        let can_be_told = matches!(error, SignatureError::OutsideTolerance | SignatureError::NoMatch);
        if !can_be_told || !self.0.diagnosed.lock().unwrap_or_else(PoisonError::into_inner).is_due() {
            return;
        }
        let cause = match error {
            SignatureError::OutsideTolerance => {
                signature::claimed_timestamp(header).map(|signed| skew(signed, now))
            }
            SignatureError::NoMatch => {
                let cause =
                    cause_of_mismatch(header, body, secrets).or_else(|| self.meant_for_another(header, body));
                Some(cause.unwrap_or_else(|| UNKNOWN_CAUSE.to_owned()))
            }
            _ => None,
        };
        if let Some(cause) = cause {
            tracing::warn!(endpoint = self.0.name.as_str(), "likely cause: {cause}");
        }
    }

    fn meant_for_another(&self, header: &[u8], body: &[u8]) -> Option<String> {
        let others: Vec<_> = {
            let endpoints = ENDPOINTS.lock().unwrap_or_else(PoisonError::into_inner);
            endpoints.iter().filter_map(Weak::upgrade).filter(|other| !Arc::ptr_eq(other, &self.0)).collect()
        };
        let meant = others.into_iter().find(|other| matches(header, body, &other.secrets))?;
        Some(format!(
            "the delivery was signed with the secret of endpoint `{}`; the URLs or the secrets of the two are exchanged",
            meant.name.as_str()
        ))
    }
}

fn matches(header: &[u8], body: &[u8], secrets: &[Secret]) -> bool {
    signature::verify(Some(header), body, secrets, Tolerance::dangerously_accept_any_age(), 0).is_ok()
}

fn skew(signed: i64, now: i64) -> String {
    let age = i128::from(now) - i128::from(signed);
    if age < 0 {
        format!("the delivery was signed {} seconds in the future; this machine's clock is slow", -age)
    } else {
        format!(
            "the delivery was signed {age} seconds ago; it is a recorded one, it waited on its way, or this machine's clock is fast"
        )
    }
}

/// What would have matched if a little thing were different.
fn cause_of_mismatch(header: &[u8], body: &[u8], secrets: &[Secret]) -> Option<String> {
    let around = |character: char| character.is_whitespace() || QUOTES.contains(&character);
    let bare: Vec<_> =
        secrets.iter().filter_map(|secret| Secret::new(secret.text().trim_matches(around)).ok()).collect();
    if matches(header, body, &bare) {
        return Some("the signing secret has white space or quotes around it; remove them".to_owned());
    }
    let changed = |how: &str| {
        format!(
            "the body was {how} on its way; whatever stands before the endpoint must pass its bytes on as they are"
        )
    };
    let body_trimmed = body.trim_ascii();
    let with_newline = [body_trimmed, b"\n"].concat();
    if matches(header, body_trimmed, secrets) || matches(header, &with_newline, secrets) {
        return Some(changed("given other white space at its ends"));
    }
    let text = std::str::from_utf8(body).ok()?;
    if matches(header, text.replace("\r\n", "\n").as_bytes(), secrets) {
        return Some(changed("given other line ends"));
    }
    let matched = rewritten(text)?.iter().any(|body| matches(header, body, secrets));
    matched.then(|| changed("parsed and written again"))
}

/// The body as Stripe may have written it: without white space, or indented by two spaces.
///
/// Works on the text and not on values, so that numbers, escapes and the order of keys stay as they are. Nothing here is verified yet:
/// there is no recursion, and a body that is nested too deep for an event, or that would become much larger, is not indented.
fn rewritten(text: &str) -> Option<[Vec<u8>; 2]> {
    const DEEPEST: usize = 64;
    let compact = without_white_space(text);
    let largest = 3 * compact.len() + 1024;
    let mut indented = Vec::with_capacity(2 * compact.len());
    let mut depth = 0_usize;
    let mut inside = Quotes::default();
    for (index, byte) in compact.iter().copied().enumerate() {
        if indented.len() > largest {
            return None;
        }
        if inside.string(byte) {
            indented.push(byte);
            continue;
        }
        let before = index.checked_sub(1).and_then(|before| compact.get(before));
        let next = compact.get(index + 1);
        match byte {
            b'}' | b']' => {
                depth = depth.checked_sub(1)?;
                if !matches!(before, Some(b'{' | b'[')) {
                    break_line(&mut indented, depth);
                }
                indented.push(byte);
            }
            b'{' | b'[' => {
                depth += 1;
                if depth > DEEPEST {
                    return None;
                }
                indented.push(byte);
                if !matches!(next, Some(b'}' | b']')) {
                    break_line(&mut indented, depth);
                }
            }
            b',' => {
                indented.push(byte);
                break_line(&mut indented, depth);
            }
            b':' => indented.extend(b": "),
            _ => indented.push(byte),
        }
    }
    Some([compact, indented])
}

fn without_white_space(text: &str) -> Vec<u8> {
    let mut inside = Quotes::default();
    text.bytes()
        .filter(|byte| inside.string(*byte) || !matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
        .collect()
}

fn break_line(text: &mut Vec<u8>, depth: usize) {
    text.push(b'\n');
    text.resize(text.len() + 2 * depth, b' ');
}

/// Knows whether a byte of a JSON text is part of a string.
#[derive(Default)]
struct Quotes {
    open: bool,
    escaped: bool,
}

impl Quotes {
    fn string(&mut self, byte: u8) -> bool {
        let was_open = self.open;
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' if self.open => self.escaped = true,
            b'"' => self.open = !self.open,
            _ => {}
        }
        was_open || self.open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text).unwrap()
    }

    fn cause(signed: &str, arrived: &str) -> Option<String> {
        let header = signature::sign(signed.as_bytes(), &secret("whsec_a"), 1);
        cause_of_mismatch(header.as_bytes(), arrived.as_bytes(), &[secret("whsec_a")])
    }

    const INDENTED: &str = "{\n  \"a\": [\n    1.0,\n    {}\n  ],\n  \"b\": \"x, \\\": {y}\"\n}";
    const COMPACT: &str = r#"{"a":[1.0,{}],"b":"x, \": {y}"}"#;

    #[test]
    fn a_body_that_was_written_again_is_recognised() {
        for (signed, arrived) in [(INDENTED, COMPACT), (COMPACT, INDENTED)] {
            assert!(cause(signed, arrived).unwrap().contains("parsed and written again"));
        }
    }

    #[test]
    fn other_line_ends_and_trimmed_bodies_are_recognised() {
        assert!(cause(INDENTED, &INDENTED.replace('\n', "\r\n")).unwrap().contains("line ends"));
        assert!(cause(&format!("{COMPACT}\n"), COMPACT).unwrap().contains("at its ends"));
        assert!(cause(COMPACT, &format!(" {COMPACT}\n")).unwrap().contains("at its ends"));
    }

    #[test]
    fn a_secret_with_white_space_or_quotes_is_recognised() {
        let header = signature::sign(b"{}", &secret("whsec_a"), 1);
        for given in ["whsec_a\n", "\"whsec_a\"", " ‘whsec_a’"] {
            let cause = cause_of_mismatch(header.as_bytes(), b"{}", &[secret(given)]);
            assert!(cause.unwrap().contains("white space or quotes around it"), "{given}");
        }
    }

    #[test]
    fn another_body_has_no_likely_cause() {
        assert_eq!(cause(COMPACT, r#"{"a":[1.0,{}],"b":"z"}"#), None);
    }

    #[test]
    fn a_hostile_body_costs_no_more_than_a_few_times_its_size() {
        let deep = "[".repeat(1_000_000);
        assert!(rewritten(&deep).is_none());
        let wide = "[".repeat(64) + &",".repeat(1_000_000);
        assert!(rewritten(&wide).is_none());
        for odd in ["]", "}{", "\"", "\\", "\"\\", ":,"] {
            let _ = rewritten(odd);
        }
    }

    #[test]
    fn the_skew_of_the_clock_is_told() {
        assert!(skew(100, 40).contains("60 seconds in the future"));
        assert!(skew(40, 1_000).contains("960 seconds ago"));
    }
}
