//! The thread of an inbox, with a runtime of its own. `build()` is synchronous, and a server has a
//! runtime for each of its threads, none of which outlives the server.

use std::{future::Future, sync::mpsc, thread};

use tokio::{
    runtime::{Builder, Handle},
    sync::oneshot,
};

use crate::error::{EndpointProblem, Error};

/// A handle to the thread, which ends when the handle is dropped.
#[derive(Debug)]
pub(crate) struct InboxThread {
    runtime_handle: Handle,
    /// Ends the thread when it is dropped.
    _stop_on_drop: oneshot::Sender<()>,
}

impl InboxThread {
    pub(crate) fn start() -> Result<Self, Error> {
        /// The largest number of blocking threads. Each attempt has one, for as long as its handler
        /// holds it, and host names are resolved on such threads too.
        const MAX_BLOCKING_THREADS: usize = 4_096;
        let (started, starting) = mpsc::sync_channel(1);
        let (owner, owned) = oneshot::channel();
        let body = move || match Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(MAX_BLOCKING_THREADS)
            .build()
        {
            Ok(runtime) => {
                let _ = started.send(Ok(runtime.handle().clone()));
                let _ = runtime.block_on(owned);
                // A handler that hangs must not delay the end of the program.
                runtime.shutdown_background();
            }
            Err(error) => drop(started.send(Err(error))),
        };
        let spawned = thread::Builder::new().name("stripe-inbox".to_owned()).spawn(body).map(drop);
        let started = spawned.and_then(|()| starting.recv().unwrap_or_else(|_| Err(closed_error())));
        match started {
            Ok(handle) => Ok(Self { runtime_handle: handle, _stop_on_drop: owner }),
            Err(error) => {
                Err(EndpointProblem::Inbox(format!("the inbox's thread cannot start: {error}")).into())
            }
        }
    }

    pub(crate) fn runtime_handle(&self) -> &Handle {
        &self.runtime_handle
    }

    /// Blocks until the thread has done the work. For callers that cannot await.
    pub(crate) fn block_on<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        let (done, waiting) = mpsc::sync_channel(1);
        self.runtime_handle.spawn(async move {
            let _ = done.send(work.await);
        });
        waiting.recv().ok()
    }
}

fn closed_error() -> std::io::Error {
    std::io::Error::other("it ended at once")
}
