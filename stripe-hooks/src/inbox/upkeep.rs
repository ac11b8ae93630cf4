//! The tasks that all endpoints of an inbox share: they exchange notifications with other processes,
//! and remove the events that retention no longer keeps.

use std::{pin::pin, sync::Arc, time::Duration};

use futures_util::future::select;
use tokio::{runtime::Handle, sync::Notify, task::JoinSet, time::sleep};

use super::{
    operator,
    settings::{InboxSettings, Retention, Role},
    slots::Slots,
    store::Store,
};

/// Starts the tasks of this role.
pub(super) fn start(
    runtime: &Handle,
    settings: InboxSettings,
    store: &Arc<dyn Store>,
    slots: &Arc<Slots>,
) -> JoinSet<()> {
    let InboxSettings { role, retention, .. } = settings;
    let mut tasks = JoinSet::new();
    if role != Role::WorkOnly {
        let store = Arc::clone(store);
        tasks.spawn_on(async move { store.announce_new_runs_until_dropped().await }, runtime);
    }
    if role != Role::AcceptOnly {
        tasks.spawn_on(wake_on_notifications(Arc::clone(store), Arc::clone(slots)), runtime);
        tasks.spawn_on(prune(Arc::clone(store), retention), runtime);
    }
    tasks
}

/// Wakes all workers at each notification of another process.
async fn wake_on_notifications(store: Arc<dyn Store>, slots: Arc<Slots>) {
    let notified = Notify::new();
    let wake_loop = async {
        loop {
            notified.notified().await;
            slots.wake_claim_loops();
        }
    };
    select(store.listen_for_runs_until_dropped(&notified), pin!(wake_loop)).await;
}

/// Prunes the inbox every hour.
async fn prune(store: Arc<dyn Store>, retention: Retention) {
    const PRUNE_INTERVAL: Duration = Duration::from_secs(60 * 60);
    loop {
        match operator::prune_all(&*store, retention).await {
            Ok(0) => {}
            Ok(removed) => {
                tracing::info!(removed, "removed expired bodies and events");
            }
            Err(error) => tracing::error!(%error, "cannot remove expired bodies and events"),
        }
        sleep(PRUNE_INTERVAL).await;
    }
}
