//! The steps that a delivery must pass before it is handled.
//!
//! Their types keep the order: only [`Endpoint::verify_body`] makes a [`VerifiedBody`], from a
//! well-formed header and a body within the limits. Nothing is decoded here.
//! [`Endpoint::receive`] passes a whole body through these steps; `http::deliver` reads the body
//! between them.

use std::{
    ops::Deref,
    panic::{AssertUnwindSafe, catch_unwind},
};

use bytes::Bytes;

use super::Endpoint;
use crate::{
    answer::Answer,
    body_budget::{BodyBudget, Reservation},
    fields::Timestamp,
    signature::{self, Secret, SignatureClaim, SignatureError},
};

/// A body within the endpoint's limits, with its reservation of bytes in flight.
pub(crate) struct LimitedBody<I: Deref<Target = BodyBudget>> {
    bytes: Bytes,
    reservation: Reservation<I>,
}

impl<I: Deref<Target = BodyBudget>> LimitedBody<I> {
    /// The caller has checked the length, and `reservation` holds all `bytes`.
    pub(crate) fn new(bytes: Bytes, reservation: Reservation<I>) -> Self {
        Self { bytes, reservation }
    }
}

/// A body whose signature verified. Its reservation is held until the answer.
pub(crate) struct VerifiedBody<I: Deref<Target = BodyBudget>>(LimitedBody<I>);

impl<I: Deref<Target = BodyBudget>> VerifiedBody<I> {
    pub(crate) fn into_parts(self) -> (Bytes, Reservation<I>) {
        (self.0.bytes, self.0.reservation)
    }
}

impl Endpoint {
    /// Reads the values of the header `Stripe-Signature`: there must be exactly one.
    pub(crate) fn read_signature_header<'h>(
        &self,
        signatures: impl IntoIterator<Item = &'h [u8]>,
    ) -> Result<SignatureClaim<'h>, Answer> {
        let mut signatures = signatures.into_iter();
        let claim = match (signatures.next(), signatures.next()) {
            (_, Some(_)) => Err(SignatureError::MalformedHeader),
            (signature, None) => signature::read_header(signature),
        };
        claim.map_err(|error| self.refuse_signature(error))
    }

    /// Passes a whole body through all steps. Its limits come before the header, because it is here
    /// already; a body that is yet to come is not read before its header is well-formed. A delivery
    /// that was let in with its body is handled, even if a shutdown has begun since.
    pub(super) fn admit_whole_body(
        &self,
        signature: Option<&[u8]>,
        body: Bytes,
    ) -> Result<VerifiedBody<&BodyBudget>, Answer> {
        let body = self.reserve_body(body)?;
        let claim = self.read_signature_header(signature)?;
        self.verify_body(&claim, body)
    }

    /// Counts a whole body against the limits.
    fn reserve_body(&self, body: Bytes) -> Result<LimitedBody<&BodyBudget>, Answer> {
        if body.len() > self.0.settings.body_limit {
            return Err(self.count_turned_away(Answer::too_large()));
        }
        match self.0.body_budget.reserve(body.len()) {
            Some(reservation) => Ok(LimitedBody::new(body, reservation)),
            None => Err(self.count_turned_away(Answer::unavailable())),
        }
    }

    /// Verifies a delivery.
    pub(crate) fn verify_body<I: Deref<Target = BodyBudget>>(
        &self,
        claim: &SignatureClaim<'_>,
        body: LimitedBody<I>,
    ) -> Result<VerifiedBody<I>, Answer> {
        self.check_signature(claim, &body.bytes)?;
        Ok(VerifiedBody(body))
    }

    /// Checks the signature against the endpoint's secrets.
    fn check_signature(&self, claim: &SignatureClaim<'_>, body: &[u8]) -> Result<(), Answer> {
        let current = catch_unwind(AssertUnwindSafe(|| {
            let secrets = self.0.ask_secrets.as_ref().map(|ask| ask());
            (secrets, (self.0.settings.clock)())
        }));
        let Ok((current_secrets, now)) = current else {
            tracing::error!(
                endpoint = self.0.name.as_str(),
                "`secrets_from` or `clock` panicked; the answer is 503"
            );
            return Err(self.count_turned_away(Answer::unavailable()));
        };
        let secrets: Vec<Secret>;
        let secrets = match current_secrets {
            None => self.0.secrets.as_slice(),
            Some(current) => {
                secrets = self.0.secrets.iter().cloned().chain(current).collect();
                &secrets
            }
        };
        if secrets.is_empty() {
            tracing::error!(
                endpoint = self.0.name.as_str(),
                "no signing secret is available; the answer is 503"
            );
            return Err(self.count_turned_away(Answer::unavailable()));
        }
        let now = Timestamp::from(now).unix();
        let verified = claim.verify(body, secrets, self.0.settings.tolerance, now);
        verified.map(drop).map_err(|error| {
            self.log_likely_cause(error, claim.header, body, secrets, now);
            self.refuse_signature(error)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use futures_util::FutureExt;

    use super::*;
    use crate::signature::sign;

    #[test]
    fn a_whole_body_that_was_let_in_is_verified_although_a_shutdown_has_begun() {
        let secret = "whsec_of_these_tests";
        let endpoint = Endpoint::builder().secret(secret).clock(|| UNIX_EPOCH + Duration::from_secs(9));
        let endpoint = endpoint.on_unhandled(async |_| ()).build().unwrap();
        let body = Bytes::from_static(b"{}");
        let header = sign(&body, &Secret::new(secret).unwrap(), 9);
        endpoint.0.gate.close().now_or_never();
        assert!(endpoint.admit_whole_body(Some(header.as_bytes()), body).is_ok());
    }
}
