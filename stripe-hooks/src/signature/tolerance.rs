//! Which age of a delivery is accepted.

use std::time::Duration;

/// How old a delivery may be, and how far ahead of the local clock.
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

    /// Accepts an age of up to this many seconds, itself included.
    #[must_use]
    pub const fn seconds(max_age: u64) -> Self {
        Self { max_age: Some(max_age), max_future: None }
    }

    /// Accepts a delivery of any age, so that whoever recorded one can send it again for ever.
    ///
    /// For tools and tests that look at recorded deliveries, not for an endpoint on the network.
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

    /// Takes over the other's limit for the future, unless this one has a limit of its own.
    pub(crate) fn or_future_limit_of(mut self, other: Self) -> Self {
        self.max_future = self.max_future.or(other.max_future);
        self
    }

    pub(super) fn allows(self, age: i128) -> bool {
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
