//! Reports to the facade [`metrics`](https://docs.rs/metrics), under the names that the page
//! [`docs::metrics`](crate::docs::metrics) lists. Without the feature `metrics`, the functions have
//! the same signatures and do nothing.

#[cfg(not(feature = "metrics"))]
pub(crate) use self::off::*;
#[cfg(feature = "metrics")]
pub(crate) use self::on::*;

#[cfg(feature = "metrics")]
mod on {
    #[cfg(feature = "inbox")]
    pub(crate) use self::inbox::*;

    /// Target of every metric, by which a recorder can filter.
    const TARGET: &str = "stripe_hooks";

    const DELIVERIES: &str = "stripe_hooks_deliveries_total";

    /// Gives units and descriptions to the recorder that is installed at this time.
    pub(crate) fn describe() {
        use metrics::{Unit, describe_counter};
        describe_counter!(DELIVERIES, Unit::Count, "Deliveries, by what became of them.");
        #[cfg(feature = "inbox")]
        inbox::describe();
    }

    /// The deliveries of an endpoint with the same outcome. The key is made beforehand, so that a
    /// delivery allocates nothing for it.
    #[derive(Debug)]
    pub(crate) struct Deliveries(metrics::Key);

    impl Deliveries {
        pub(crate) fn of(endpoint: &'static str, outcome: &'static str) -> Self {
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

        const BEGAN: &str = "stripe_hooks_attempts_started_total";
        const ENDED: &str = "stripe_hooks_attempts_ended_total";
        const DURATION: &str = "stripe_hooks_attempt_duration_seconds";
        const PARKED: &str = "stripe_hooks_runs_parked_total";
        const RUNS: &str = "stripe_hooks_runs";
        const OLDEST: &str = "stripe_hooks_oldest_ready_seconds";

        pub(super) fn describe() {
            use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
            describe_counter!(BEGAN, Unit::Count, "Attempts at runs that have begun.");
            describe_counter!(ENDED, Unit::Count, "Attempts at runs that have ended, by their outcome.");
            describe_histogram!(DURATION, Unit::Seconds, "How long attempts took.");
            describe_counter!(PARKED, Unit::Count, "Runs that were parked, by the reason.");
            describe_gauge!(RUNS, Unit::Count, "Runs that are not done, by their state.");
            describe_gauge!(OLDEST, Unit::Seconds, "How long the oldest run has waited that could begin.");
        }

        /// Reports that an attempt has begun.
        pub(crate) fn attempt_began(endpoint: &'static str, handler: &str) {
            counter!(target: TARGET, BEGAN, "endpoint" => endpoint, "handler" => handler.to_owned())
                .increment(1);
        }

        /// Reports that an attempt of this process has ended.
        pub(crate) fn attempt_ended(
            endpoint: &'static str,
            handler: &str,
            outcome: &'static str,
            duration: Duration,
        ) {
            histogram!(target: TARGET, DURATION, "endpoint" => endpoint, "handler" => handler.to_owned())
                .record(duration);
            ended(endpoint, handler, outcome);
        }

        /// Reports that the lease of an attempt has expired. Its process has probably died.
        pub(crate) fn attempt_lapsed(endpoint: &'static str, handler: &str) {
            ended(endpoint, handler, "lapsed");
        }

        fn ended(endpoint: &'static str, handler: &str, outcome: &'static str) {
            let handler = handler.to_owned();
            counter!(target: TARGET, ENDED, "endpoint" => endpoint, "handler" => handler, "outcome" => outcome).increment(1);
        }

        /// Reports that runs were parked. The handler is empty for runs that have none.
        pub(crate) fn parked(endpoint: &'static str, handler: &str, reason: &'static str, runs: u64) {
            let handler = handler.to_owned();
            counter!(target: TARGET, PARKED, "endpoint" => endpoint, "handler" => handler, "reason" => reason)
                .increment(runs);
        }

        /// Reports the number of runs in each state, and the longest time that one has been ready.
        pub(crate) fn backlog(
            endpoint: &'static str,
            runs: impl IntoIterator<Item = (&'static str, i64)>,
            oldest_ready: Duration,
        ) {
            for (state, runs) in runs {
                #[expect(clippy::cast_precision_loss, reason = "no inbox has so many runs")]
                gauge!(target: TARGET, RUNS, "endpoint" => endpoint, "state" => state).set(runs as f64);
            }
            gauge!(target: TARGET, OLDEST, "endpoint" => endpoint).set(oldest_ready);
        }
    }
}

#[cfg(not(feature = "metrics"))]
mod off {
    #[cfg(feature = "inbox")]
    pub(crate) use self::inbox::*;

    pub(crate) fn describe() {}

    #[derive(Debug)]
    pub(crate) struct Deliveries;

    impl Deliveries {
        pub(crate) fn of(_endpoint: &'static str, _outcome: &'static str) -> Self {
            Self
        }

        #[expect(clippy::unused_self, reason = "the signature is the same as with the feature")]
        pub(crate) fn add_one(&self) {}
    }

    #[cfg(feature = "inbox")]
    mod inbox {
        use std::time::Duration;

        pub(crate) fn attempt_began(_endpoint: &'static str, _handler: &str) {}

        pub(crate) fn attempt_ended(
            _endpoint: &'static str,
            _handler: &str,
            _outcome: &'static str,
            _duration: Duration,
        ) {
        }

        pub(crate) fn attempt_lapsed(_endpoint: &'static str, _handler: &str) {}

        pub(crate) fn parked(_endpoint: &'static str, _handler: &str, _reason: &'static str, _runs: u64) {}
    }
}
