//! The tasks that all endpoints of an inbox share: they exchange notifications with other processes,
//! and remove the events that retention no longer keeps.

use std::{pin::pin, sync::Arc, time::Duration};

use futures_util::future::select;
use tokio::{runtime::Handle, sync::Notify, task::JoinSet, time::sleep};

use super::{
    operator,
    settings::{Retention, Settings, Share},
    slots::Slots,
    store::Store,
};

/// Starts the tasks for this share of the work.
pub(super) fn start(
    runtime: &Handle,
    settings: Settings,
    store: &Arc<dyn Store>,
    slots: &Arc<Slots>,
) -> JoinSet<()> {
    let Settings { share, retention, .. } = settings;
    let mut tasks = JoinSet::new();
    if share != Share::Work {
        let store = Arc::clone(store);
        tasks.spawn_on(async move { store.tell().await }, runtime);
    }
    if share != Share::Accept {
        tasks.spawn_on(hear(Arc::clone(store), Arc::clone(slots)), runtime);
        tasks.spawn_on(prune(Arc::clone(store), retention), runtime);
    }
    tasks
}

/// Wakes all workers at each notification of another process.
async fn hear(store: Arc<dyn Store>, slots: Arc<Slots>) {
    let heard = Notify::new();
    let waking = async {
        loop {
            heard.notified().await;
            slots.wake_all();
        }
    };
    select(store.hear(&heard), pin!(waking)).await;
}

/// Prunes the inbox every hour.
async fn prune(store: Arc<dyn Store>, retention: Retention) {
    const INTERVAL: Duration = Duration::from_secs(60 * 60);
    loop {
        match operator::prune(&*store, retention).await {
            Ok(0) => {}
            Ok(removed) => {
                tracing::info!(removed, "removed bodies and events that were kept long enough");
            }
            Err(error) => tracing::error!(%error, "cannot remove what was kept long enough"),
        }
        sleep(INTERVAL).await;
    }
}
