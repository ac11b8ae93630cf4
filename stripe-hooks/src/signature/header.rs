//! Reads the `Stripe-Signature` header of a delivery, and verifies its claim.

use std::str;

use hmac::{
    Hmac,
    digest::{CtOutput, Output},
};
use sha2::Sha256;

use super::{
    secret::Secret,
    tolerance::Tolerance,
    verdict::{SignatureError, Verified},
};

/// Returns the timestamp that the sender claims. Do not trust it before the signature is verified.
pub(crate) fn claimed_timestamp(header: &[u8]) -> Option<i64> {
    read_timestamp(header).ok().map(|(_, timestamp)| timestamp)
}

/// The content of the header, before it is verified.
pub(crate) struct SignatureClaim<'h> {
    pub(crate) header: &'h [u8],
    /// The text of `t`, which is part of the signed bytes.
    timestamp_text: &'h [u8],
    timestamp: i64,
}

impl SignatureClaim<'_> {
    /// Verifies the claim for this body (rules 4 and 5 of [`signature`](super)).
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
                let expected = secret.compute_mac(timestamp_text, body);
                self.signatures().any(|signature| signature == expected)
            })
            .ok_or(SignatureError::NoMatch)?;
        if !tolerance.allows_age(i128::from(now) - i128::from(timestamp)) {
            return Err(SignatureError::OutsideTolerance);
        }
        Ok(Verified { timestamp, secret })
    }

    fn signatures(&self) -> impl Iterator<Item = CtOutput<Hmac<Sha256>>> {
        header_values(self.header, b"v1").filter_map(decode_hex).map(CtOutput::new)
    }
}

/// Reads the header (rules 2 and 3, except for the digits of `v1`), so that a server can refuse a
/// delivery without reading its body.
pub(crate) fn read_header(header: Option<&[u8]>) -> Result<SignatureClaim<'_>, SignatureError> {
    let header = header.filter(|header| !header.is_empty()).ok_or(SignatureError::MissingHeader)?;
    let (timestamp_text, timestamp) = read_timestamp(header)?;
    if header_values(header, b"v1").next().is_none() {
        return Err(SignatureError::NoKnownScheme);
    }
    Ok(SignatureClaim { header, timestamp_text, timestamp })
}

fn read_timestamp(header: &[u8]) -> Result<(&[u8], i64), SignatureError> {
    let mut texts = header_values(header, b"t");
    let text = texts.next().ok_or(SignatureError::MalformedHeader)?;
    let digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    if !digits || texts.any(|other| other != text) {
        return Err(SignatureError::MalformedHeader);
    }
    let timestamp = str::from_utf8(text).ok().and_then(|text| text.parse().ok());
    Ok((text, timestamp.ok_or(SignatureError::MalformedHeader)?))
}

/// Returns the values of one key of the header, in order.
fn header_values<'h>(header: &'h [u8], key: &'static [u8]) -> impl Iterator<Item = &'h [u8]> {
    header
        .split(|byte| *byte == b',')
        .filter_map(move |element| element.strip_prefix(key)?.strip_prefix(b"="))
}

/// Decodes exactly 64 lower-case hexadecimal digits.
fn decode_hex(text: &[u8]) -> Option<Output<Hmac<Sha256>>> {
    let mut bytes = Output::<Hmac<Sha256>>::default();
    if text.len() != 2 * bytes.len() {
        return None;
    }
    for (byte, digits) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = hex_digit(digits[0])? << 4 | hex_digit(digits[1])?;
    }
    Some(bytes)
}

fn hex_digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        _ => None,
    }
}
