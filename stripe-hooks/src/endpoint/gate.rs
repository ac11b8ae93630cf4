//! Who is inside: lets deliveries in until a shutdown, and waits for the last of them to leave.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use tokio::sync::Notify;

#[derive(Debug, Default)]
pub(crate) struct Gate {
    closed: AtomicBool,
    inside: AtomicUsize,
    left: Notify,
}

impl Gate {
    /// Lets one delivery in; `None` once the gate is closed.
    pub(crate) fn enter(&self) -> Option<Pass<'_>> {
        // Counted before the gate is looked at, so that whoever closes it either sees the pass or has it refused.
        self.inside.fetch_add(1, SeqCst);
        let pass = Pass(self);
        (!self.closed.load(SeqCst)).then_some(pass)
    }

    #[cfg(feature = "actix")]
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(SeqCst)
    }

    /// Lets nobody in any more, and returns once everybody has left.
    pub(crate) async fn close(&self) {
        self.closed.store(true, SeqCst);
        loop {
            let mut left = std::pin::pin!(self.left.notified());
            left.as_mut().enable();
            if self.inside() == 0 {
                return;
            }
            left.await;
        }
    }

    pub(crate) fn inside(&self) -> usize {
        self.inside.load(SeqCst)
    }
}

/// One delivery that is inside, for as long as this value lives.
#[derive(Debug)]
pub(crate) struct Pass<'g>(&'g Gate);

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.0.inside.fetch_sub(1, SeqCst);
        // Whoever closes the gate after this look counts who is inside, and this one is not.
        if self.0.closed.load(SeqCst) {
            self.0.left.notify_waiters();
        }
    }
}
