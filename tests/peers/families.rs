//! Cases by the family: one thing is varied over all of its values, everything else is as it should be.

use delivery::{NOW, SECRET};

use super::{
    bodies::body_with_member,
    case::{BODY, JudgedPart, SignatureCase, compute_mac},
};

/// Values of each kind of JSON.
const JSON_VALUES: [(&str, &str); 8] = [
    ("null", "null"),
    ("true", "true"),
    ("zero", "0"),
    ("a negative fraction", "-1.5e3"),
    ("a text", r#""text""#),
    ("an empty text", r#""""#),
    ("an empty list", "[]"),
    ("an empty object", "{}"),
];

/// Members of an event that neither library looks at before it hands the event to the application.
const ENVELOPE_MEMBERS: [&str; 9] = [
    "account",
    "api_version",
    "context",
    "created",
    "data",
    "livemode",
    "pending_webhooks",
    "previous_attributes",
    "request",
];

pub(super) fn family_cases() -> Vec<SignatureCase> {
    let mut cases = Vec::new();
    for member in ENVELOPE_MEMBERS {
        for (words, value) in JSON_VALUES {
            let body = body_with_member(&format!("{member}:{value}"));
            cases.push(SignatureCase::with_signed_body(
                format!("`{member}` is {words}"),
                JudgedPart::Snapshot,
                body,
            ));
        }
    }
    let genuine = signature_header(NOW, SECRET, BODY);
    for tolerance in [1, 300, 86_400] {
        for age in [-86_401, -301, -1, 0, 1, 2, 299, 300, 301, 86_400, 86_401] {
            let name = format!("{age} seconds old, at most {tolerance}");
            cases.push(
                SignatureCase::with_header(name, &*genuine).at_time(NOW + age).with_tolerance(tolerance),
            );
        }
    }
    // Around the sizes at which the hash starts another block.
    for length in [1, 43, 44, 52, 53, 54, 55, 63, 64, 116, 117, 118] {
        let body = vec![b'x'; length];
        let case = SignatureCase::with_header(
            format!("a body of {length} bytes"),
            signature_header(NOW, SECRET, &body),
        );
        cases.push(SignatureCase { body, ..case });
    }
    // The same for a key, which is hashed first where it is longer than a block.
    for length in [1, 32, 63, 64, 65, 127, 128] {
        let secret = "k".repeat(length);
        let case = SignatureCase::with_header(
            format!("a secret of {length} bytes"),
            signature_header(NOW, &secret, BODY),
        );
        cases.push(case.with_secret(secret));
    }
    for timestamp in [1, 9, 10, 999_999_999, 1_000_000_000, 4_102_444_800, 253_402_300_799] {
        let case = SignatureCase::with_header(
            format!("signed at {timestamp}"),
            signature_header(timestamp, SECRET, BODY),
        );
        cases.push(case.at_time(timestamp + 10));
    }
    cases
}

fn signature_header(timestamp: i64, secret: &str, body: &[u8]) -> String {
    format!("t={timestamp},v1={}", compute_mac(secret, format!("{timestamp}.").as_bytes(), body))
}
