//! The signs of life of an endpoint: it renews the leases of its runs, and checks in.

use std::{sync::Arc, time::Duration};

use tokio::time::sleep;

use super::{outage::ReportedOutage, phase::Phase, settings::Role, worker::Worker};

/// The longest time between two check-ins: a process that has not checked in for a day is removed.
const MAX_CHECK_IN_INTERVAL: Duration = Duration::from_secs(60);

impl Worker {
    /// Keeps this process in `processes`, and its handlers in `process_handlers` and `handlers`,
    /// until the endpoint closes.
    pub(super) async fn check_in_until_closed(self: Arc<Self>) {
        let mut monitored = self.loop_health.add_loop("checking in");
        let mut outage = ReportedOutage::default();
        let works = self.settings.role != Role::AcceptOnly;
        let interval = (self.settings.lease / 3).min(MAX_CHECK_IN_INTERVAL);
        loop {
            let handlers = self.handler_groups.handlers();
            let check_in = async {
                let checked_in = self.store.check_in(&self.process, self.endpoint, handlers, works).await;
                outage.log_result(checked_in, "cannot record that this process is alive");
            };
            monitored.run_iteration(check_in).await;
            if self.phase_watch.run_until_phase(Phase::Closed, sleep(interval)).await.is_none() {
                return;
            }
        }
    }

    /// Renews the leases of the runs that this endpoint holds, until it closes.
    pub(super) async fn renew_until_closed(self: Arc<Self>) {
        let mut monitored = self.loop_health.add_loop("renewing leases");
        let mut outage = ReportedOutage::default();
        while self.phase_watch.run_until_phase(Phase::Closed, sleep(self.settings.lease / 3)).await.is_some()
        {
            let held = self.in_flight.runs_to_renew();
            if held.is_empty() {
                continue;
            }
            let renew = async {
                let renewed = self.store.renew_leases(&held, self.settings.lease).await;
                outage.log_result(renewed, "cannot renew leases");
            };
            monitored.run_iteration(renew).await;
        }
    }
}
