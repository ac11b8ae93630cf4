//! What an endpoint tells the facade [`metrics`](https://docs.rs/metrics), under the names that the page [`docs::metrics`](crate::docs::metrics)
//! lists. Without the feature `metrics` nothing is told.

#[cfg(feature = "inbox")]
use std::time::Duration;

#[cfg(all(feature = "inbox", feature = "metrics"))]
use crate::inbox::Backlog;
#[cfg(feature = "inbox")]
use crate::inbox::Reason;

#[cfg(feature = "metrics")]
mod names {
    pub(super) const DELIVERIES: &str = "stripe_hooks_deliveries_total";
    #[cfg(feature = "inbox")]
    pub(super) use self::inbox::*;

    #[cfg(feature = "inbox")]
    mod inbox {
        pub(crate) const BEGAN: &str = "stripe_hooks_attempts_started_total";
        pub(crate) const ENDED: &str = "stripe_hooks_attempts_ended_total";
        pub(crate) const DURATION: &str = "stripe_hooks_attempt_duration_seconds";
        pub(crate) const PARKED: &str = "stripe_hooks_runs_parked_total";
        pub(crate) const RUNS: &str = "stripe_hooks_runs";
        pub(crate) const OLDEST: &str = "stripe_hooks_oldest_ready_seconds";
    }
}

/// Tells units and meanings to the recorder that is installed by now.
pub(crate) fn describe() {
    #[cfg(feature = "metrics")]
    metrics::describe_counter!(
        names::DELIVERIES,
        metrics::Unit::Count,
        "Deliveries, by what became of them."
    );
    #[cfg(all(feature = "inbox", feature = "metrics"))]
    {
        use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
        describe_counter!(names::BEGAN, Unit::Count, "Attempts at runs that have begun.");
        describe_counter!(names::ENDED, Unit::Count, "Attempts at runs that have ended, by their outcome.");
        describe_histogram!(names::DURATION, Unit::Seconds, "How long attempts took.");
        describe_counter!(names::PARKED, Unit::Count, "Runs that were parked, by the reason.");
        describe_gauge!(names::RUNS, Unit::Count, "Runs that are not done, by their state.");
        describe_gauge!(names::OLDEST, Unit::Seconds, "How long the oldest run has waited that could begin.");
    }
}

/// The deliveries of an endpoint that have come to one end. How they are told is made beforehand, so that a delivery allocates nothing for it.
#[derive(Debug)]
pub(crate) struct Deliveries {
    #[cfg(feature = "metrics")]
    key: metrics::Key,
}

impl Deliveries {
    pub(crate) fn of(_endpoint: &'static str, _outcome: &'static str) -> Self {
        Self {
            #[cfg(feature = "metrics")]
            key: metrics::Key::from_parts(
                names::DELIVERIES,
                &[("endpoint", _endpoint), ("outcome", _outcome)],
            ),
        }
    }

    #[cfg_attr(not(feature = "metrics"), expect(clippy::unused_self, reason = "there is nobody to tell"))]
    pub(crate) fn add_one(&self) {
        #[cfg(feature = "metrics")]
        {
            const METADATA: metrics::Metadata<'_> =
                metrics::Metadata::new(module_path!(), metrics::Level::INFO, Some(module_path!()));
            metrics::with_recorder(|recorder| recorder.register_counter(&self.key, &METADATA).increment(1));
        }
    }
}

/// An attempt has begun.
#[cfg(feature = "inbox")]
pub(crate) fn attempt_began(_endpoint: &'static str, _handler: &str) {
    #[cfg(feature = "metrics")]
    metrics::counter!(names::BEGAN, "endpoint" => _endpoint, "handler" => _handler.to_owned()).increment(1);
}

/// An attempt of this process has ended.
#[cfg(feature = "inbox")]
pub(crate) fn attempt_ended(
    _endpoint: &'static str,
    _handler: &str,
    _outcome: &'static str,
    _duration: Duration,
) {
    #[cfg(feature = "metrics")]
    {
        metrics::histogram!(names::DURATION, "endpoint" => _endpoint, "handler" => _handler.to_owned())
            .record(_duration);
        ended(_endpoint, _handler, _outcome);
    }
}

/// An attempt was not heard of any more: its process has died, most likely.
#[cfg(feature = "inbox")]
pub(crate) fn attempt_lapsed(_endpoint: &'static str, _handler: &str) {
    #[cfg(feature = "metrics")]
    ended(_endpoint, _handler, "lapsed");
}

#[cfg(all(feature = "inbox", feature = "metrics"))]
fn ended(endpoint: &'static str, handler: &str, outcome: &'static str) {
    let handler = handler.to_owned();
    metrics::counter!(names::ENDED, "endpoint" => endpoint, "handler" => handler, "outcome" => outcome)
        .increment(1);
}

/// Runs were parked; the handler is empty where they have none.
#[cfg(feature = "inbox")]
pub(crate) fn parked(_endpoint: &'static str, _handler: &str, _reason: Reason, _runs: u64) {
    #[cfg(feature = "metrics")]
    {
        let (handler, reason) = (_handler.to_owned(), _reason.as_str());
        metrics::counter!(names::PARKED, "endpoint" => _endpoint, "handler" => handler, "reason" => reason)
            .increment(_runs);
    }
}

/// What is not done, at this moment.
#[cfg(all(feature = "inbox", feature = "metrics"))]
pub(crate) fn backlog(endpoint: &'static str, backlog: Backlog) {
    let Backlog { pending, running, parked, oldest_ready } = backlog;
    for (state, runs) in [("pending", pending), ("running", running), ("parked", parked)] {
        #[expect(clippy::cast_precision_loss, reason = "nobody has so many runs")]
        metrics::gauge!(names::RUNS, "endpoint" => endpoint, "state" => state).set(runs as f64);
    }
    metrics::gauge!(names::OLDEST, "endpoint" => endpoint).set(oldest_ready);
}
