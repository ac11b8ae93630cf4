//! Reports to the facade [`metrics`](https://docs.rs/metrics), under the names that the page
//! [`docs::metrics`](crate::docs::metrics) lists. Without the feature `metrics`, the functions have
//! the same signatures and do nothing.

#[cfg(not(feature = "metrics"))]
pub(crate) use self::disabled::*;
#[cfg(feature = "metrics")]
pub(crate) use self::enabled::*;

#[cfg(feature = "metrics")]
mod enabled {
    #[cfg(feature = "inbox")]
    pub(crate) use self::inbox::*;

    /// Target of every metric, by which a recorder can filter.
    const TARGET: &str = "stripe_hooks";

    const DELIVERIES: &str = "stripe_hooks_deliveries_total";

    /// Gives units and descriptions to the recorder that is installed at this time.
    pub(crate) fn describe_metrics() {
        use metrics::{Unit, describe_counter};
        describe_counter!(DELIVERIES, Unit::Count, "Deliveries, by what became of them.");
        #[cfg(feature = "inbox")]
        inbox::describe_metrics();
    }

    /// The deliveries of an endpoint with the same outcome. The key is made beforehand, so that a
    /// delivery allocates nothing for it.
    #[derive(Debug)]
    pub(crate) struct DeliveryCounter(metrics::Key);

    impl DeliveryCounter {
        pub(crate) fn for_outcome(endpoint: &'static str, outcome: &'static str) -> Self {
            let labels = &[("endpoint", endpoint), ("outcome", outcome)];
            Self(metrics::Key::from_parts(DELIVERIES, labels))
        }

        pub(crate) fn add_one(&self) {
            use metrics::{Level, Metadata};
            const METADATA: Metadata<'_> = Metadata::new(TARGET, Level::INFO, Some(module_path!()));
            metrics::with_recorder(|recorder| recorder.register_counter(&self.0, &METADATA).increment(1));
        }
    }

    #[cfg(feature = "inbox")]
    mod inbox {
        use std::time::Duration;

        use metrics::{counter, gauge, histogram};

        use super::TARGET;

        const ATTEMPTS_STARTED: &str = "stripe_hooks_attempts_started_total";
        const ATTEMPTS_ENDED: &str = "stripe_hooks_attempts_ended_total";
        const ATTEMPT_DURATION: &str = "stripe_hooks_attempt_duration_seconds";
        const RUNS_PARKED: &str = "stripe_hooks_runs_parked_total";
        const RUNS: &str = "stripe_hooks_runs";
        const OLDEST_READY: &str = "stripe_hooks_oldest_ready_seconds";

        pub(super) fn describe_metrics() {
            use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
            describe_counter!(ATTEMPTS_STARTED, Unit::Count, "Attempts at runs that have begun.");
            describe_counter!(
                ATTEMPTS_ENDED,
                Unit::Count,
                "Attempts at runs that have ended, by their outcome."
            );
            describe_histogram!(ATTEMPT_DURATION, Unit::Seconds, "How long attempts took.");
            describe_counter!(RUNS_PARKED, Unit::Count, "Runs that were parked, by the reason.");
            describe_gauge!(RUNS, Unit::Count, "Runs that are not done, by their state.");
            describe_gauge!(
                OLDEST_READY,
                Unit::Seconds,
                "How long the oldest run has waited that could begin."
            );
        }

        /// Reports that an attempt has begun.
        pub(crate) fn count_attempt_started(endpoint: &'static str, handler: &str) {
            counter!(target: TARGET, ATTEMPTS_STARTED, "endpoint" => endpoint, "handler" => handler.to_owned())
                .increment(1);
        }

        /// Reports that an attempt of this process has ended.
        pub(crate) fn count_attempt_ended(
            endpoint: &'static str,
            handler: &str,
            outcome: &'static str,
            duration: Duration,
        ) {
            histogram!(target: TARGET, ATTEMPT_DURATION, "endpoint" => endpoint, "handler" => handler.to_owned())
                .record(duration);
            count_ended(endpoint, handler, outcome);
        }

        /// Reports that the lease of an attempt has expired. Its process has probably died.
        pub(crate) fn count_attempt_lapsed(endpoint: &'static str, handler: &str) {
            count_ended(endpoint, handler, "lapsed");
        }

        fn count_ended(endpoint: &'static str, handler: &str, outcome: &'static str) {
            let handler = handler.to_owned();
            counter!(target: TARGET, ATTEMPTS_ENDED, "endpoint" => endpoint, "handler" => handler, "outcome" => outcome).increment(1);
        }

        /// Reports that runs were parked. The handler is empty for runs that have none.
        pub(crate) fn count_parked(endpoint: &'static str, handler: &str, reason: &'static str, runs: u64) {
            let handler = handler.to_owned();
            counter!(target: TARGET, RUNS_PARKED, "endpoint" => endpoint, "handler" => handler, "reason" => reason)
                .increment(runs);
        }

        /// Reports the number of runs in each state, and the longest time that one has been ready.
        pub(crate) fn set_backlog(
            endpoint: &'static str,
            runs: impl IntoIterator<Item = (&'static str, i64)>,
            oldest_ready: Duration,
        ) {
            for (state, runs) in runs {
                #[expect(clippy::cast_precision_loss, reason = "no inbox has so many runs")]
                gauge!(target: TARGET, RUNS, "endpoint" => endpoint, "state" => state).set(runs as f64);
            }
            gauge!(target: TARGET, OLDEST_READY, "endpoint" => endpoint).set(oldest_ready);
        }
    }
}

#[cfg(not(feature = "metrics"))]
mod disabled {
    #[cfg(feature = "inbox")]
    pub(crate) use self::inbox::*;

    pub(crate) fn describe_metrics() {}

    #[derive(Debug)]
    pub(crate) struct DeliveryCounter;

    impl DeliveryCounter {
        pub(crate) fn for_outcome(_endpoint: &'static str, _outcome: &'static str) -> Self {
            Self
        }

        #[expect(clippy::unused_self, reason = "the signature is the same as with the feature")]
        pub(crate) fn add_one(&self) {}
    }

    #[cfg(feature = "inbox")]
    mod inbox {
        use std::time::Duration;

        pub(crate) fn count_attempt_started(_endpoint: &'static str, _handler: &str) {}

        pub(crate) fn count_attempt_ended(
            _endpoint: &'static str,
            _handler: &str,
            _outcome: &'static str,
            _duration: Duration,
        ) {
        }

        pub(crate) fn count_attempt_lapsed(_endpoint: &'static str, _handler: &str) {}

        pub(crate) fn count_parked(
            _endpoint: &'static str,
            _handler: &str,
            _reason: &'static str,
            _runs: u64,
        ) {
        }
    }
}
