//! The gate of an endpoint: it lets deliveries in until a shutdown, and waits for the last one to
//! leave.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use tokio::sync::Notify;

/// Counts the deliveries inside.
#[derive(Debug, Default)]
pub(crate) struct DeliveryGate {
    closed: AtomicBool,
    inside_count: AtomicUsize,
    delivery_left: Notify,
}

impl DeliveryGate {
    /// Lets one delivery in. Returns `None` once the gate is closed.
    pub(crate) fn enter(&self) -> Option<GatePass<'_>> {
        // Count first, then look at the gate: a closer then either sees this pass or refuses it.
        self.inside_count.fetch_add(1, SeqCst);
        let pass = GatePass(self);
        (!self.is_closed()).then_some(pass)
    }

    /// Returns whether the gate lets no more deliveries in.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(SeqCst)
    }

    /// Closes the gate. Returns once every delivery inside has left.
    pub(crate) async fn close(&self) {
        self.closed.store(true, SeqCst);
        loop {
            let mut left = std::pin::pin!(self.delivery_left.notified());
            left.as_mut().enable();
            if self.inside_count() == 0 {
                return;
            }
            left.await;
        }
    }

    /// Number of deliveries inside.
    pub(crate) fn inside_count(&self) -> usize {
        self.inside_count.load(SeqCst)
    }
}

/// A delivery inside the gate. It leaves when this guard is dropped.
#[derive(Debug)]
pub(crate) struct GatePass<'g>(&'g DeliveryGate);

impl Drop for GatePass<'_> {
    fn drop(&mut self) {
        self.0.inside_count.fetch_sub(1, SeqCst);
        // A gate that closes after this check no longer counts this delivery, so no notice is
        // needed.
        if self.0.closed.load(SeqCst) {
            self.0.delivery_left.notify_waiters();
        }
    }
}
