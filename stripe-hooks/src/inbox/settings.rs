//! What can be set on an inbox, whatever its database.

use std::time::Duration;

/// The settings of one inbox.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    pub(crate) share: Share,
    pub(crate) workers: usize,
    pub(crate) lease: Duration,
    pub(crate) poll: Duration,
    pub(crate) orphans: Duration,
    pub(crate) accept_timeout: Duration,
    pub(crate) retention: Retention,
}

/// Which share of the work a process has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Share {
    All,
    Accept,
    Work,
}

/// How long things are kept once all runs of an event are done. What is parked is kept until somebody deals with it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Retention {
    /// How long an event is known by its id.
    pub(crate) ids: Duration,
    /// How long its body is there.
    pub(crate) bodies: Duration,
}

/// Thirty days, for which Stripe may send an event again.
pub(crate) const SHORTEST_MEMORY: Duration = Duration::from_secs(30 * 86_400);

impl Default for Settings {
    fn default() -> Self {
        Self {
            share: Share::All,
            workers: 64,
            lease: Duration::from_secs(30),
            poll: Duration::from_secs(1),
            orphans: Duration::from_secs(60 * 60),
            accept_timeout: Duration::from_secs(8),
            retention: Retention { ids: SHORTEST_MEMORY, bodies: SHORTEST_MEMORY },
        }
    }
}

/// The setters, for the type of each engine, which has a field `0` with `settings`.
macro_rules! setters {
    ($inbox:ty) => {
        impl $inbox {
            /// Stores events here and works on none, but for inline runs, which begin where Stripe waits: for a receiver beside which other
            /// processes work, with the same handlers and [`work_only`](Self::work_only). It needs the handlers too, for they say which
            /// runs an event has.
            pub fn accept_only(mut self) -> Self {
                self.0.settings.share = $crate::inbox::settings::Share::Accept;
                self
            }

            /// Works here on what others store, and takes no deliveries: for a program without a server. Its endpoint needs no signing secret, and
            /// answers 503.
            pub fn work_only(mut self) -> Self {
                self.0.settings.share = $crate::inbox::settings::Share::Work;
                self
            }

            /// How many runs this process works on at once: 64 unless set. Each has a thread of its own, so that a handler may block. Runs are claimed,
            /// and their ends written, so many in one commit, which takes hardly longer than a commit of one.
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

            /// How long an event is known by its id after it came, so that a duplicate runs nothing: 30 days unless set, and never less, because
            /// an event can be sent again for so long. Events whose runs are not all done are kept longer.
            pub fn keep_ids(mut self, time: std::time::Duration) -> Self {
                self.0.settings.retention.ids = time.max($crate::inbox::settings::SHORTEST_MEMORY);
                self
            }

            /// How long the body of an event is kept after it came, which may hold personal data: 30 days unless set. The body of an event whose
            /// runs are not all done is kept longer.
            pub fn keep_bodies(mut self, time: std::time::Duration) -> Self {
                self.0.settings.retention.bodies = time;
                self
            }

            /// The operator's way to this inbox, for a program that has no endpoint.
            #[must_use]
            pub fn operator(&self) -> $crate::inbox::Inbox {
                self.0.operator()
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
