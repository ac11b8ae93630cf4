//! The signature rule once more, written for the eye and not for speed, and sharing no line with what it is compared to.

#![allow(unreachable_pub, reason = "the fuzz targets use it too")]

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use stripe_hooks::signature::SignatureError::{
    self, MalformedHeader, MissingHeader, NoKnownScheme, NoMatch, OutsideTolerance,
};

/// The timestamp of the delivery, or the first of the rules that it breaks.
pub fn expected_verdict(
    header: Option<&[u8]>,
    body: &[u8],
    secrets: &[&str],
    tolerance: Option<u64>,
    now: i64,
) -> Result<i64, SignatureError> {
    // Bytes as characters, so that nothing is lost and the methods of texts can be used.
    let header: String = header.unwrap_or_default().iter().map(|byte| char::from(*byte)).collect();
    if header.is_empty() {
        return Err(MissingHeader);
    }
    let elements: Vec<(&str, &str)> =
        header.split(',').filter_map(|element| element.split_once('=')).collect();
    let all = |key: &str| -> Vec<&str> {
        elements.iter().filter(|(other, _)| *other == key).map(|(_, value)| *value).collect()
    };
    let mut timestamps = all("t");
    timestamps.dedup();
    let [timestamp] = timestamps[..] else { return Err(MalformedHeader) };
    if !timestamp.chars().all(|character| character.is_ascii_digit()) {
        return Err(MalformedHeader);
    }
    let Ok(seconds) = timestamp.parse::<i64>() else { return Err(MalformedHeader) };
    let signatures = all("v1");
    if signatures.is_empty() {
        return Err(NoKnownScheme);
    }
    let expected: Vec<String> = secrets.iter().map(|secret| signature_hex(secret, timestamp, body)).collect();
    if !signatures.iter().any(|signature| expected.iter().any(|expected| expected == signature)) {
        return Err(NoMatch);
    }
    let age = i128::from(now) - i128::from(seconds);
    match tolerance {
        Some(tolerance) if age > i128::from(tolerance) => Err(OutsideTolerance),
        _ => Ok(seconds),
    }
}

fn signature_hex(secret: &str, timestamp: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(&[timestamp.as_bytes(), b".", body].concat());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_model_knows_a_signature_of_openssl() {
    let header = b"t=1700000000,v1=97ea69f91fd566038386bacf87292eb0d73a8207414ee62ed313d49996fe0639";
    let body = br#"{"id":"evt_1"}"#;
    let at = |now| expected_verdict(Some(header), body, &["whsec_a"], Some(300), now);
    assert_eq!((at(1_700_000_300), at(1_700_000_301)), (Ok(1_700_000_000), Err(OutsideTolerance)));
    assert_eq!(expected_verdict(Some(header), b"{}", &["whsec_a"], None, 0), Err(NoMatch));
}
