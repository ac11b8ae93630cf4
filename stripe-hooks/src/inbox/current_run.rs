//! The run that an attempt works on, as a handler's transaction needs it.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use super::store::Store;

/// The run that a handler works on.
pub(crate) struct CurrentRun {
    pub(super) id: i64,
    pub(super) fence: i64,
    pub(super) store: Arc<dyn Store>,
    /// The longest time that the attempt may take, for a server that must notice by itself that
    /// the attempt is over.
    #[cfg_attr(
        not(feature = "postgres"),
        allow(dead_code, reason = "a file's transaction ends with its process")
    )]
    pub(super) attempt_timeout: Duration,
    /// `true` if a delivery of the event may be answered 2xx once the run is done.
    pub(super) decides_answer: bool,
    is_marked_done: AtomicBool,
}

impl CurrentRun {
    pub(super) fn new(
        (run, fence): (i64, i64),
        store: Arc<dyn Store>,
        limit: Duration,
        decides_answer: bool,
    ) -> Self {
        Self {
            id: run,
            fence,
            store,
            attempt_timeout: limit,
            decides_answer,
            is_marked_done: AtomicBool::new(false),
        }
    }

    /// Records that the handler's own transaction has marked the run done.
    pub(super) fn mark_done(&self) {
        self.is_marked_done.store(true, Relaxed);
    }

    /// Returns whether the handler's own transaction has marked the run done.
    pub(super) fn is_marked_done(&self) -> bool {
        self.is_marked_done.load(Relaxed)
    }
}

impl fmt::Debug for CurrentRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CurrentRun")
            .field("run", &self.id)
            .field("fence", &self.fence)
            .finish_non_exhaustive()
    }
}
