//! The header of a delivery, and the verification of what it claims.

use std::str;

use hmac::{
    Hmac,
    digest::{CtOutput, Output},
};
use sha2::Sha256;

use super::{error::SignatureError, secret::Secret, tolerance::Tolerance};

/// The time that the sender claims. Do not trust it before the signature verifies.
pub(crate) fn claimed_timestamp(header: &[u8]) -> Option<i64> {
    read_timestamp(header).ok().map(|(_, timestamp)| timestamp)
}

/// The content of the header before any of it is verified.
pub(crate) struct Claim<'h> {
    pub(crate) header: &'h [u8],
    /// The digits that are signed.
    timestamp_text: &'h [u8],
    timestamp: i64,
}

/// A claim that is true: the signature verifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// When Stripe signed the delivery, in seconds since the Unix epoch.
    pub timestamp: i64,
    /// The position, among those given, of the secret that matched.
    pub secret: usize,
}

impl Claim<'_> {
    /// Applies rules 4 and 5: the claim must be true of this body.
    pub(crate) fn verify(
        &self,
        body: &[u8],
        secrets: &[Secret],
        tolerance: Tolerance,
        now: i64,
    ) -> Result<Verified, SignatureError> {
        let Self { timestamp_text, timestamp, .. } = *self;
        let secret = secrets
            .iter()
            .position(|secret| {
                let expected = secret.mac(timestamp_text, body);
                self.signatures().any(|signature| signature == expected)
            })
            .ok_or(SignatureError::NoMatch)?;
        if !tolerance.allows(i128::from(now) - i128::from(timestamp)) {
            return Err(SignatureError::OutsideTolerance);
        }
        Ok(Verified { timestamp, secret })
    }

    fn signatures(&self) -> impl Iterator<Item = CtOutput<Hmac<Sha256>>> {
        values(self.header, b"v1").filter_map(decode_hex).map(CtOutput::new)
    }
}

/// Applies rules 2 and 3 as far as they need no body, so that a server need not read one that
/// cannot verify.
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
