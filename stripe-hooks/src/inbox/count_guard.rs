//! Counts the runs that this process holds or is claiming.

use tokio::sync::watch;

/// A guard that counts one run, or one claim, until it is dropped. `stop` waits for the last.
pub(super) struct CountGuard(watch::Sender<usize>);

impl CountGuard {
    pub(super) fn increment(count: &watch::Sender<usize>) -> Self {
        count.send_modify(|count| *count += 1);
        Self(count.clone())
    }
}

impl Drop for CountGuard {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}
