//! Waiting for a condition.

use std::time::{Duration, Instant};

/// Limit for everything that a test waits for. It is far longer than anything in these tests takes
/// on a busy machine, so that only a failing test reaches it.
pub(crate) const WAIT_TIMEOUT: Duration = Duration::from_secs(60);

/// Polls until the condition holds.
///
/// # Panics
/// When the condition does not hold within [`WAIT_TIMEOUT`].
pub(crate) async fn wait_until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + WAIT_TIMEOUT;
    while !holds().await {
        assert!(Instant::now() < deadline, "{what} did not come about");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
