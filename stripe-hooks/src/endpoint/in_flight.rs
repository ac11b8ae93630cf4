//! A delivery being handled. A delivery that is dropped before its answer is counted and logged.

use std::mem;

use super::{Endpoint, gate::GatePass, inner::EndpointInner};
use crate::answer::Answer;

impl Endpoint {
    /// Starts to handle a delivery, unless the endpoint shuts down.
    pub(crate) fn admit_delivery(&self) -> Result<InFlightDelivery<'_>, Answer> {
        match self.0.gate.enter() {
            Some(pass) => Ok(InFlightDelivery { _pass: pass, drop_guard: DropGuard(self) }),
            None => Err(self.count_turned_away(Answer::unavailable())),
        }
    }
}

/// A guard that [`Endpoint::shutdown`] waits for. [`finish`](Self::finish) it with the answer: a guard
/// that is dropped otherwise counts as cut off.
pub(crate) struct InFlightDelivery<'e> {
    drop_guard: DropGuard<'e>,
    _pass: GatePass<'e>,
}

impl InFlightDelivery<'_> {
    /// Ends the delivery with its answer.
    pub(crate) fn finish(self, answer: Answer) -> Answer {
        mem::forget(self.drop_guard);
        answer
    }
}

/// Forgotten at the end of a delivery, so that only a delivery without an end drops it.
struct DropGuard<'e>(&'e Endpoint);

impl Drop for DropGuard<'_> {
    fn drop(&mut self) {
        let EndpointInner { counters, name, .. } = &*self.0.0;
        counters.cut_off.add_one();
        tracing::warn!(
            endpoint = name.as_str(),
            "a delivery was dropped before its handlers had ended; Stripe sends it again"
        );
    }
}
