//! The settings of an inbox, the same for every engine.

use std::time::Duration;

use crate::error::EndpointProblem;

/// The settings of one inbox.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InboxSettings {
    pub(crate) role: Role,
    pub(crate) workers: usize,
    pub(crate) lease: Duration,
    pub(crate) poll_interval: Duration,
    pub(crate) park_orphans_after: Duration,
    pub(crate) accept_timeout: Duration,
    pub(crate) retention: Retention,
    /// The simulated process in which the endpoints are; 0 is this one.
    pub(crate) simulated_process: u64,
}

/// The share of the work that a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    AcceptAndWork,
    AcceptOnly,
    WorkOnly,
}

/// The times for which events are kept once all their runs are done. An event with a parked run is
/// kept until an operator replays or skips the run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Retention {
    /// Time for which an event's id is kept.
    pub(crate) ids: Duration,
    /// Time for which its body is kept.
    pub(crate) bodies: Duration,
}

/// A day longer than Stripe lists an event and may send it again.
pub(crate) const MIN_ID_RETENTION: Duration = Duration::from_secs(31 * 86_400);

impl Default for InboxSettings {
    fn default() -> Self {
        Self {
            role: Role::AcceptAndWork,
            workers: 64,
            lease: Duration::from_secs(30),
            poll_interval: Duration::from_secs(1),
            park_orphans_after: Duration::from_secs(60 * 60),
            accept_timeout: Duration::from_secs(8),
            retention: Retention { ids: MIN_ID_RETENTION, bodies: Duration::from_secs(30 * 86_400) },
            simulated_process: 0,
        }
    }
}

impl InboxSettings {
    /// Refuses settings with which nothing would work.
    pub(crate) fn check_workers(&self) -> Result<(), EndpointProblem> {
        match self.workers {
            0 => Err(EndpointProblem::Inbox(
                "the inbox has no workers, so no run would ever begin; give `workers` at least 1, or write `accept_only()` where \
                 other processes do the work"
                    .to_owned(),
            )),
            _ => Ok(()),
        }
    }
}

/// Implements the setters for an engine's builder, which has a field `settings`.
macro_rules! impl_setters {
    ($builder:ty) => {
        impl $builder {
            /// Only stores events: other processes, with the same handlers and
            /// [`work_only`](Self::work_only), do the work. Inline runs still begin in this
            /// process, because Stripe waits for them here.
            ///
            /// The receiver needs the handlers too, because they determine the runs of an event.
            ///
            /// Within one process, an endpoint that only accepts and one of the same name that only
            /// works are refused. Give one endpoint an inbox that does both.
            pub fn accept_only(mut self) -> Self {
                self.settings.role = $crate::inbox::settings::Role::AcceptOnly;
                self
            }

            /// Only works on events that other processes store, and takes no deliveries: for a
            /// program without a server. Its endpoint needs no signing secret, and answers 503.
            pub fn work_only(mut self) -> Self {
                self.settings.role = $crate::inbox::settings::Role::WorkOnly;
                self
            }

            /// Sets the number of runs that are worked on at once, for all endpoints of the inbox
            /// together: 64 unless set. Each has a thread of its own, so that a handler may block.
            /// While several endpoints have ready runs, a free slot goes to the endpoint that has
            /// the fewest.
            ///
            /// Runs are claimed and completed in batches of up to this size; one commit for many
            /// costs hardly more than for one.
            pub fn workers(mut self, workers: usize) -> Self {
                self.settings.workers = workers;
                self
            }

            /// Sets the lease of a run: 30 seconds unless set, and at least one second. A process
            /// renews the leases of its runs while it lives, so this is the time after which
            /// another process takes over the runs of one that was killed.
            pub fn lease(mut self, lease: std::time::Duration) -> Self {
                self.settings.lease = lease.max(std::time::Duration::from_secs(1));
                self
            }

            /// Sets the interval at which this process polls for runs that it was not notified of,
            /// such as those of other processes: one second unless set, and at least 10 ms.
            pub fn poll_interval(mut self, interval: std::time::Duration) -> Self {
                self.settings.poll_interval = interval.max(std::time::Duration::from_millis(10));
                self
            }

            /// Sets the time after which a run is parked whose handler this program does not have:
            /// one hour unless set. While an old and a new version of your program run side by
            /// side, one has handlers that the other does not know.
            pub fn park_orphans_after(mut self, wait: std::time::Duration) -> Self {
                self.settings.park_orphans_after = wait;
                self
            }

            /// Sets the time for which an event's id is kept, so that a duplicate runs nothing: 31
            /// days unless set, and never less, because Stripe may send an event again for 30 days.
            /// Events with runs that are not done are kept longer.
            pub fn keep_ids(mut self, time: std::time::Duration) -> Self {
                self.settings.retention.ids = time.max($crate::inbox::settings::MIN_ID_RETENTION);
                self
            }

            /// Sets the time for which an event's body is kept, which may hold personal data: 30
            /// days unless set. The body of an event with runs that are not done is kept longer.
            pub fn keep_bodies(mut self, time: std::time::Duration) -> Self {
                self.settings.retention.bodies = time;
                self
            }

            /// Sets the time for which a delivery waits for the database before it is answered 503:
            /// 8 seconds unless set.
            pub fn accept_timeout(mut self, timeout: std::time::Duration) -> Self {
                self.settings.accept_timeout = timeout;
                self
            }

            /// Makes the endpoints of this inbox count as those of another process, for tests that
            /// simulate several processes in one.
            #[cfg(feature = "testing")]
            #[doc(hidden)]
            pub fn simulate_another_process(mut self) -> Self {
                self.settings.simulated_process = $crate::inbox::random::random_bits();
                self
            }
        }
    };
}

pub(crate) use impl_setters;
