//! Completes attempts: ends that arrive at the same time are written in one commit. No end is
//! dropped while the database is away.

use std::{mem, sync::Arc, time::Duration};

use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
};

use super::{
    loop_health::{LoopHealth, MonitoredLoop},
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
    pub(super) fn start(runtime: &Handle, store: Arc<dyn Store>, health: &LoopHealth) -> Self {
        let (sender, queued) = mpsc::channel(1024);
        let monitored = health.add_loop("writing the completions of runs");
        runtime.spawn(write_completions(store, queued, sender.downgrade(), monitored));
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
    mut monitored: MonitoredLoop,
) {
    let mut received = Vec::with_capacity(MAX_BATCH);
    while queued.recv_many(&mut received, MAX_BATCH).await > 0 {
        let (completions, waiting) = received.drain(..).unzip();
        let mut batch = Batch { completions, waiting, has_failed: false };
        // A panic leaves the batch as it was.
        while !batch.completions.is_empty() {
            monitored.run_iteration(batch.write(&*store, &queue)).await;
        }
    }
}

/// The completions of one commit that are still to be written, and the attempts that wait for them.
struct Batch {
    completions: Vec<Completion>,
    waiting: Vec<WaitingCaller<oneshot::Sender<bool>>>,
    /// `true` once the log has said that they cannot be written.
    has_failed: bool,
}

impl Batch {
    /// Tries to write the completions, and keeps those that could not be written.
    async fn write(&mut self, store: &dyn Store, queue: &mpsc::WeakSender<QueuedCompletion>) {
        match store.complete_attempts(&self.completions).await {
            Ok(held) => {
                for (completion, waiting) in self.completions.drain(..).zip(self.waiting.drain(..)) {
                    let _ = waiting.caller.send(held.contains(&(completion.id, completion.fence)));
                }
            }
            Err(error) if is_lock_timeout(&error) => {
                let blocked = find_blocked_completions(store, &self.completions).await;
                let entries = mem::take(&mut self.completions).into_iter().zip(mem::take(&mut self.waiting));
                (self.completions, self.waiting) =
                    requeue_blocked(entries, &blocked, queue, |completion: &Completion| {
                        tracing::warn!(
                            run = completion.id,
                            "a lock blocks the completion of the run; writing it is retried"
                        );
                    });
            }
            // Repeating the statement is safe: the fence keeps it from changing a run twice.
            Err(error) => {
                if !mem::replace(&mut self.has_failed, true) {
                    tracing::error!(%error, runs = self.completions.len(), "cannot write the completions of runs; retrying");
                }
                tokio::time::sleep(RETRY_DELAY).await;
            }
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
