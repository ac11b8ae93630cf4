//! The identity of an event within an endpoint and a tenant: its id and its type.
//!
//! Two events of different types with one id are two events. An id whose digits are all zero names
//! no event: Stripe's Dashboard has sent such ids with every test event. Here a digest of the body
//! is added to such an id, so that each body is an event of its own.

use sha2::{Digest, Sha256};

/// The id and the type of an event.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct EventKey {
    pub(crate) id: String,
    pub(crate) event_type: String,
}

/// Separates an id without digits other than zero from the digest of its body.
const SEPARATOR: char = '#';

impl EventKey {
    /// The key of an event with this body.
    pub(crate) fn new(id: &str, event_type: &str, body: &[u8]) -> Self {
        let id = match is_all_zero(id) {
            true => format!("{id}{SEPARATOR}{}", digest(body)),
            false => id.to_owned(),
        };
        Self { id, event_type: event_type.to_owned() }
    }

    /// The key of a body that is not an event.
    pub(crate) fn from_unreadable_body(body: &[u8]) -> Self {
        Self { id: format!("unreadable-{}", digest(body)), event_type: String::new() }
    }
}

/// Returns whether the digits of an id are all zero: `evt_00000000000000`.
pub(crate) fn is_all_zero(id: &str) -> bool {
    let digits = id.split_once('_').map_or(id, |(_, digits)| digits);
    !digits.is_empty() && digits.bytes().all(|byte| byte == b'0')
}

/// The id of an event as its body has it.
pub(super) fn id_in_body(key: &str) -> &str {
    match key.split_once(SEPARATOR) {
        Some((id, _)) if is_all_zero(id) => id,
        _ => key,
    }
}

/// The beginning of all keys of an id whose digits are all zero.
pub(super) fn prefix_of_keys(id: &str) -> String {
    format!("{id}{SEPARATOR}")
}

/// A hexadecimal digest of a body.
fn digest(body: &[u8]) -> String {
    Sha256::digest(body)[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_zeros_gets_the_digest_of_its_body_and_is_shown_without_it() {
        let zeros = "evt_00000000000000";
        let [one, again, other] =
            ["{1}", "{1}", "{2}"].map(|body| EventKey::new(zeros, "plan.created", body.as_bytes()));
        assert_eq!(one, again);
        assert_ne!(one, other);
        assert!(one.id.starts_with(&prefix_of_keys(zeros)));
        assert_eq!(id_in_body(&one.id), zeros);
    }

    #[test]
    fn an_id_with_another_digit_or_a_letter_is_kept() {
        for id in [
            "evt_00000000000001",
            "evt_1NG8Du2eZvKYlo2CUI79vXWy",
            "evt_0a",
            "evt_1_0",
            "evt_",
            "evt",
            "",
            "evt_1#2",
        ] {
            let key = EventKey::new(id, "plan.created", b"{}");
            assert_eq!((&*key.id, id_in_body(&key.id)), (id, id));
        }
    }
}
