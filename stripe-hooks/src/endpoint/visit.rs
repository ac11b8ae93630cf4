//! A delivery under way: let in, and missed when it is dropped before its answer.

use std::mem;

use super::{Endpoint, Inner, gate::Pass};
use crate::answer::Answer;

impl Endpoint {
    /// Lets a delivery in unless the endpoint shuts down.
    pub(super) fn let_in(&self) -> Result<Visit<'_>, Answer> {
        match self.0.gate.enter() {
            Some(pass) => Ok(Visit { _pass: pass, unended: Unended(self) }),
            None => Err(self.turn_away(Answer::unavailable())),
        }
    }

    /// Whether no more deliveries are let in.
    #[cfg(feature = "actix")]
    pub(crate) fn is_shut(&self) -> bool {
        self.0.gate.is_closed()
    }
}

/// A delivery under way. What is not ended here was dropped before it had an answer.
pub(super) struct Visit<'e> {
    unended: Unended<'e>,
    _pass: Pass<'e>,
}

impl Visit<'_> {
    pub(super) fn end(self, answer: Answer) -> Answer {
        mem::forget(self.unended);
        answer
    }
}

/// Forgotten at the end of a delivery, so that it is dropped only if the end never comes.
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
