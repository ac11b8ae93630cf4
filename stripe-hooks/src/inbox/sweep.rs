//! The sweep, which runs from time to time: it recovers runs whose process has died, parks runs
//! without a handler, adopts runs whose handler is back, and frees lanes that are stuck.

use std::sync::Arc;

use tokio::time::sleep;

#[cfg(feature = "metrics")]
use super::run::RunState;
use super::{
    attempt::{self, Ended},
    outage::Outage,
    phase::Phase,
    run::ParkReason,
    store::{Lapsed, Settlement},
    worker::Worker,
};
use crate::meter;

/// The outage of each step. Each has its own, because a step runs even when another has failed.
#[derive(Default)]
struct Outages {
    lapsed: Outage,
    orphans: Outage,
    adoption: Outage,
    lanes: Outage,
    #[cfg(feature = "metrics")]
    backlog: Outage,
}

impl Worker {
    /// Sweeps three times in each lease, until the inbox stops.
    pub(super) async fn sweep_until_stopped(self: Arc<Self>) {
        let mut outages = Outages::default();
        loop {
            self.sweep(&mut outages).await;
            if self.phases.unless(Phase::Drain, sleep(self.settings.lease / 3)).await.is_none() {
                return;
            }
        }
    }

    async fn sweep(&self, outages: &mut Outages) {
        let (endpoint, handlers) = (self.endpoint, self.rules.all());
        let found = self.store.lapsed(endpoint, handlers).await;
        for lapsed in outages.lapsed.told(found, "cannot look for runs that were left").unwrap_or_default() {
            if !self.works_on(&lapsed) {
                self.recover(lapsed).await;
            }
        }
        let found = self.store.park_orphans(endpoint, handlers, self.settings.orphans).await;
        let parked = outages.orphans.told(found, "cannot park runs without a handler").unwrap_or_default();
        if parked > 0 {
            tracing::error!(endpoint, runs = parked, "parked runs whose handler this program does not have");
            meter::parked(endpoint, "", ParkReason::NoHandler.as_str(), parked);
        }
        let found = self.store.adopt(endpoint, handlers).await;
        let adopted = outages.adoption.told(found, "cannot go on with runs whose handler is back");
        if adopted.is_some_and(|adopted| adopted > 0) {
            self.woken.notify_one();
        }
        let found = self.store.free_lanes(endpoint).await;
        outages.lanes.told(found, "cannot look for lanes that stand still");
        #[cfg(feature = "metrics")]
        {
            let found = self.store.backlog(endpoint).await;
            if let Some(backlog) = outages.backlog.told(found, "cannot count what is to be done") {
                let runs = [
                    (RunState::Pending.as_str(), backlog.pending),
                    (RunState::Running.as_str(), backlog.running),
                    (RunState::Parked.as_str(), backlog.parked),
                ];
                meter::backlog(endpoint, runs, backlog.oldest_ready);
            }
        }
    }

    /// Returns whether this process itself holds the run, and only failed to renew its lease in
    /// time, because the database was away or the clock was set.
    fn works_on(&self, lapsed: &Lapsed) -> bool {
        self.held.is_living((lapsed.id, lapsed.fence))
    }

    /// Ends the attempt of a process that has died.
    async fn recover(&self, lapsed: Lapsed) {
        let Lapsed { id, fence, attempt, handler } = lapsed;
        let error = "its process ended, or did not renew its lease".to_owned();
        tracing::warn!(run = id, handler, attempt, "an attempt was not heard of any more");
        let ended = Ended::Failed { error, retry_after: None };
        let end = attempt::end_of(ended, attempt, self.rules.rule(&handler).policy);
        let settlement = Settlement { id, fence, is_lapsed: true, decides_answer: false, end };
        if self.end(&handler, attempt, settlement).await {
            meter::attempt_lapsed(self.endpoint, &handler);
        }
        self.woken.notify_one();
    }
}
