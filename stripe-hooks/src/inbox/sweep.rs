//! What is looked for from time to time: runs whose process has died, handlers that are gone or back, and lanes that stand still.

use std::sync::Arc;

use tokio::time::sleep;

use super::{
    attempt::{self, Ended},
    outage::Outage,
    store::{Lapsed, Reason, Settlement},
    worker::{Phase, Worker},
};
use crate::meter;

/// What was told of each step, none of which keeps another from being made.
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
    pub(super) async fn sweep_until_stopped(self: Arc<Self>) {
        let mut outages = Outages::default();
        loop {
            self.sweep(&mut outages).await;
            let pause = std::pin::pin!(sleep(self.settings.lease / 3));
            let stopped = std::pin::pin!(self.reaches(Phase::Drain));
            if let futures_util::future::Either::Right(_) = futures_util::future::select(pause, stopped).await
            {
                return;
            }
        }
    }

    /// Ends the attempts of processes that have died, parks what has no handler, and makes ready what has one again.
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
            meter::parked(endpoint, "", Reason::NoHandler, parked);
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
                meter::backlog(endpoint, backlog);
            }
        }
    }

    /// Whether this process itself holds the run, and only could not renew its lease in time: the database was away, or the clock was set.
    fn works_on(&self, lapsed: &Lapsed) -> bool {
        self.held.is_living((lapsed.id, lapsed.fence))
    }

    async fn recover(&self, lapsed: Lapsed) {
        let Lapsed { id, fence, attempt, handler } = lapsed;
        let error = "its process ended, or did not renew its lease".to_owned();
        tracing::warn!(run = id, handler, attempt, "an attempt was not heard of any more");
        let ended = Ended::Failed { error, retry_after: None };
        let end = attempt::end_of(ended, attempt, self.rules.policy(&handler));
        if self.end(&handler, attempt, Settlement { id, fence, is_lapsed: true, end }).await {
            meter::attempt_lapsed(self.endpoint, &handler);
        }
        self.woken.notify_one();
    }
}
