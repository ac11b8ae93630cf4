//! How many runs are in this process's hands: claimed, or being claimed.

use tokio::sync::watch;

/// One of those that who stops the inbox waits for, until it is dropped.
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
