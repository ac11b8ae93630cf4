//! The answers to deliveries that the endpoint refuses. Each one is counted and logged.

use super::Endpoint;
use crate::{answer::Answer, signature::SignatureError};

impl Endpoint {
    /// Returns the answer to a delivery whose signature does not verify.
    pub(super) fn refuse_signature(&self, error: SignatureError) -> Answer {
        self.0.counters.bad_signature.add_one();
        tracing::warn!(endpoint = self.0.name.as_str(), %error, "refused a delivery");
        error.into()
    }

    /// Returns `answer` for a delivery that the endpoint turns away without handling it.
    pub(crate) fn count_turned_away(&self, answer: Answer) -> Answer {
        self.0.counters.turned_away.add_one();
        tracing::warn!(endpoint = self.0.name.as_str(), status = answer.status(), "turned a delivery away");
        answer
    }
}
