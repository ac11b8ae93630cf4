//! What may be behind a delivery that does not verify, in words for the operator.
//!
//! Nothing is ever accepted because of what is found here, and the sender must never learn of it. An endpoint logs it by itself; on its
//! own this module serves tools, and servers that call [`signature::verify`] themselves.

mod reformatted;

use std::{error::Error, fmt};

use bytes::Bytes;

use self::reformatted::reformat_json;
use crate::{
    catalogue::EventForm,
    envelope::{Envelope, Unreadable},
    facts::{EventId, EventTypeName},
    signature::{self, Secret, SignatureError, Tolerance},
};

/// What people, shells and word processors put around a text.
pub(crate) const QUOTE_CHARS: &[char] = &['"', '\'', '`', '“', '”', '„', '‘', '’', '«', '»'];

/// A likely cause, which says in `Display` what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// A secret would have matched without the white space or the quotes around it.
    PaddedSecret,
    /// The body would have matched with other white space at its ends.
    BodyEnds,
    /// The body would have matched with other line ends.
    LineEnds,
    /// The body would have matched without its white space, or indented as Stripe does it.
    Rewritten,
    /// What was given as a secret is something else of Stripe's.
    NotASecret(Mistaken),
    /// The delivery was signed so many seconds ahead of the local clock.
    SignedAhead(u64),
    /// The delivery was signed so many seconds ago.
    SignedAgo(u64),
    /// Nothing that could be tried would have matched.
    Unknown,
}

impl Cause {
    /// One word for the cause, for machines.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::PaddedSecret => "padded-secret",
            Self::BodyEnds => "body-ends",
            Self::LineEnds => "line-ends",
            Self::Rewritten => "rewritten-body",
            Self::NotASecret(Mistaken { kind: MistakenKind::ApiKey, .. }) => "api-key",
            Self::NotASecret(Mistaken { kind: MistakenKind::Destination, .. }) => "endpoint-id",
            Self::SignedAhead(_) => "clock-slow",
            Self::SignedAgo(_) => "old-or-clock-fast",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let changed = |f: &mut fmt::Formatter<'_>, how: &str| {
            write!(
                f,
                "the body was {how} on its way; whatever stands before the endpoint must pass its bytes on as they are"
            )
        };
        match self {
            Self::PaddedSecret => f.write_str("the signing secret has white space or quotes around it; remove them"),
            Self::BodyEnds => changed(f, "given other white space at its ends"),
            Self::LineEnds => changed(f, "given other line ends"),
            Self::Rewritten => changed(f, "parsed and written again"),
            Self::NotASecret(mistaken) => write!(f, "the signing secret {mistaken}"),
            Self::SignedAhead(seconds) => {
                write!(f, "the delivery was signed {seconds} seconds in the future; this machine's clock is slow")
            }
            Self::SignedAgo(seconds) => write!(
                f,
                "the delivery was signed {seconds} seconds ago; it is a recorded one, it waited on its way, or this machine's clock is fast"
            ),
            Self::Unknown => f.write_str(
                "the signing secret is that of another endpoint (`stripe listen` prints one of its own, which is not the Dashboard's), the \
                 body was changed on its way, or the sender is not Stripe",
            ),
        }
    }
}

/// Looks for the likely cause of what [`signature::verify`] refused; `None` where the error says it all.
///
/// It costs a few HMACs over the body more, so ask seldom where anybody can send.
///
/// ```
/// use stripe_hooks::{diagnosis, signature::{Secret, SignatureError, sign}};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let header = sign(b"{}", &Secret::new("whsec_a")?, 1);
/// let secrets = [Secret::new("whsec_a\n")?];
/// let cause = diagnosis::likely_cause(SignatureError::NoMatch, header.as_bytes(), b"{}", &secrets, 1);
/// assert_eq!(cause, Some(diagnosis::Cause::PaddedSecret));
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn likely_cause(
    error: SignatureError,
    header: &[u8],
    body: &[u8],
    secrets: &[Secret],
    now: i64,
) -> Option<Cause> {
    match error {
        SignatureError::OutsideTolerance => {
            signature::claimed_timestamp(header).map(|signed| diagnose_clock_skew(signed, now))
        }
        SignatureError::NoMatch => {
            let mistaken = || {
                secrets
                    .iter()
                    .find_map(|secret| mistaken_for_secret(secret.secret_text()))
                    .map(Cause::NotASecret)
            };
            Some(diagnose_mismatch(header, body, secrets).or_else(mistaken).unwrap_or(Cause::Unknown))
        }
        _ => None,
    }
}

/// Whether the delivery was signed with one of the secrets, at whatever time.
pub(crate) fn any_secret_matches(header: &[u8], body: &[u8], secrets: &[Secret]) -> bool {
    signature::verify(Some(header), body, secrets, Tolerance::dangerously_accept_any_age(), 0).is_ok()
}

/// What somebody took for a signing secret. `Display` goes on after "the secret …" and shows nothing of it but its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mistaken {
    prefix: &'static str,
    kind: MistakenKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MistakenKind {
    ApiKey,
    Destination,
}

impl fmt::Display for Mistaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            MistakenKind::ApiKey => "an API key",
            MistakenKind::Destination => "the id of an endpoint",
        };
        write!(f, "starts with `{}`, so it is {kind}; use the endpoint's `whsec_…`", self.prefix)
    }
}

/// Recognises what else of Stripe's a text is that was given as a signing secret.
#[must_use]
pub fn mistaken_for_secret(text: &str) -> Option<Mistaken> {
    const MISTAKEN_PREFIXES: [(&str, MistakenKind); 5] = [
        ("sk_", MistakenKind::ApiKey),
        ("rk_", MistakenKind::ApiKey),
        ("pk_", MistakenKind::ApiKey),
        ("we_", MistakenKind::Destination),
        ("ed_", MistakenKind::Destination),
    ];
    let (prefix, kind) = MISTAKEN_PREFIXES.into_iter().find(|(prefix, _)| text.starts_with(prefix))?;
    Some(Mistaken { prefix, kind })
}

/// What a verified body is about, as far as its envelope tells.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outline {
    /// The id of the event.
    pub id: EventId,
    /// The name of the event.
    pub event_type: EventTypeName,
    /// Its form; `None` for a kind of event that Stripe has yet to invent.
    pub form: Option<EventForm>,
}

impl Outline {
    /// Reads the envelope of an event as an endpoint does.
    ///
    /// # Errors
    /// When the body is not an event, which an endpoint answers 400.
    pub fn from_body(body: &[u8]) -> Result<Self, NotAnEvent> {
        let body = Bytes::copy_from_slice(body);
        let envelope = Envelope::parse(&body).map_err(NotAnEvent)?;
        Ok(Self {
            id: EventId::from(&*envelope.id),
            event_type: EventTypeName::from(&*envelope.event_type),
            form: envelope.form,
        })
    }
}

/// Why a body is not an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnEvent(Unreadable);

impl fmt::Display for NotAnEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for NotAnEvent {}

fn diagnose_clock_skew(signed: i64, now: i64) -> Cause {
    let seconds = now.abs_diff(signed);
    if signed > now { Cause::SignedAhead(seconds) } else { Cause::SignedAgo(seconds) }
}

/// What would have matched if a little thing were different.
fn diagnose_mismatch(header: &[u8], body: &[u8], secrets: &[Secret]) -> Option<Cause> {
    let around = |character: char| character.is_whitespace() || QUOTE_CHARS.contains(&character);
    let bare: Vec<_> = secrets
        .iter()
        .filter_map(|secret| Secret::new(secret.secret_text().trim_matches(around)).ok())
        .collect();
    if any_secret_matches(header, body, &bare) {
        return Some(Cause::PaddedSecret);
    }
    let body_trimmed = body.trim_ascii();
    // Each copy is dropped before the next is made: nobody has verified this body, so it may hold but a few times its size.
    if any_secret_matches(header, body_trimmed, secrets)
        || any_secret_matches(header, &[body_trimmed, b"\n"].concat(), secrets)
    {
        return Some(Cause::BodyEnds);
    }
    let text = std::str::from_utf8(body).ok()?;
    let with_line_feeds = || text.replace("\r\n", "\n");
    if any_secret_matches(header, with_line_feeds().as_bytes(), secrets)
        || any_secret_matches(header, with_line_feeds().replace('\n', "\r\n").as_bytes(), secrets)
    {
        return Some(Cause::LineEnds);
    }
    // A body that was kept in a file may have a line end after it, too.
    let matched = reformat_json(text)?.into_iter().any(|body| {
        any_secret_matches(header, &body, secrets)
            || any_secret_matches(header, &[&*body, b"\n"].concat(), secrets)
    });
    matched.then_some(Cause::Rewritten)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text).unwrap()
    }

    fn diagnose_with_secret(signed: &str, arrived: &str, given: &str) -> Cause {
        let header = signature::sign(signed.as_bytes(), &secret("whsec_a"), 1);
        let error = SignatureError::NoMatch;
        likely_cause(error, header.as_bytes(), arrived.as_bytes(), &[secret(given)], 1).unwrap()
    }

    fn diagnose(signed: &str, arrived: &str) -> Cause {
        diagnose_with_secret(signed, arrived, "whsec_a")
    }

    const INDENTED: &str = "{\n  \"a\": [\n    1.0,\n    {}\n  ],\n  \"b\": \"x, \\\": {y}\"\n}";
    const COMPACT: &str = r#"{"a":[1.0,{}],"b":"x, \": {y}"}"#;

    #[test]
    fn a_body_that_was_written_again_is_recognised() {
        for (signed, arrived) in [(INDENTED, COMPACT), (COMPACT, INDENTED)] {
            assert_eq!(diagnose(signed, arrived), Cause::Rewritten);
            assert_eq!(diagnose(&format!("{signed}\n"), arrived), Cause::Rewritten);
        }
    }

    #[test]
    fn other_line_ends_and_trimmed_bodies_are_recognised() {
        let carriage_returns = INDENTED.replace('\n', "\r\n");
        assert_eq!(diagnose(INDENTED, &carriage_returns), Cause::LineEnds);
        assert_eq!(diagnose(&carriage_returns, INDENTED), Cause::LineEnds);
        assert_eq!(diagnose(&format!("{COMPACT}\n"), COMPACT), Cause::BodyEnds);
        assert_eq!(diagnose(COMPACT, &format!(" {COMPACT}\n")), Cause::BodyEnds);
    }

    #[test]
    fn a_secret_with_white_space_or_quotes_is_recognised() {
        for given in ["whsec_a\n", "\"whsec_a\"", " ‘whsec_a’"] {
            assert_eq!(diagnose_with_secret("{}", "{}", given), Cause::PaddedSecret, "{given}");
        }
    }

    #[test]
    fn what_is_no_secret_is_recognised_by_its_prefix() {
        for (given, kind) in [("sk_test_1", "api-key"), ("rk_1", "api-key"), ("we_1", "endpoint-id")] {
            assert_eq!(diagnose_with_secret("{}", "{}", given).kind(), kind);
        }
    }

    #[test]
    fn another_body_has_no_likely_cause() {
        assert_eq!(diagnose(COMPACT, r#"{"a":[1.0,{}],"b":"z"}"#), Cause::Unknown);
    }

    #[test]
    fn the_skew_of_the_clock_is_told() {
        assert_eq!(diagnose_clock_skew(100, 40), Cause::SignedAhead(60));
        assert_eq!(diagnose_clock_skew(40, 1_000), Cause::SignedAgo(960));
        assert!(Cause::SignedAhead(60).to_string().contains("60 seconds in the future"));
        assert!(Cause::SignedAgo(960).to_string().contains("960 seconds ago"));
        assert_eq!(diagnose_clock_skew(i64::MIN, i64::MAX), Cause::SignedAgo(u64::MAX));
    }

    #[test]
    fn an_outline_is_read_as_an_endpoint_reads_it() {
        let outline = Outline::from_body(br#"{"id":"evt_1","object":"event","type":"a.b"}"#).unwrap();
        assert_eq!((outline.id.as_str(), outline.form), ("evt_1", Some(EventForm::Snapshot)));
        assert_eq!(Outline::from_body(b"{}").unwrap_err().to_string(), "the event has no readable `id`");
    }
}
