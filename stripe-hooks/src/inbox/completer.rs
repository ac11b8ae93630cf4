//! Completes attempts: ends that arrive at the same time are written in one commit. No end is
//! dropped while the database is away.

use std::{mem, sync::Arc, time::Duration};

use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
};

use super::{
    requeue::{self, WaitingCaller, requeue_blocked},
    store::{Completion, Store, is_lock_timeout},
};

/// The largest number of ends in one commit.
const MAX_BATCH: usize = 256;
/// Delay before a failed write is retried.
const RETRY_DELAY: Duration = Duration::from_millis(500);

/// An end, with the attempt that waits until it is written.
type QueuedCompletion = requeue::QueuedItem<Completion, oneshot::Sender<bool>>;

/// The queue of ends.
#[derive(Clone)]
pub(super) struct Completer(mpsc::Sender<QueuedCompletion>);

impl Completer {
    pub(super) fn start(runtime: &Handle, store: Arc<dyn Store>) -> Self {
        let (sender, endings) = mpsc::channel(1024);
        runtime.spawn(write_completions(store, endings, sender.downgrade()));
        Self(sender)
    }

    /// Writes the end, and returns once it is on the disk: whether this attempt still held the run.
    pub(super) async fn complete(&self, settlement: Completion) -> bool {
        let (written, waiting) = oneshot::channel();
        if self.0.send((settlement, WaitingCaller::new(written))).await.is_err() {
            return false;
        }
        waiting.await.unwrap_or(false)
    }
}

/// Writes the ends in the queue, until nothing can send to it any more.
async fn write_completions(
    store: Arc<dyn Store>,
    mut endings: mpsc::Receiver<QueuedCompletion>,
    queue: mpsc::WeakSender<QueuedCompletion>,
) {
    let mut batch = Vec::with_capacity(MAX_BATCH);
    while endings.recv_many(&mut batch, MAX_BATCH).await > 0 {
        let (mut settlements, mut waiting): (Vec<_>, Vec<_>) = mem::take(&mut batch).into_iter().unzip();
        let mut failed = false;
        let held = loop {
            match store.complete_attempts(&settlements).await {
                Ok(held) => break held,
                Err(error) if is_lock_timeout(&error) => {
                    let blocked = find_blocked_completions(&*store, &settlements).await;
                    let entries = settlements.into_iter().zip(waiting);
                    (settlements, waiting) =
                        requeue_blocked(entries, &blocked, &queue, |settlement: &Completion| {
                            tracing::warn!(
                                run = settlement.id,
                                "a lock blocks the end of the run; writing it is retried"
                            );
                        });
                }
                // Repeating the statement is safe: the fence keeps it from changing a run twice.
                Err(error) => {
                    if !mem::replace(&mut failed, true) {
                        tracing::error!(%error, runs = settlements.len(), "cannot write the ends of runs; retrying");
                    }
                    tokio::time::sleep(RETRY_DELAY).await;
                }
            }
        };
        for (settlement, waiting) in settlements.iter().zip(waiting) {
            let _ = waiting.caller.send(held.contains(&(settlement.id, settlement.fence)));
        }
    }
}

/// Returns whether a foreign lock blocks each of these ends.
async fn find_blocked_completions(store: &dyn Store, settlements: &[Completion]) -> Vec<bool> {
    let runs: Vec<i64> = settlements.iter().map(|settlement| settlement.id).collect();
    let locked = store.find_locked_runs(&runs).await.unwrap_or_default();
    runs.iter().map(|run| locked.contains(run)).collect()
}
