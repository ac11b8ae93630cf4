//! The accepted age of a delivery.

use std::time::Duration;

/// The greatest accepted age of a delivery, and how far its timestamp may be ahead of the local
/// clock.
///
/// See <https://docs.stripe.com/webhooks#replay-attacks>.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tolerance {
    max_age: Option<u64>,
    max_future: Option<u64>,
}

impl Tolerance {
    /// Stripe's own default: 300 seconds.
    pub const DEFAULT: Self = Self::seconds(300);

    /// Accepts an age of up to and including this many seconds.
    #[must_use]
    pub const fn seconds(max_age: u64) -> Self {
        Self { max_age: Some(max_age), max_future: None }
    }

    /// Accepts a delivery of any age. Anyone who has recorded a delivery can send it again for
    /// ever.
    ///
    /// This tolerance is for tools and tests that check recorded deliveries, not for an endpoint on
    /// the network.
    #[must_use]
    pub const fn dangerously_accept_any_age() -> Self {
        Self { max_age: None, max_future: None }
    }

    /// Also refuses a timestamp that is more than `limit` (whole seconds) ahead of the local clock.
    #[must_use]
    pub const fn max_future_skew(mut self, limit: Duration) -> Self {
        self.max_future = Some(limit.as_secs());
        self
    }

    /// Takes the future limit of the other tolerance, unless this tolerance has one of its own.
    pub(crate) fn with_future_limit_from(mut self, other: Self) -> Self {
        self.max_future = self.max_future.or(other.max_future);
        self
    }

    pub(super) fn allows_age(self, age: i128) -> bool {
        let within = |limit: Option<u64>, age: i128| limit.is_none_or(|limit| age <= i128::from(limit));
        within(self.max_age, age) && within(self.max_future, -age)
    }
}

impl Default for Tolerance {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl From<Duration> for Tolerance {
    fn from(max_age: Duration) -> Self {
        Self::seconds(max_age.as_secs())
    }
}
