//! The ends of attempts: those that come at once are written in one commit, and none is given up while the database is away.

use std::{mem, sync::Arc, time::Duration};

use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
};

use super::store::{Settlement, Store};

/// The most ends of one commit.
const BATCH: usize = 256;
/// How long to wait before a failed write is tried again.
const PAUSE: Duration = Duration::from_millis(500);

type Ending = (Settlement, oneshot::Sender<bool>);

/// Where attempts report their ends.
#[derive(Debug, Clone)]
pub(super) struct Settling(mpsc::Sender<Ending>);

impl Settling {
    pub(super) fn start(runtime: &Handle, store: Arc<dyn Store>) -> Self {
        let (sender, endings) = mpsc::channel(1024);
        runtime.spawn(write(store, endings));
        Self(sender)
    }

    /// Writes the end; says whether the run was still held. Returns once it is on the disk.
    pub(super) async fn settle(&self, settlement: Settlement) -> bool {
        let (written, waiting) = oneshot::channel();
        if self.0.send((settlement, written)).await.is_err() {
            return false;
        }
        waiting.await.unwrap_or(false)
    }
}

async fn write(store: Arc<dyn Store>, mut endings: mpsc::Receiver<Ending>) {
    let mut batch = Vec::with_capacity(BATCH);
    while endings.recv_many(&mut batch, BATCH).await > 0 {
        let (settlements, written): (Vec<_>, Vec<_>) = mem::take(&mut batch).into_iter().unzip();
        let mut failed = false;
        let held = loop {
            match store.settle(&settlements).await {
                Ok(held) => break held,
                Err(sqlx::Error::PoolClosed) => break Vec::new(),
                // A second run of the same statement changes nothing that the first has changed.
                Err(error) => {
                    if !mem::replace(&mut failed, true) {
                        tracing::error!(%error, runs = settlements.len(), "cannot write how runs ended; tries on");
                    }
                    tokio::time::sleep(PAUSE).await;
                }
            }
        };
        for (settlement, written) in settlements.iter().zip(written) {
            let _ = written.send(held.contains(&(settlement.id, settlement.fence)));
        }
    }
}
