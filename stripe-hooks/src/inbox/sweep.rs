//! The sweep, which runs from time to time: it recovers runs whose process has died, parks runs
//! without a handler, adopts runs whose handler is back, and frees lanes that are stuck.

use std::sync::Arc;

use tokio::time::sleep;

#[cfg(feature = "metrics")]
use super::run::RunState;
use super::{
    attempt::{self, AttemptResult},
    outage::ReportedOutage,
    phase::Phase,
    run::ParkReason,
    store::{Completion, LapsedRun},
    worker::Worker,
};
use crate::meter;

/// The outage of each step. Each has its own, because a step runs even when another has failed.
#[derive(Default)]
struct SweepOutages {
    find_lapsed: ReportedOutage,
    park_orphans: ReportedOutage,
    adopt_orphans: ReportedOutage,
    free_lanes: ReportedOutage,
    #[cfg(feature = "metrics")]
    count_backlog: ReportedOutage,
}

impl Worker {
    /// Sweeps three times in each lease, until the endpoint stops.
    pub(super) async fn sweep_until_stopped(self: Arc<Self>) {
        let mut monitored = self.loop_health.add_loop("sweeping");
        let mut outages = SweepOutages::default();
        loop {
            monitored.run_iteration(self.sweep_once(&mut outages)).await;
            if self.phase_watch.run_until_phase(Phase::Drain, sleep(self.settings.lease / 3)).await.is_none()
            {
                return;
            }
        }
    }

    async fn sweep_once(&self, outages: &mut SweepOutages) {
        let (endpoint, handlers) = (self.endpoint, self.handler_groups.handlers());
        let lapsed_runs = self.store.find_lapsed_runs(endpoint, handlers).await;
        for lapsed in outages
            .find_lapsed
            .log_result(lapsed_runs, "cannot query runs with expired leases")
            .unwrap_or_default()
        {
            if !self.still_works_on(&lapsed) {
                self.end_lapsed_attempt(lapsed).await;
            }
        }
        let parked = self.store.park_orphans(endpoint, handlers, self.settings.park_orphans_after).await;
        let parked =
            outages.park_orphans.log_result(parked, "cannot park runs without a handler").unwrap_or_default();
        if parked > 0 {
            tracing::error!(endpoint, runs = parked, "parked runs whose handler this program does not have");
            meter::count_parked(endpoint, "", ParkReason::NoHandler.as_str(), parked);
        }
        let adopted = self.store.adopt_orphans(endpoint, handlers).await;
        let adopted = outages.adopt_orphans.log_result(adopted, "cannot unpark runs whose handler is back");
        if adopted.is_some_and(|adopted| adopted > 0) {
            self.wake_up.notify_one();
        }
        let freed = self.store.free_lanes(endpoint).await;
        outages.free_lanes.log_result(freed, "cannot query lanes without a ready run");
        #[cfg(feature = "metrics")]
        {
            let backlog = self.store.count_backlog(endpoint).await;
            if let Some(backlog) = outages.count_backlog.log_result(backlog, "cannot count unfinished runs") {
                let runs = [
                    (RunState::Pending.as_str(), backlog.pending),
                    (RunState::Running.as_str(), backlog.running),
                    (RunState::Parked.as_str(), backlog.parked),
                ];
                meter::set_backlog(endpoint, runs, backlog.oldest_ready);
            }
        }
    }

    /// Returns whether this process itself holds the run, and only failed to renew its lease in
    /// time, because the database was away or the clock was set.
    fn still_works_on(&self, lapsed: &LapsedRun) -> bool {
        self.in_flight.needs_renewal((lapsed.id, lapsed.fence))
    }

    /// Ends the attempt of a process that has died.
    async fn end_lapsed_attempt(&self, lapsed: LapsedRun) {
        let LapsedRun { id, fence, attempt, handler } = lapsed;
        let error = "its process ended, or did not renew its lease".to_owned();
        tracing::warn!(
            run = id,
            handler,
            attempt,
            "the lease of an attempt has expired; its process has probably died"
        );
        let ended = AttemptResult::Failed { error, retry_after: None };
        let end = attempt::end_from_result(ended, attempt, self.handler_groups.rule(&handler).policy);
        let completion = Completion { id, fence, is_lapsed: true, decides_answer: false, end };
        if self.complete_attempt(&handler, attempt, completion).await {
            meter::count_attempt_lapsed(self.endpoint, &handler);
        }
        self.wake_up.notify_one();
    }
}
