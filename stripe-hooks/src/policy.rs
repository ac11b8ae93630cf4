//! How an inbox tries the runs of a handler: what the keys of its attribute say.

mod check;

use std::time::Duration;

pub use self::check::assert_order;

/// The rules for the runs of one handler. Without an inbox they mean nothing, because Stripe itself then repeats what failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// How often a run is tried again after its first attempt failed.
    pub retries: u32,
    /// How long one attempt may take.
    pub timeout: Duration,
    /// How long the first retry waits; each further one waits twice as long.
    pub backoff: Duration,
    /// How many runs of the handler one process works on at once.
    pub concurrency: Option<u32>,
    /// Whether its runs for one object go one at a time.
    pub order: Option<Order>,
    /// How long an answer waits for its run; none where the answer does not wait.
    pub inline: Option<Duration>,
}

/// How the runs of a handler for one object follow each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Order {
    /// Whether a run is left out whose object was handled from a newer event.
    pub skips_stale: bool,
    /// Whether a parked run lets nobody pass.
    pub parked_holds: bool,
}

impl Policy {
    /// What holds for a handler that says nothing: tries for two days at least, and two and a half at most.
    pub const DEFAULT: Self = Self {
        retries: 20,
        timeout: Duration::from_secs(60),
        backoff: Duration::from_secs(10),
        concurrency: None,
        order: None,
        inline: None,
    };

    /// How long an answer waits for an inline run that does not say: half of what Stripe's Checkout waits for the answer.
    /// See <https://docs.stripe.com/checkout/fulfillment>.
    pub const INLINE: Duration = Duration::from_secs(5);

    /// The longest that a retry waits, but for jitter.
    #[cfg(feature = "inbox")]
    const LONGEST_BACKOFF: Duration = Duration::from_secs(6 * 60 * 60);

    /// How long to wait after this attempt (the first is 1) has failed. `jitter`, from 0 to 1, shortens it by up to a fifth, so that what
    /// failed together does not come back together.
    #[cfg(feature = "inbox")]
    pub(crate) fn delay_after(&self, attempt: u32, jitter: f64) -> Duration {
        let doubled = 2u32.saturating_pow(attempt.saturating_sub(1).min(31));
        let longest = Self::LONGEST_BACKOFF.max(self.backoff);
        self.backoff.saturating_mul(doubled).min(longest).mul_f64(1.0 - 0.2 * jitter.clamp(0.0, 1.0))
    }

    /// Whether this attempt was the last.
    #[cfg(feature = "inbox")]
    pub(crate) fn is_last_attempt(&self, attempt: u32) -> bool {
        attempt > self.retries
    }
}

#[cfg(all(test, feature = "inbox"))]
mod tests {
    use super::*;

    #[test]
    fn a_retry_waits_twice_as_long_as_the_one_before_up_to_six_hours() {
        let waits = |attempt| Policy::DEFAULT.delay_after(attempt, 0.0).as_secs();
        assert_eq!([1, 2, 3, 4].map(waits), [10, 20, 40, 80]);
        assert_eq!([12, 13, 500, u32::MAX].map(waits), [20_480, 21_600, 21_600, 21_600]);
        let slow = Policy { backoff: Duration::from_secs(86_400), ..Policy::DEFAULT };
        assert_eq!(slow.delay_after(9, 0.0).as_secs(), 86_400);
    }

    #[test]
    fn jitter_only_shortens() {
        let with = |jitter| Policy::DEFAULT.delay_after(1, jitter).as_millis();
        assert_eq!([with(0.0), with(0.5), with(1.0), with(7.0)], [10_000, 9_000, 8_000, 8_000]);
    }

    #[test]
    fn the_default_tries_for_two_days_to_two_and_a_half() {
        let policy = Policy::DEFAULT;
        let seconds =
            |jitter| (1..=policy.retries).map(move |attempt| policy.delay_after(attempt, jitter).as_secs());
        // To the nearest quarter of a day.
        let quarters = |jitter| (seconds(jitter).sum::<u64>() + 3 * 3_600) / (6 * 3_600);
        assert_eq!([1.0, 0.0].map(quarters), [8, 10]);
        assert!(!policy.is_last_attempt(20) && policy.is_last_attempt(21));
    }
}
