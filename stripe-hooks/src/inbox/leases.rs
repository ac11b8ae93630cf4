//! The renewal of the leases of an endpoint's runs.

use std::sync::Arc;

use tokio::time::sleep;

use super::{outage::Outage, phase::Phase, worker::Worker};

impl Worker {
    /// Keeps the rows of this process and of its handlers in the table of processes, until the inbox
    /// closes.
    pub(super) async fn check_in_until_closed(self: Arc<Self>) {
        let mut outage = Outage::default();
        loop {
            match self.store.check_in(&self.process, self.endpoint, self.rules.all()).await {
                Ok(()) => outage.is_over(),
                Err(error) => outage.tell(&error, "cannot record that this process is alive"),
            }
            if self.phases.unless(Phase::Closed, sleep(self.settings.lease / 3)).await.is_none() {
                return;
            }
        }
    }

    /// Renews the leases of the runs that this endpoint holds, until it closes.
    pub(super) async fn renew_until_closed(self: Arc<Self>) {
        let mut outage = Outage::default();
        while self.phases.unless(Phase::Closed, sleep(self.settings.lease / 3)).await.is_some() {
            let held = self.held.living();
            if held.is_empty() {
                continue;
            }
            match self.store.renew(&held, self.settings.lease).await {
                Ok(()) => outage.is_over(),
                Err(error) => outage.tell(&error, "cannot renew leases"),
            }
        }
    }
}
