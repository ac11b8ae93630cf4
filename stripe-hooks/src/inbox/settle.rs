//! Completes attempts: ends that arrive at the same time are written in one commit. No end is
//! dropped while the database is away.

use std::{mem, sync::Arc, time::Duration};

use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
};

use super::{
    requeue::{self, Waiting, requeue},
    store::{Settlement, Store, is_locked},
};

/// The largest number of ends in one commit.
const BATCH: usize = 256;
/// Delay before a failed write is retried.
const PAUSE: Duration = Duration::from_millis(500);

/// An end, with the attempt that waits until it is written.
type Ending = requeue::Entry<Settlement, oneshot::Sender<bool>>;

/// The queue of ends.
#[derive(Clone)]
pub(super) struct Settling(mpsc::Sender<Ending>);

impl Settling {
    pub(super) fn start(runtime: &Handle, store: Arc<dyn Store>) -> Self {
        let (sender, endings) = mpsc::channel(1024);
        runtime.spawn(write(store, endings, sender.downgrade()));
        Self(sender)
    }

    /// Writes the end, and returns once it is on the disk: whether this attempt still held the run.
    pub(super) async fn settle(&self, settlement: Settlement) -> bool {
        let (written, waiting) = oneshot::channel();
        if self.0.send((settlement, Waiting::new(written))).await.is_err() {
            return false;
        }
        waiting.await.unwrap_or(false)
    }
}

/// Writes the ends in the queue, until nothing can send to it any more.
async fn write(store: Arc<dyn Store>, mut endings: mpsc::Receiver<Ending>, queue: mpsc::WeakSender<Ending>) {
    let mut batch = Vec::with_capacity(BATCH);
    while endings.recv_many(&mut batch, BATCH).await > 0 {
        let (mut settlements, mut waiting): (Vec<_>, Vec<_>) = mem::take(&mut batch).into_iter().unzip();
        let mut failed = false;
        let held = loop {
            match store.settle(&settlements).await {
                Ok(held) => break held,
                Err(error) if is_locked(&error) => {
                    let blocked = blocked(&*store, &settlements).await;
                    let entries = settlements.into_iter().zip(waiting);
                    (settlements, waiting) = requeue(entries, &blocked, &queue, |settlement: &Settlement| {
                        tracing::warn!(
                            run = settlement.id,
                            "another keeps the run or its lane locked; its end is written when it can be"
                        );
                    });
                }
                // Repeating the statement is safe: the fence keeps it from changing a run twice.
                Err(error) => {
                    if !mem::replace(&mut failed, true) {
                        tracing::error!(%error, runs = settlements.len(), "cannot write how runs ended; tries on");
                    }
                    tokio::time::sleep(PAUSE).await;
                }
            }
        };
        for (settlement, waiting) in settlements.iter().zip(waiting) {
            let _ = waiting.caller.send(held.contains(&(settlement.id, settlement.fence)));
        }
    }
}

/// Returns whether a foreign lock blocks each of these ends.
async fn blocked(store: &dyn Store, settlements: &[Settlement]) -> Vec<bool> {
    let runs: Vec<i64> = settlements.iter().map(|settlement| settlement.id).collect();
    let locked = store.locked(&runs).await.unwrap_or_default();
    runs.iter().map(|run| locked.contains(run)).collect()
}
