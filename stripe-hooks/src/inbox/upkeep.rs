//! The tasks beside the work: they renew leases, exchange notifications with other processes, and
//! remove the events that retention no longer keeps.

use std::{sync::Arc, time::Duration};

use tokio::time::sleep;

use super::{operator, outage::Outage, phase::Phase, worker::Worker};

impl Worker {
    /// Renews the leases of the runs that this process holds, until the inbox closes.
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

    /// Listens for the notifications of other processes, until the inbox stops.
    pub(super) async fn hear_until_stopped(self: Arc<Self>) {
        self.phases.unless(Phase::Drain, self.store.hear(&self.woken)).await;
    }

    /// Notifies other processes of new runs, until the inbox closes: deliveries may arrive while
    /// `stop` waits for the attempts under way.
    pub(super) async fn tell_until_closed(self: Arc<Self>) {
        self.phases.unless(Phase::Closed, self.store.tell()).await;
    }

    /// Prunes the inbox every hour, until it stops.
    pub(super) async fn prune_until_stopped(self: Arc<Self>) {
        self.phases.unless(Phase::Drain, self.prune()).await;
    }

    async fn prune(&self) {
        const INTERVAL: Duration = Duration::from_secs(60 * 60);
        loop {
            match operator::prune(&*self.store, self.settings.retention).await {
                Ok(0) => {}
                Ok(removed) => {
                    tracing::info!(removed, "removed bodies and events that were kept long enough");
                }
                Err(error) => tracing::error!(%error, "cannot remove what was kept long enough"),
            }
            sleep(INTERVAL).await;
        }
    }
}
