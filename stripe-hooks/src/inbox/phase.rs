//! The phases of an endpoint on its inbox, from its start to its end, and the watch on them.

use std::pin::pin;

use futures_util::future::{Either, select};
use tokio::sync::watch;

/// The phase of an endpoint on its inbox. Phases follow each other in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// Claims runs and works on them.
    Work,
    /// Claims nothing more, and waits for the attempts under way.
    Drain,
    /// Stops the attempts under way, and gives their runs back.
    GiveBack,
    /// Has closed.
    Closed,
}

/// A watch on the phase of one endpoint.
#[derive(Clone)]
pub(super) struct PhaseWatch(watch::Receiver<Phase>);

impl PhaseWatch {
    /// The first phase, and a watch on all that follow.
    pub(super) fn new_pair() -> (watch::Sender<Phase>, Self) {
        let (sender, receiver) = watch::channel(Phase::Work);
        (sender, Self(receiver))
    }

    /// Returns whether runs may be claimed. The sender goes away with the endpoint, and nothing is
    /// claimed without one.
    pub(super) fn may_claim(&self) -> bool {
        *self.0.borrow() == Phase::Work && self.0.has_changed().is_ok()
    }

    /// Resolves once the endpoint has reached this phase, or is gone.
    pub(super) async fn wait_for_phase(&self, phase: Phase) {
        // An endpoint that is gone reaches no further phase.
        let _ = self.0.clone().wait_for(|now| *now >= phase).await;
    }

    /// The output of the future, or `None` if the endpoint reaches this phase first. The phase is
    /// polled first, so that a future begins no work in a phase that ends it.
    pub(super) async fn run_until_phase<F: Future>(&self, phase: Phase, future: F) -> Option<F::Output> {
        match select(pin!(self.wait_for_phase(phase)), pin!(future)).await {
            Either::Left(((), _)) => None,
            Either::Right((output, _)) => Some(output),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    #[tokio::test]
    async fn a_future_runs_until_its_phase_is_reached_and_not_at_all_after_that() {
        let (phase, phases) = PhaseWatch::new_pair();
        assert_eq!(phases.run_until_phase(Phase::Drain, ready(1)).await, Some(1));
        phase.send_replace(Phase::Drain);
        assert_eq!(phases.run_until_phase(Phase::Drain, ready(2)).await, None);
        assert_eq!(phases.run_until_phase(Phase::GiveBack, ready(3)).await, Some(3));
        drop(phase);
        assert_eq!(phases.run_until_phase(Phase::Closed, pending::<()>()).await, None);
    }

    #[test]
    fn an_inbox_without_an_endpoint_claims_nothing() {
        let (phase, phases) = PhaseWatch::new_pair();
        assert!(phases.may_claim());
        drop(phase);
        assert!(!phases.may_claim());
    }
}
