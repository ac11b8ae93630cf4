//! What goes on beside the work: leases are renewed, news are heard and told, and what was kept long enough is removed.

use std::{sync::Arc, time::Duration};

use tokio::time::sleep;

use super::{
    operator,
    outage::Outage,
    worker::{Phase, Worker},
};

impl Worker {
    pub(super) async fn renew_until_closed(self: Arc<Self>) {
        let mut outage = Outage::default();
        loop {
            let pause = std::pin::pin!(sleep(self.settings.lease / 3));
            let closed = std::pin::pin!(self.reaches(Phase::Closed));
            if let futures_util::future::Either::Right(_) = futures_util::future::select(pause, closed).await
            {
                return;
            }
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

    pub(super) async fn hear_until_stopped(self: Arc<Self>) {
        let stopped = std::pin::pin!(self.reaches(Phase::Drain));
        futures_util::future::select(self.store.hear(&self.woken), stopped).await;
    }

    /// Deliveries may still come while what runs is waited for.
    pub(super) async fn tell_until_closed(self: Arc<Self>) {
        let closed = std::pin::pin!(self.reaches(Phase::Closed));
        futures_util::future::select(self.store.tell(), closed).await;
    }

    pub(super) async fn prune_until_stopped(self: Arc<Self>) {
        /// How often to look for what has been kept long enough.
        const INTERVAL: Duration = Duration::from_secs(60 * 60);
        let stopped = std::pin::pin!(self.reaches(Phase::Drain));
        let pruning = std::pin::pin!(async {
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
        });
        let _: futures_util::future::Either<((), _), ((), _)> =
            futures_util::future::select(pruning, stopped).await;
    }
}
