//! The one thread of an inbox, with its runtime: `build()` is synchronous, and servers run a runtime for each of their threads, none of which
//! outlives the server.

use std::{future::Future, sync::mpsc, thread};

use tokio::{
    runtime::{Builder, Handle},
    sync::oneshot,
};

use crate::error::{Error, Problem};

/// The thread lives as long as this value.
#[derive(Debug)]
pub(crate) struct Thread {
    handle: Handle,
    /// Dropped with the thread's owner, which ends the thread.
    _owner: oneshot::Sender<()>,
}

impl Thread {
    pub(crate) fn start() -> Result<Self, Error> {
        /// Attempts have a thread each, for as long as their handlers hold it, and names of hosts are looked up on such threads too.
        const THREADS: usize = 4_096;
        let (started, starting) = mpsc::sync_channel(1);
        let (owner, owned) = oneshot::channel();
        let body =
            move || match Builder::new_current_thread().enable_all().max_blocking_threads(THREADS).build() {
                Ok(runtime) => {
                    let _ = started.send(Ok(runtime.handle().clone()));
                    let _ = runtime.block_on(owned);
                    // A handler that hangs must not hold up the end of the program.
                    runtime.shutdown_background();
                }
                Err(error) => drop(started.send(Err(error))),
            };
        let spawned = thread::Builder::new().name("stripe-inbox".to_owned()).spawn(body).map(drop);
        let started = spawned.and_then(|()| starting.recv().unwrap_or_else(|_| Err(closed())));
        match started {
            Ok(handle) => Ok(Self { handle, _owner: owner }),
            Err(error) => Err(Problem::Inbox(format!("the inbox's thread cannot start: {error}")).into()),
        }
    }

    pub(crate) fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Does the work on the thread and waits for it, where nothing can be awaited.
    pub(crate) fn wait_for<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        let (done, waiting) = mpsc::sync_channel(1);
        self.handle.spawn(async move {
            let _ = done.send(work.await);
        });
        waiting.recv().ok()
    }
}

fn closed() -> std::io::Error {
    std::io::Error::other("it ended at once")
}
