//! A delivery being handled. A delivery that is dropped before its answer is counted and logged.

use std::mem;

use super::{Endpoint, gate::Pass, inner::Inner};
use crate::answer::Answer;

impl Endpoint {
    /// Starts to handle a delivery, unless the endpoint shuts down.
    pub(crate) fn let_in(&self) -> Result<Visit<'_>, Answer> {
        match self.0.gate.enter() {
            Some(pass) => Ok(Visit { _pass: pass, unended: Unended(self) }),
            None => Err(self.turn_away(Answer::unavailable())),
        }
    }
}

/// A guard that [`Endpoint::shutdown`] waits for. [`end`](Self::end) it with the answer: a guard
/// that is dropped otherwise counts as cut off.
pub(crate) struct Visit<'e> {
    unended: Unended<'e>,
    _pass: Pass<'e>,
}

impl Visit<'_> {
    /// Ends the delivery with its answer.
    pub(crate) fn end(self, answer: Answer) -> Answer {
        mem::forget(self.unended);
        answer
    }
}

/// Forgotten at the end of a delivery, so that only a delivery without an end drops it.
struct Unended<'e>(&'e Endpoint);

impl Drop for Unended<'_> {
    fn drop(&mut self) {
        let Inner { counters, name, .. } = &*self.0.0;
        counters.cut_off.add_one();
        tracing::warn!(
            endpoint = name.as_str(),
            "a delivery was dropped before its handlers had ended; Stripe sends it again"
        );
    }
}
