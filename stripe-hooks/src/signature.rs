//! The signature of a delivery: its header, the HMAC over the raw bytes of the body, and its age.
//!
//! This module depends on nothing else of the crate and decodes nothing: [`verify`] and [`sign`] can be called on their own. The rules
//! are those of <https://docs.stripe.com/webhooks#verify-manually>, and where the official libraries differ the strict side is taken:
//!
//! 1. The key is the UTF-8 of the whole signing secret, `whsec_` included. A blank secret is refused when it is made, because
//!    anyone can compute an HMAC with an empty key.
//! 2. The header is split at `,`, and each element at its first `=`. Elements without `=` and unknown keys are skipped. There must
//!    be one `t` of ASCII digits that fit an `i64`; it may be repeated only with the same text.
//! 3. Each `v1` of exactly 64 lower-case hexadecimal digits counts, others are skipped. `v0` is never accepted.
//! 4. HMAC-SHA256 over `t`, a dot and the body's bytes, compared in constant time; any secret and any signature may match.
//! 5. Only then the age: more whole seconds than the tolerance is too old. A timestamp in the future passes unless a limit is set.

use std::{error::Error, fmt, str, time::Duration};

use hmac::{
    Hmac, KeyInit, Mac,
    digest::{CtOutput, Output},
};
use sha2::Sha256;
use zeroize::Zeroizing;

/// The signing secret of a webhook endpoint, `whsec_…`.
///
/// It never shows in `Debug`, and its memory is wiped when it is dropped.
#[derive(Clone)]
pub struct Secret {
    text: Zeroizing<String>,
    /// The keyed state is made once: each delivery starts from a copy of it.
    keyed: Hmac<Sha256>,
}

impl Secret {
    /// Takes the whole text of the secret, as the Dashboard or `stripe listen` shows it.
    ///
    /// # Errors
    /// When it is empty or only white space: everybody could sign with such a key.
    pub fn new(text: impl Into<String>) -> Result<Self, BlankSecret> {
        let text = Zeroizing::new(text.into());
        if text.trim().is_empty() {
            return Err(BlankSecret);
        }
        let keyed = Hmac::new_from_slice(text.as_bytes()).map_err(|_| BlankSecret)?;
        Ok(Self { text, keyed })
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    fn mac(&self, timestamp: &[u8], body: &[u8]) -> CtOutput<Hmac<Sha256>> {
        let mut mac = self.keyed.clone();
        mac.update(timestamp);
        mac.update(b".");
        mac.update(body);
        mac.finalize()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A signing secret that is empty or only white space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlankSecret;

impl fmt::Display for BlankSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the signing secret is blank; use the endpoint's `whsec_…`")
    }
}

impl Error for BlankSecret {}

/// How old a delivery may be, and how far ahead of the local clock.
///
/// See <https://docs.stripe.com/webhooks#replay-attacks>.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tolerance {
    max_age: Option<u64>,
    max_future: Option<u64>,
}

impl Tolerance {
    /// Stripe's own default: 300 seconds.
    pub const DEFAULT: Self = Self::seconds(300);

    /// Accepts an age of up to this many seconds, itself included.
    #[must_use]
    pub const fn seconds(max_age: u64) -> Self {
        Self { max_age: Some(max_age), max_future: None }
    }

    /// Accepts a delivery of any age, so that whoever recorded one can send it again for ever.
    ///
    /// For tools and tests that look at recorded deliveries, not for an endpoint on the network.
    #[must_use]
    pub const fn dangerously_accept_any_age() -> Self {
        Self { max_age: None, max_future: None }
    }

    /// Also refuses a timestamp that is more than `limit` (whole seconds) ahead of the local clock.
    #[must_use]
    pub const fn max_future_skew(mut self, limit: Duration) -> Self {
        self.max_future = Some(limit.as_secs());
        self
    }

    /// Takes over the other's limit for the future, unless this one has a limit of its own.
    pub(crate) fn or_future_limit_of(mut self, other: Self) -> Self {
        self.max_future = self.max_future.or(other.max_future);
        self
    }

    fn allows(self, age: i128) -> bool {
        let within = |limit: Option<u64>, age: i128| limit.is_none_or(|limit| age <= i128::from(limit));
        within(self.max_age, age) && within(self.max_future, -age)
    }
}

impl Default for Tolerance {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl From<Duration> for Tolerance {
    fn from(max_age: Duration) -> Self {
        Self::seconds(max_age.as_secs())
    }
}

/// What a signature that verifies tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// When Stripe signed the delivery, in seconds since the Unix epoch.
    pub timestamp: i64,
    /// The position, among those given, of the secret that matched.
    pub secret: usize,
}

/// Why a delivery does not verify.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureError {
    /// There is no `Stripe-Signature` header, or it is empty.
    MissingHeader,
    /// The header has no readable `t`, or two that differ; or there are two headers.
    MalformedHeader,
    /// The header has no `v1` signature.
    NoKnownScheme,
    /// None of the signatures was made with one of the secrets over this body.
    NoMatch,
    /// The signature is genuine, and older than the tolerance or too far in the future.
    OutsideTolerance,
}

impl SignatureError {
    /// One word for the error, for machines.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::MissingHeader => "missing-header",
            Self::MalformedHeader => "malformed-header",
            Self::NoKnownScheme => "no-known-scheme",
            Self::NoMatch => "no-match",
            Self::OutsideTolerance => "outside-tolerance",
        }
    }
}

impl fmt::Display for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MissingHeader => "missing signature header",
            Self::MalformedHeader => "malformed signature header",
            Self::NoKnownScheme => "no signature of a known scheme",
            Self::NoMatch => "no matching signature",
            Self::OutsideTolerance => "timestamp outside the tolerance",
        })
    }
}

impl Error for SignatureError {}

/// Checks the `Stripe-Signature` header of a delivery against the exact bytes of its body.
///
/// `now` is the local time in seconds since the Unix epoch. Any of the secrets may match, so that one can be rolled.
///
/// # Errors
/// Says which rule of the [module](self) the delivery breaks first. Keep it for the operator: the sender needs no more than a 400.
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
    let Claim { header, timestamp_text, timestamp } = read_header(header)?;
    let secret = secrets
        .iter()
        .position(|secret| {
            let expected = secret.mac(timestamp_text, body);
            signatures(header).any(|signature| signature == expected)
        })
        .ok_or(SignatureError::NoMatch)?;
    if !tolerance.allows(i128::from(now) - i128::from(timestamp)) {
        return Err(SignatureError::OutsideTolerance);
    }
    Ok(Verified { timestamp, secret })
}

/// Signs a body as Stripe does and returns the value of the `Stripe-Signature` header.
///
/// `timestamp` is in seconds since the Unix epoch; a negative one makes a header that nobody accepts. For tests and tools.
#[must_use]
pub fn sign(body: &[u8], secret: &Secret, timestamp: i64) -> String {
    sign_with_each(body, std::slice::from_ref(secret), timestamp)
}

/// Signs a body with several secrets, as Stripe does while one is rolled: the header holds a signature of each.
/// See <https://docs.stripe.com/webhooks#roll-endpoint-secrets>.
#[must_use]
pub fn sign_with_each(body: &[u8], secrets: &[Secret], timestamp: i64) -> String {
    use fmt::Write;

    let text = timestamp.to_string();
    let mut header = format!("t={text}");
    for secret in secrets {
        header.push_str(",v1=");
        for byte in secret.mac(text.as_bytes(), body).into_bytes() {
            // Writing to a `String` cannot fail.
            let _ = write!(header, "{byte:02x}");
        }
    }
    header
}

/// The time that the sender claims, which is not to be trusted before the signature is.
pub(crate) fn claimed_timestamp(header: &[u8]) -> Option<i64> {
    read_timestamp(header).ok().map(|(_, timestamp)| timestamp)
}

/// What the header says before anything of it is verified.
pub(crate) struct Claim<'h> {
    header: &'h [u8],
    timestamp_text: &'h [u8],
    timestamp: i64,
}

/// Rules 2 and 3 as far as they need no body, so that a server need not read one that cannot verify.
pub(crate) fn read_header(header: Option<&[u8]>) -> Result<Claim<'_>, SignatureError> {
    let header = header.filter(|header| !header.is_empty()).ok_or(SignatureError::MissingHeader)?;
    let (timestamp_text, timestamp) = read_timestamp(header)?;
    if values(header, b"v1").next().is_none() {
        return Err(SignatureError::NoKnownScheme);
    }
    Ok(Claim { header, timestamp_text, timestamp })
}

fn read_timestamp(header: &[u8]) -> Result<(&[u8], i64), SignatureError> {
    let mut texts = values(header, b"t");
    let text = texts.next().ok_or(SignatureError::MalformedHeader)?;
    let digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    if !digits || texts.any(|other| other != text) {
        return Err(SignatureError::MalformedHeader);
    }
    let timestamp = str::from_utf8(text).ok().and_then(|text| text.parse().ok());
    Ok((text, timestamp.ok_or(SignatureError::MalformedHeader)?))
}

/// The values of one key of the header, in order.
fn values<'h>(header: &'h [u8], key: &'static [u8]) -> impl Iterator<Item = &'h [u8]> {
    header
        .split(|byte| *byte == b',')
        .filter_map(move |element| element.strip_prefix(key)?.strip_prefix(b"="))
}

fn signatures(header: &[u8]) -> impl Iterator<Item = CtOutput<Hmac<Sha256>>> {
    values(header, b"v1").filter_map(decode_hex).map(CtOutput::new)
}

/// Reads exactly 64 lower-case hexadecimal digits.
fn decode_hex(text: &[u8]) -> Option<Output<Hmac<Sha256>>> {
    let mut bytes = Output::<Hmac<Sha256>>::default();
    if text.len() != 2 * bytes.len() {
        return None;
    }
    for (byte, digits) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = digit(digits[0])? << 4 | digit(digits[1])?;
    }
    Some(bytes)
}

fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"id":"evt_1"}"#;
    const AT: i64 = 1_700_000_000;

    fn secret(text: &str) -> Secret {
        Secret::new(text).unwrap()
    }

    fn verdict(header: &str, now: i64) -> Result<(), SignatureError> {
        verify(Some(header.as_bytes()), BODY, &[secret("whsec_a")], Tolerance::DEFAULT, now).map(|_| ())
    }

    fn signed() -> String {
        sign(BODY, &secret("whsec_a"), AT)
    }

    fn digits() -> String {
        signed().split_once("v1=").unwrap().1.to_owned()
    }

    #[test]
    fn the_hmac_is_that_of_the_reference_implementation() {
        // Computed with OpenSSL: printf '1700000000.{"id":"evt_1"}' | openssl dgst -sha256 -hmac whsec_a
        assert_eq!(digits(), "97ea69f91fd566038386bacf87292eb0d73a8207414ee62ed313d49996fe0639");
    }

    #[test]
    fn exactly_the_tolerance_passes_and_one_second_more_does_not() {
        assert_eq!(verdict(&signed(), AT + 300), Ok(()));
        assert_eq!(verdict(&signed(), AT + 301), Err(SignatureError::OutsideTolerance));
    }

    #[test]
    fn a_future_timestamp_passes_unless_it_is_limited() {
        assert_eq!(verdict(&signed(), AT - 100_000), Ok(()));
        let limited = Tolerance::DEFAULT.max_future_skew(Duration::from_secs(60));
        let at =
            |now| verify(Some(signed().as_bytes()), BODY, &[secret("whsec_a")], limited, now).map(|_| ());
        assert_eq!(at(AT - 60), Ok(()));
        assert_eq!(at(AT - 61), Err(SignatureError::OutsideTolerance));
    }

    #[test]
    fn any_age_is_accepted_only_under_its_loud_name() {
        let any = Tolerance::dangerously_accept_any_age();
        assert!(verify(Some(signed().as_bytes()), BODY, &[secret("whsec_a")], any, i64::MAX).is_ok());
        assert!(verify(Some(signed().as_bytes()), BODY, &[secret("whsec_a")], any, i64::MIN).is_ok());
    }

    #[test]
    fn the_signature_is_judged_before_the_age() {
        let forged = format!("t={AT},v1={}", "0".repeat(64));
        assert_eq!(verdict(&forged, i64::MAX), Err(SignatureError::NoMatch));
    }

    #[test]
    fn a_missing_or_empty_header_is_missing() {
        let nothing = verify(None, BODY, &[secret("whsec_a")], Tolerance::DEFAULT, AT);
        assert_eq!(nothing, Err(SignatureError::MissingHeader));
        assert_eq!(verdict("", AT), Err(SignatureError::MissingHeader));
    }

    #[test]
    fn a_timestamp_that_is_not_digits_of_an_i64_is_malformed() {
        for t in ["", " 1", "1 ", "-1", "+1", "1.5", "0x10", "٣", "9223372036854775808"] {
            assert_eq!(
                verdict(&format!("t={t},v1={}", digits()), AT),
                Err(SignatureError::MalformedHeader),
                "{t:?}"
            );
        }
        assert_eq!(verdict(&format!("v1={}", digits()), AT), Err(SignatureError::MalformedHeader));
    }

    #[test]
    fn a_repeated_timestamp_must_be_the_same() {
        assert_eq!(verdict(&format!("{},t={AT}", signed()), AT), Ok(()));
        assert_eq!(verdict(&format!("{},t=1", signed()), AT), Err(SignatureError::MalformedHeader));
    }

    #[test]
    fn unknown_elements_are_skipped() {
        assert_eq!(verdict(&format!("junk,,=,v2=x,{},v0=y", signed()), AT), Ok(()));
    }

    #[test]
    fn v0_is_never_accepted() {
        assert_eq!(verdict(&format!("t={AT},v0={}", digits()), AT), Err(SignatureError::NoKnownScheme));
    }

    #[test]
    fn only_64_lower_case_digits_are_a_signature() {
        for v1 in
            [digits().to_uppercase(), digits()[1..].to_owned(), digits() + "0", " ".to_owned() + &digits()]
        {
            assert_eq!(verdict(&format!("t={AT},v1={v1}"), AT), Err(SignatureError::NoMatch), "{v1}");
        }
    }

    #[test]
    fn any_secret_and_any_signature_may_match() {
        let header = format!("t={AT},v1={},v1={}", "0".repeat(64), digits());
        let secrets = [secret("whsec_old"), secret("whsec_a")];
        let verified = verify(Some(header.as_bytes()), BODY, &secrets, Tolerance::DEFAULT, AT).unwrap();
        assert_eq!((verified.secret, verified.timestamp), (1, AT));
        assert_eq!(
            verify(Some(header.as_bytes()), BODY, &[], Tolerance::DEFAULT, AT),
            Err(SignatureError::NoMatch)
        );
    }

    #[test]
    fn the_bytes_of_the_body_are_signed_whatever_they_are() {
        let body = b"\xef\xbb\xbf\xff\0";
        let header = sign(body, &secret("whsec_a"), AT);
        assert!(verify(Some(header.as_bytes()), body, &[secret("whsec_a")], Tolerance::DEFAULT, AT).is_ok());
    }

    #[test]
    fn a_blank_secret_is_refused() {
        for blank in ["", " ", "\n\t", "\u{a0}"] {
            assert_eq!(Secret::new(blank).err(), Some(BlankSecret));
        }
    }

    #[test]
    fn all_that_a_secret_is_made_of_is_wiped_when_it_is_dropped() {
        fn is_wiped(_: &impl zeroize::ZeroizeOnDrop) {}
        is_wiped(&secret("whsec_a").text);
        // The keyed state does not say it of itself, and is made of these.
        is_wiped(&Sha256::default());
    }

    #[test]
    fn a_secret_does_not_show() {
        assert!(!format!("{:?}", secret("whsec_a")).contains("whsec"));
    }
}
