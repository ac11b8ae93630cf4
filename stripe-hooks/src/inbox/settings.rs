//! What can be set on an inbox, whatever its database.

use std::time::Duration;

/// The settings of one inbox.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    pub(crate) workers: usize,
    pub(crate) lease: Duration,
    pub(crate) poll: Duration,
    pub(crate) orphans: Duration,
    pub(crate) accept_timeout: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            workers: 16,
            lease: Duration::from_secs(30),
            poll: Duration::from_secs(1),
            orphans: Duration::from_secs(60 * 60),
            accept_timeout: Duration::from_secs(8),
        }
    }
}

/// The setters, for the type of each engine, which has a field `0` with `settings`.
macro_rules! setters {
    ($inbox:ty) => {
        impl $inbox {
            /// How many runs this process works on at once: 16 unless set. Each has a thread of its own, so that a handler may block.
            pub fn workers(mut self, workers: std::num::NonZeroUsize) -> Self {
                self.0.settings.workers = workers.get();
                self
            }

            /// How long a run belongs to a process that is not heard of any more: 30 seconds unless set, at least one. A process that lives
            /// renews its leases, so that this is how long the work of one that was killed lies idle.
            pub fn lease(mut self, lease: std::time::Duration) -> Self {
                self.0.settings.lease = lease.max(std::time::Duration::from_secs(1));
                self
            }

            /// How often to look for runs that nobody told this process of, such as those of other processes: every second unless set, at
            /// most every 10 ms.
            pub fn poll_interval(mut self, interval: std::time::Duration) -> Self {
                self.0.settings.poll = interval.max(std::time::Duration::from_millis(10));
                self
            }

            /// How long a run may wait whose handler this program does not have, before it is parked: one hour unless set. While an old and a
            /// new version run side by side, one has handlers that the other does not know.
            pub fn park_orphans_after(mut self, wait: std::time::Duration) -> Self {
                self.0.settings.orphans = wait;
                self
            }

            /// How long a delivery waits for the database before it is answered 503: 8 seconds unless set.
            pub fn accept_timeout(mut self, timeout: std::time::Duration) -> Self {
                self.0.settings.accept_timeout = timeout;
                self
            }
        }
    };
}

pub(crate) use setters;
