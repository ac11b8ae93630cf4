//! Counts the runs that this process holds or is claiming.

use tokio::sync::watch;

/// A guard that counts one run, or one claim, until it is dropped. `stop` waits for the last.
pub(super) struct Counted(watch::Sender<usize>);

impl Counted {
    pub(super) fn among(count: &watch::Sender<usize>) -> Self {
        count.send_modify(|count| *count += 1);
        Self(count.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}
