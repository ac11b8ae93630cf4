//! The ends of attempts: those that come at once are written in one commit, and none is given up while the database is away.

use std::{mem, sync::Arc, time::Duration};

use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
};

use super::store::{Settlement, Store, is_locked};

/// The most ends of one commit.
const BATCH: usize = 256;
/// How long to wait before a failed write is tried again.
const PAUSE: Duration = Duration::from_millis(500);

type Ending = (Settlement, Waiting);

/// Who waits for an end to be written.
struct Waiting {
    written: oneshot::Sender<bool>,
    /// Whether it was told that a lock of another's holds it up, which is told once.
    is_told: bool,
}

/// Where attempts report their ends.
#[derive(Clone)]
pub(super) struct Settling(mpsc::Sender<Ending>);

impl Settling {
    pub(super) fn start(runtime: &Handle, store: Arc<dyn Store>) -> Self {
        let (sender, endings) = mpsc::channel(1024);
        runtime.spawn(write(store, endings, sender.downgrade()));
        Self(sender)
    }

    /// Writes the end; says whether the run was still held. Returns once it is on the disk.
    pub(super) async fn settle(&self, settlement: Settlement) -> bool {
        let (written, waiting) = oneshot::channel();
        if self.0.send((settlement, Waiting { written, is_told: false })).await.is_err() {
            return false;
        }
        waiting.await.unwrap_or(false)
    }
}

/// Writes what ends, until nobody is there any more who could report an end.
async fn write(store: Arc<dyn Store>, mut endings: mpsc::Receiver<Ending>, again: mpsc::WeakSender<Ending>) {
    let mut batch = Vec::with_capacity(BATCH);
    while endings.recv_many(&mut batch, BATCH).await > 0 {
        let (mut settlements, mut waiting): (Vec<_>, Vec<_>) = mem::take(&mut batch).into_iter().unzip();
        let mut failed = false;
        let held = loop {
            match store.settle(&settlements).await {
                Ok(held) => break held,
                Err(sqlx::Error::PoolClosed) => break Vec::new(),
                Err(error) if is_locked(&error) => {
                    let endings = settlements.into_iter().zip(waiting).collect();
                    (settlements, waiting) = unlocked(&*store, endings, &again).await.into_iter().unzip();
                }
                // A second run of the same statement changes nothing that the first has changed.
                Err(error) => {
                    if !mem::replace(&mut failed, true) {
                        tracing::error!(%error, runs = settlements.len(), "cannot write how runs ended; tries on");
                    }
                    tokio::time::sleep(PAUSE).await;
                }
            }
        };
        for (settlement, waiting) in settlements.iter().zip(waiting) {
            let _ = waiting.written.send(held.contains(&(settlement.id, settlement.fence)));
        }
    }
}

/// The ends that no lock of another's holds up, such as that of a lost connection, which may last. The others come again in a while.
async fn unlocked(store: &dyn Store, endings: Vec<Ending>, again: &mpsc::WeakSender<Ending>) -> Vec<Ending> {
    let runs: Vec<i64> = endings.iter().map(|(settlement, _)| settlement.id).collect();
    let locked = store.locked(&runs).await.unwrap_or_default();
    let (mut locked, unlocked): (Vec<_>, Vec<_>) =
        endings.into_iter().partition(|(settlement, _)| locked.contains(&settlement.id));
    for (settlement, waiting) in &mut locked {
        if !mem::replace(&mut waiting.is_told, true) {
            let run = settlement.id;
            tracing::warn!(
                run,
                "another keeps the run or its lane locked; its end is written when it can be"
            );
        }
    }
    if let Some(again) = again.upgrade()
        && !locked.is_empty()
    {
        tokio::spawn(async move {
            tokio::time::sleep(PAUSE).await;
            for ending in locked {
                let _ = again.send(ending).await;
            }
        });
    }
    unlocked
}
