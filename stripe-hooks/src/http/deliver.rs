//! The steps of a delivery over HTTP, in the only order in which they are safe.
//!
//! 1. **Method.** Only `POST` is a delivery.
//! 2. **Header.** The signature header comes before the body, so that an unsigned request reserves
//!    none of [`bodies_in_flight`](crate::EndpointBuilder::bodies_in_flight).
//! 3. **Body.** It is read within the limits of size, time and bytes in flight.
//! 4. **Shutdown.** A shutdown may have begun while the body arrived. Stripe sends a delivery that is
//!    refused here again.
//! 5. **Verification.** The signature is checked over the raw bytes. Nothing is decoded before.
//! 6. **Handling.** It goes on if the caller hangs up.
//!
//! [`Endpoint::receive`] takes a whole body: it checks the limits first, and then takes steps 2, 5 and
//! 6. Its handling stops if the caller drops its future.
//!
//! This file knows no HTTP framework. An adapter fills in a [`DeliveryRequest`], and turns the answer into
//! a response of its framework.

use std::{pin::pin, sync::Arc};

use bytes::Bytes;
use futures_core::Stream;
use tracing::Instrument;

use super::{body::read_body, poll_limit::poll_at_most};
use crate::{
    Endpoint, answer::Answer, body_budget::BodyBudget, endpoint::admission::VerifiedBody, source::EventSource,
};

impl Answer {
    /// The answer to another method than `POST`.
    fn method_not_allowed() -> Self {
        Self::from_line(405, "only POST\n").with_header("allow", "POST")
    }
}

/// The parts of a request that its delivery needs.
pub(super) struct DeliveryRequest<'r, H, S> {
    /// `true` if the method is `POST`.
    pub(super) is_post: bool,
    /// All values of the header `Stripe-Signature`.
    pub(super) signatures: H,
    /// The value of the header `Content-Length`.
    pub(super) content_length: Option<&'r [u8]>,
    /// The body. It is not polled before the header is well-formed.
    pub(super) chunks: S,
}

/// The answer to a delivery that was not verified.
///
/// Its sender is unknown and may still be sending the body: an adapter can close the connection on
/// HTTP/1.
#[derive(Debug)]
pub(super) struct RefusedDelivery(pub(super) Answer);

/// Passes a request through all steps, from its method to its answer.
///
/// # Errors
/// The answer to a delivery that was not verified.
pub(super) async fn deliver<'r, H, S, E>(
    endpoint: Endpoint,
    delivery: DeliveryRequest<'r, H, S>,
) -> Result<Answer, RefusedDelivery>
where
    H: IntoIterator<Item = &'r [u8]>,
    S: Stream<Item = Result<Bytes, E>>,
{
    let DeliveryRequest { is_post, signatures, content_length, chunks } = delivery;
    if !is_post {
        return Err(RefusedDelivery(Answer::method_not_allowed()));
    }
    let claim = endpoint.read_signature_header(signatures).map_err(RefusedDelivery)?;
    let body = pin!(read_body(&endpoint, content_length, chunks)).await;
    let body = body.map_err(|answer| RefusedDelivery(endpoint.count_turned_away(answer)))?;
    if endpoint.0.gate.is_closed() {
        return Err(RefusedDelivery(endpoint.count_turned_away(Answer::unavailable())));
    }
    let verified = endpoint.verify_body(&claim, body).map_err(RefusedDelivery)?;
    let mut work = Box::pin(handle_verified(endpoint, verified));
    Ok(match poll_at_most(1, work.as_mut()).await {
        Some(answer) => answer,
        // A framework may drop this future when the caller hangs up, so slow work gets its own
        // task.
        None => tokio::spawn(work.in_current_span()).await.unwrap_or_else(|_| Answer::failed()),
    })
}

/// Handles a verified delivery. Owns everything it needs, so that it can become a task.
async fn handle_verified(endpoint: Endpoint, verified: VerifiedBody<Arc<BodyBudget>>) -> Answer {
    let delivery = match endpoint.admit_delivery() {
        Ok(delivery) => delivery,
        Err(answer) => return answer,
    };
    let (body, _reservation) = verified.into_parts();
    delivery.finish(pin!(endpoint.handle_body(body, EventSource::Delivered)).await)
}

#[cfg(test)]
mod tests;
