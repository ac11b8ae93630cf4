//! The result of a verification.

use std::{error::Error, fmt};

/// A signature that was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// The time at which Stripe signed the delivery, in seconds since the Unix epoch.
    pub timestamp: i64,
    /// The position of the secret that matched, in the slice of secrets that was passed in.
    pub secret: usize,
}

/// The reason why a delivery is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureError {
    /// The `Stripe-Signature` header is missing or empty.
    MissingHeader,
    /// The header has no readable `t` or two different ones, or the delivery has two headers.
    MalformedHeader,
    /// The header has no `v1` signature.
    NoKnownScheme,
    /// No secret makes one of the signatures from this body.
    NoMatch,
    /// The signature is genuine, but the timestamp is older than the tolerance or too far in the
    /// future.
    OutsideTolerance,
}

impl SignatureError {
    /// Returns the error as one stable word, for logs and metrics.
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
