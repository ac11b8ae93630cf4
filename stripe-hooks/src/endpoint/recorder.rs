//! The seam through which a test sees the outcome of each run.

use crate::{facts::EventId, outcome::Outcome};

/// Receives the outcome of each run. The test kit implements it; the endpoint does not know the
/// kit.
pub(crate) trait OutcomeRecorder: Send + Sync {
    /// Records that `handler` ended a run of `event` with `outcome`.
    fn record_outcome(&self, event: EventId, handler: &'static str, outcome: &Outcome);
}
