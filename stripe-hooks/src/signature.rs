//! The signature of a delivery: its header, the HMAC over the raw bytes of the body, and its age.
//!
//! This module depends on no other module of the crate and decodes no event: you can call
//! [`verify`] and [`sign`] on their own. It follows the rules of
//! <https://docs.stripe.com/webhooks#verify-manually>. If Stripe's own libraries differ, it takes
//! the strictest rule:
//!
//! 1. The key is the UTF-8 of the whole signing secret, including `whsec_`. [`Secret::new`] refuses
//!    a blank secret, because anyone can compute an HMAC with an empty key.
//! 2. The header is split at `,`, and each element at its first `=`. Elements without `=` and
//!    unknown keys are skipped. One `t` of ASCII digits that fit an `i64` is required. The header
//!    may repeat it only with the same text.
//! 3. Each `v1` of exactly 64 lower-case hexadecimal digits is a signature; other values are
//!    skipped. `v0` is never accepted.
//! 4. The HMAC-SHA256 over `t`, a dot and the bytes of the body is compared in constant time. Any
//!    secret and any signature may match.
//! 5. The age is checked last. It may be at most as many whole seconds as the tolerance. A
//!    timestamp in the future passes unless you set a limit.

mod header;
mod secret;
mod tolerance;
mod verdict;

use std::fmt;

pub(crate) use self::header::{SignatureClaim, claimed_timestamp, read_header};
pub use self::{
    secret::{BlankSecret, Secret},
    tolerance::Tolerance,
    verdict::{SignatureError, Verified},
};

/// Checks the `Stripe-Signature` header of a delivery against the exact bytes of its body.
///
/// `now` is the local time in seconds since the Unix epoch. Any of the secrets may match, so that
/// you can roll one.
///
/// # Errors
/// The error names the first rule of the [module](self) that the delivery breaks. Show it to the
/// operator only: the sender needs no more than a 400.
///
/// ```
/// use stripe_hooks::signature::{Secret, Tolerance, sign, verify};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let secret = Secret::new("whsec_test")?;
/// let header = sign(b"{}", &secret, 1_700_000_000);
/// verify(Some(header.as_bytes()), b"{}", &[secret], Tolerance::DEFAULT, 1_700_000_300)?;
/// # Ok(())
/// # }
/// ```
pub fn verify(
    header: Option<&[u8]>,
    body: &[u8],
    secrets: &[Secret],
    tolerance: Tolerance,
    now: i64,
) -> Result<Verified, SignatureError> {
    read_header(header)?.verify(body, secrets, tolerance, now)
}

/// Signs a body as Stripe does and returns the value of the `Stripe-Signature` header.
///
/// `timestamp` is in seconds since the Unix epoch; a negative one makes a header that [`verify`]
/// refuses. This function is for tests and tools.
#[must_use]
pub fn sign(body: &[u8], secret: &Secret, timestamp: i64) -> String {
    sign_with_each(body, std::slice::from_ref(secret), timestamp)
}

/// Signs a body with several secrets, as Stripe does while you roll one: the header holds one
/// signature for each secret.
///
/// See <https://docs.stripe.com/webhooks#roll-endpoint-secrets>.
#[must_use]
pub fn sign_with_each(body: &[u8], secrets: &[Secret], timestamp: i64) -> String {
    use fmt::Write;

    let text = timestamp.to_string();
    let mut header = format!("t={text}");
    for secret in secrets {
        header.push_str(",v1=");
        for byte in secret.compute_mac(text.as_bytes(), body).into_bytes() {
            // Writing to a `String` cannot fail.
            let _ = write!(header, "{byte:02x}");
        }
    }
    header
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const BODY: &[u8] = br#"{"id":"evt_1"}"#;
    const SIGNED_AT: i64 = 1_700_000_000;

    fn secret(text: &str) -> Secret {
        Secret::new(text).unwrap()
    }

    fn verify_header(header: &str, now: i64) -> Result<(), SignatureError> {
        verify(Some(header.as_bytes()), BODY, &[secret("whsec_a")], Tolerance::DEFAULT, now).map(|_| ())
    }

    fn signed_header() -> String {
        sign(BODY, &secret("whsec_a"), SIGNED_AT)
    }

    fn signature_hex() -> String {
        signed_header().split_once("v1=").unwrap().1.to_owned()
    }

    #[test]
    fn the_hmac_is_that_of_the_reference_implementation() {
        // Computed with OpenSSL:
        // printf '1700000000.{"id":"evt_1"}' | openssl dgst -sha256 -hmac whsec_a
        assert_eq!(signature_hex(), "97ea69f91fd566038386bacf87292eb0d73a8207414ee62ed313d49996fe0639");
    }

    #[test]
    fn exactly_the_tolerance_passes_and_one_second_more_does_not() {
        assert_eq!(verify_header(&signed_header(), SIGNED_AT + 300), Ok(()));
        assert_eq!(verify_header(&signed_header(), SIGNED_AT + 301), Err(SignatureError::OutsideTolerance));
    }

    #[test]
    fn a_future_timestamp_passes_unless_it_is_limited() {
        assert_eq!(verify_header(&signed_header(), SIGNED_AT - 100_000), Ok(()));
        let limited = Tolerance::DEFAULT.max_future_skew(Duration::from_secs(60));
        let at = |now| {
            verify(Some(signed_header().as_bytes()), BODY, &[secret("whsec_a")], limited, now).map(|_| ())
        };
        assert_eq!(at(SIGNED_AT - 60), Ok(()));
        assert_eq!(at(SIGNED_AT - 61), Err(SignatureError::OutsideTolerance));
    }

    #[test]
    fn any_age_is_accepted_only_under_its_loud_name() {
        let any = Tolerance::dangerously_accept_any_age();
        assert!(verify(Some(signed_header().as_bytes()), BODY, &[secret("whsec_a")], any, i64::MAX).is_ok());
        assert!(verify(Some(signed_header().as_bytes()), BODY, &[secret("whsec_a")], any, i64::MIN).is_ok());
    }

    #[test]
    fn the_signature_is_judged_before_the_age() {
        let bad_signature = format!("t={SIGNED_AT},v1={}", "0".repeat(64));
        assert_eq!(verify_header(&bad_signature, i64::MAX), Err(SignatureError::NoMatch));
    }

    #[test]
    fn a_missing_or_empty_header_is_missing() {
        let nothing = verify(None, BODY, &[secret("whsec_a")], Tolerance::DEFAULT, SIGNED_AT);
        assert_eq!(nothing, Err(SignatureError::MissingHeader));
        assert_eq!(verify_header("", SIGNED_AT), Err(SignatureError::MissingHeader));
    }

    #[test]
    fn a_timestamp_that_is_not_digits_of_an_i64_is_malformed() {
        for t in ["", " 1", "1 ", "-1", "+1", "1.5", "0x10", "٣", "9223372036854775808"] {
            assert_eq!(
                verify_header(&format!("t={t},v1={}", signature_hex()), SIGNED_AT),
                Err(SignatureError::MalformedHeader),
                "{t:?}"
            );
        }
        assert_eq!(
            verify_header(&format!("v1={}", signature_hex()), SIGNED_AT),
            Err(SignatureError::MalformedHeader)
        );
    }

    #[test]
    fn a_repeated_timestamp_must_be_the_same() {
        assert_eq!(verify_header(&format!("{},t={SIGNED_AT}", signed_header()), SIGNED_AT), Ok(()));
        assert_eq!(
            verify_header(&format!("{},t=1", signed_header()), SIGNED_AT),
            Err(SignatureError::MalformedHeader)
        );
    }

    #[test]
    fn unknown_elements_are_skipped() {
        assert_eq!(verify_header(&format!("junk,,=,v2=x,{},v0=y", signed_header()), SIGNED_AT), Ok(()));
    }

    #[test]
    fn v0_is_never_accepted() {
        assert_eq!(
            verify_header(&format!("t={SIGNED_AT},v0={}", signature_hex()), SIGNED_AT),
            Err(SignatureError::NoKnownScheme)
        );
    }

    #[test]
    fn only_64_lower_case_digits_are_a_signature() {
        for v1 in [
            signature_hex().to_uppercase(),
            signature_hex()[1..].to_owned(),
            signature_hex() + "0",
            " ".to_owned() + &signature_hex(),
        ] {
            assert_eq!(
                verify_header(&format!("t={SIGNED_AT},v1={v1}"), SIGNED_AT),
                Err(SignatureError::NoMatch),
                "{v1}"
            );
        }
    }

    #[test]
    fn any_secret_and_any_signature_may_match() {
        let header = format!("t={SIGNED_AT},v1={},v1={}", "0".repeat(64), signature_hex());
        let secrets = [secret("whsec_old"), secret("whsec_a")];
        let verified =
            verify(Some(header.as_bytes()), BODY, &secrets, Tolerance::DEFAULT, SIGNED_AT).unwrap();
        assert_eq!((verified.secret, verified.timestamp), (1, SIGNED_AT));
        assert_eq!(
            verify(Some(header.as_bytes()), BODY, &[], Tolerance::DEFAULT, SIGNED_AT),
            Err(SignatureError::NoMatch)
        );
    }

    #[test]
    fn the_bytes_of_the_body_are_signed_whatever_they_are() {
        let body = b"\xef\xbb\xbf\xff\0";
        let header = sign(body, &secret("whsec_a"), SIGNED_AT);
        assert!(
            verify(Some(header.as_bytes()), body, &[secret("whsec_a")], Tolerance::DEFAULT, SIGNED_AT)
                .is_ok()
        );
    }
}
