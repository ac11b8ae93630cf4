//! The reasons why a delivery does not verify.

use std::{error::Error, fmt};

/// The reason why a delivery does not verify.
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
