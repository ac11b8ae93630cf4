//! What one case is made of.

use std::{borrow::Cow, fmt::Write};

use delivery::{NOW, SECRET};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

pub(super) const BODY: &[u8] =
    br#"{"id":"evt_1","object":"event","type":"product.created","data":{"object":{"id":"prod_1"}}}"#;

/// What is asked: is the signature good; or is it, and is the body an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum JudgedPart {
    Header,
    Snapshot,
    Thin,
}

/// One delivery, and how it is judged.
#[derive(Debug)]
pub(super) struct SignatureCase {
    pub(super) name: Cow<'static, str>,
    pub(super) judged: JudgedPart,
    pub(super) header: Option<Vec<u8>>,
    pub(super) body: Vec<u8>,
    pub(super) secret: String,
    /// In seconds; `None` switches the check of the age off.
    pub(super) tolerance: Option<u64>,
    pub(super) now: i64,
}

impl SignatureCase {
    pub(super) fn with_header(name: impl Into<Cow<'static, str>>, header: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.into(),
            judged: JudgedPart::Header,
            header: Some(header.into()),
            body: BODY.to_vec(),
            secret: SECRET.to_owned(),
            tolerance: Some(300),
            now: NOW,
        }
    }

    pub(super) fn with_signed_body(
        name: impl Into<Cow<'static, str>>,
        judged: JudgedPart,
        body: impl Into<Vec<u8>>,
    ) -> Self {
        let body = body.into();
        let header = format!("t={NOW},v1={}", compute_mac(SECRET, format!("{NOW}.").as_bytes(), &body));
        Self { judged, body, ..Self::with_header(name, header) }
    }

    pub(super) fn at_time(self, now: i64) -> Self {
        Self { now, ..self }
    }

    pub(super) fn with_tolerance(self, seconds: u64) -> Self {
        Self { tolerance: Some(seconds), ..self }
    }

    pub(super) fn without_tolerance(self) -> Self {
        Self { tolerance: None, ..self }
    }

    pub(super) fn with_secret(self, secret: impl Into<String>) -> Self {
        Self { secret: secret.into(), ..self }
    }
}

/// The digits of a signature, computed beside the code under test.
pub(super) fn compute_mac(secret: &str, prefix: &[u8], body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(prefix);
    mac.update(body);
    mac.finalize().into_bytes().iter().fold(String::new(), |mut digits, byte| {
        write!(digits, "{byte:02x}").unwrap();
        digits
    })
}
