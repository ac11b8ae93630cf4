//! The thread of an inbox, with a runtime of its own. `build()` is synchronous, and a server has a
//! runtime for each of its threads, none of which outlives the server.

use std::{future::Future, sync::mpsc, thread};

use tokio::{
    runtime::{Builder, Handle},
    sync::oneshot,
};

use crate::error::{Error, Problem};

/// A handle to the thread, which ends when the handle is dropped.
#[derive(Debug)]
pub(crate) struct Thread {
    handle: Handle,
    /// Ends the thread when it is dropped.
    _owner: oneshot::Sender<()>,
}

impl Thread {
    pub(crate) fn start() -> Result<Self, Error> {
        /// The largest number of blocking threads. Each attempt has one, for as long as its handler
        /// holds it, and host names are resolved on such threads too.
        const THREADS: usize = 4_096;
        let (started, starting) = mpsc::sync_channel(1);
        let (owner, owned) = oneshot::channel();
        let body =
            move || match Builder::new_current_thread().enable_all().max_blocking_threads(THREADS).build() {
                Ok(runtime) => {
                    let _ = started.send(Ok(runtime.handle().clone()));
                    let _ = runtime.block_on(owned);
                    // A handler that hangs must not delay the end of the program.
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

    /// Blocks until the thread has done the work. For callers that cannot await.
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
