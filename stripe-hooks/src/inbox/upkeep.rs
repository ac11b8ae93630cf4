//! The tasks that all endpoints of an inbox share: they exchange notifications with other processes,
//! and remove the events that retention no longer keeps.

use std::{pin::pin, sync::Arc, time::Duration};

use futures_util::future::select;
use tokio::{runtime::Handle, sync::Notify, task::JoinSet, time::sleep};

use super::{
    loop_health::{LoopHealth, restart_after_panics},
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
    health: &LoopHealth,
) -> JoinSet<()> {
    let InboxSettings { role, retention, .. } = settings;
    let mut tasks = JoinSet::new();
    if role != Role::WorkOnly {
        let store = Arc::clone(store);
        let announce = async move {
            let work = "announcing runs to other processes";
            restart_after_panics(work, || store.announce_new_runs_until_dropped()).await;
        };
        tasks.spawn_on(announce, runtime);
    }
    if role != Role::AcceptOnly {
        tasks.spawn_on(wake_on_notifications(Arc::clone(store), Arc::clone(slots)), runtime);
        tasks.spawn_on(prune(Arc::clone(store), retention, health.clone()), runtime);
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
    let listen_loop = restart_after_panics("listening for runs of other processes", || {
        store.listen_for_runs_until_dropped(&notified)
    });
    select(pin!(listen_loop), pin!(wake_loop)).await;
}

/// Prunes the inbox every hour.
async fn prune(store: Arc<dyn Store>, retention: Retention, health: LoopHealth) {
    const PRUNE_INTERVAL: Duration = Duration::from_secs(60 * 60);
    let mut monitored = health.add_loop("removing expired events");
    loop {
        let pruned = monitored.run_iteration(operator::prune_all(&*store, retention)).await;
        match pruned {
            // A panic, which is logged already.
            None => continue,
            Some(Ok(0)) => {}
            Some(Ok(removed)) => {
                tracing::info!(removed, "removed expired bodies and events");
            }
            Some(Err(error)) => tracing::error!(%error, "cannot remove expired bodies and events"),
        }
        sleep(PRUNE_INTERVAL).await;
    }
}
