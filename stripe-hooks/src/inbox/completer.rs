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

/// The largest number of completions in one commit.
const MAX_BATCH: usize = 256;
/// Delay before a failed write is retried.
const RETRY_DELAY: Duration = Duration::from_millis(500);

/// A completion, with the attempt that waits until it is written.
type QueuedCompletion = requeue::QueuedItem<Completion, oneshot::Sender<bool>>;

/// The queue of completions.
#[derive(Clone)]
pub(super) struct Completer(mpsc::Sender<QueuedCompletion>);

impl Completer {
    pub(super) fn start(runtime: &Handle, store: Arc<dyn Store>) -> Self {
        let (sender, queued) = mpsc::channel(1024);
        runtime.spawn(write_completions(store, queued, sender.downgrade()));
        Self(sender)
    }

    /// Writes the completion. Returns, once it is on the disk, `true` if the attempt still held its
    /// run.
    pub(super) async fn complete(&self, completion: Completion) -> bool {
        let (written, waiting) = oneshot::channel();
        if self.0.send((completion, WaitingCaller::new(written))).await.is_err() {
            return false;
        }
        waiting.await.unwrap_or(false)
    }
}

/// Writes the completions in the queue, until nothing can send to it any more.
async fn write_completions(
    store: Arc<dyn Store>,
    mut queued: mpsc::Receiver<QueuedCompletion>,
    queue: mpsc::WeakSender<QueuedCompletion>,
) {
    let mut batch = Vec::with_capacity(MAX_BATCH);
    while queued.recv_many(&mut batch, MAX_BATCH).await > 0 {
        let (mut completions, mut waiting): (Vec<_>, Vec<_>) = mem::take(&mut batch).into_iter().unzip();
        let mut failed = false;
        let held = loop {
            match store.complete_attempts(&completions).await {
                Ok(held) => break held,
                Err(error) if is_lock_timeout(&error) => {
                    let blocked = find_blocked_completions(&*store, &completions).await;
                    let entries = completions.into_iter().zip(waiting);
                    (completions, waiting) =
                        requeue_blocked(entries, &blocked, &queue, |completion: &Completion| {
                            tracing::warn!(
                                run = completion.id,
                                "a lock blocks the completion of the run; writing it is retried"
                            );
                        });
                }
                // Repeating the statement is safe: the fence keeps it from changing a run twice.
                Err(error) => {
                    if !mem::replace(&mut failed, true) {
                        tracing::error!(%error, runs = completions.len(), "cannot write the completions of runs; retrying");
                    }
                    tokio::time::sleep(RETRY_DELAY).await;
                }
            }
        };
        for (completion, waiting) in completions.iter().zip(waiting) {
            let _ = waiting.caller.send(held.contains(&(completion.id, completion.fence)));
        }
    }
}

/// Returns whether a foreign lock blocks each of these completions. If nothing that one of them
/// needs is locked, the lock is on something that all need.
async fn find_blocked_completions(store: &dyn Store, completions: &[Completion]) -> Vec<bool> {
    let runs: Vec<i64> = completions.iter().map(|completion| completion.id).collect();
    match store.find_locked_runs(&runs).await {
        Ok(locked) if !locked.is_empty() => runs.iter().map(|run| locked.contains(run)).collect(),
        _ => vec![true; runs.len()],
    }
}
