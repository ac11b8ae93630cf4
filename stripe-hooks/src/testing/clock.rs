//! A clock that stands still until it is moved.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::Relaxed},
    },
    time::{Duration, SystemTime},
};

/// The clock of a [`TestEndpoint`](super::TestEndpoint). Clones show the same time.
#[derive(Debug, Clone)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    pub(crate) fn starting_at(unix: i64) -> Self {
        Self(Arc::new(AtomicI64::new(unix)))
    }

    /// The time that it shows, in Unix seconds.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.0.load(Relaxed)
    }

    /// Shows another time, in Unix seconds.
    pub fn set(&self, unix: i64) {
        self.0.store(unix, Relaxed);
    }

    /// Moves on, by whole seconds.
    pub fn advance(&self, time: Duration) {
        let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        self.set(self.now().saturating_add(seconds));
    }

    pub(crate) fn system_time(&self) -> SystemTime {
        let now = self.now();
        let distance = Duration::from_secs(now.unsigned_abs());
        let epoch = SystemTime::UNIX_EPOCH;
        let moved = if now < 0 { epoch.checked_sub(distance) } else { epoch.checked_add(distance) };
        moved.unwrap_or(epoch)
    }
}
