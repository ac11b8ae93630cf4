//! What one case is made of.

use std::{borrow::Cow, fmt::Write};

use delivery::{NOW, SECRET};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

pub(super) const BODY: &[u8] =
    br#"{"id":"evt_1","object":"event","type":"product.created","data":{"object":{"id":"prod_1"}}}"#;

/// What is asked: is the signature good; or is it, and is the body an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Judged {
    Header,
    Snapshot,
    Thin,
}

/// One delivery, and how it is judged.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) name: Cow<'static, str>,
    pub(super) judged: Judged,
    pub(super) header: Option<Vec<u8>>,
    pub(super) body: Vec<u8>,
    pub(super) secret: String,
    /// In seconds; `None` switches the check of the age off.
    pub(super) tolerance: Option<u64>,
    pub(super) now: i64,
}

impl Case {
    pub(super) fn header(name: impl Into<Cow<'static, str>>, header: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.into(),
            judged: Judged::Header,
            header: Some(header.into()),
            body: BODY.to_vec(),
            secret: SECRET.to_owned(),
            tolerance: Some(300),
            now: NOW,
        }
    }

    pub(super) fn signed(
        name: impl Into<Cow<'static, str>>,
        judged: Judged,
        body: impl Into<Vec<u8>>,
    ) -> Self {
        let body = body.into();
        let header = format!("t={NOW},v1={}", mac(SECRET, format!("{NOW}.").as_bytes(), &body));
        Self { judged, body, ..Self::header(name, header) }
    }

    pub(super) fn at(self, now: i64) -> Self {
        Self { now, ..self }
    }

    pub(super) fn tolerance(self, seconds: u64) -> Self {
        Self { tolerance: Some(seconds), ..self }
    }

    pub(super) fn any_age(self) -> Self {
        Self { tolerance: None, ..self }
    }

    pub(super) fn secret(self, secret: impl Into<String>) -> Self {
        Self { secret: secret.into(), ..self }
    }
}

/// The digits of a signature, computed beside the code under test.
pub(super) fn mac(secret: &str, prefix: &[u8], body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(prefix);
    mac.update(body);
    mac.finalize().into_bytes().iter().fold(String::new(), |mut digits, byte| {
        write!(digits, "{byte:02x}").unwrap();
        digits
    })
}
