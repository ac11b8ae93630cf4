//! The settings of an endpoint, without the state that changes while it runs.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use super::{recorder::OutcomeRecorder, unhandled::OnUnhandled};
use crate::{
    error::EndpointProblem,
    signature::{Secret, Tolerance},
};

pub(crate) type SecretsFn = Box<dyn Fn() -> Vec<Secret> + Send + Sync>;
pub(crate) type ClockFn = Box<dyn Fn() -> SystemTime + Send + Sync>;

/// The settings of an endpoint. The builder fills them in.
pub(crate) struct EndpointSettings {
    pub(crate) tolerance: Tolerance,
    pub(crate) body_limit: usize,
    pub(crate) body_timeout: Duration,
    pub(crate) bodies_in_flight: usize,
    pub(crate) only_mode: Option<Mode>,
    pub(crate) on_unhandled: Option<OnUnhandled>,
    pub(crate) on_api_version_mismatch: ApiVersionMismatch,
    pub(crate) log_handler_errors: bool,
    pub(crate) clock: ClockFn,
    pub(crate) recorder: Option<Arc<dyn OutcomeRecorder>>,
}

impl Default for EndpointSettings {
    fn default() -> Self {
        Self {
            tolerance: Tolerance::DEFAULT,
            body_limit: 1024 * 1024,
            body_timeout: Duration::from_secs(10),
            bodies_in_flight: 64 * 1024 * 1024,
            only_mode: None,
            on_unhandled: None,
            on_api_version_mismatch: ApiVersionMismatch::default(),
            log_handler_errors: true,
            clock: Box::new(SystemTime::now),
            recorder: None,
        }
    }
}

impl EndpointSettings {
    /// Returns a problem if two settings contradict each other.
    pub(super) fn find_problem(&self) -> Option<EndpointProblem> {
        let (all, one) = (self.bodies_in_flight, self.body_limit);
        (all < one).then(|| {
            EndpointProblem::Limit(format!(
                "`bodies_in_flight` ({all} bytes) is below `body_limit` ({one} bytes), so that a body \
                 between the two would be answered 503 each time that Stripe sends it; raise the first or \
                 lower the second"
            ))
        })
    }
}

/// The two modes of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Live,
    Test,
}

/// The treatment of an event whose API version belongs to another release train than the objects of
/// this crate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ApiVersionMismatch {
    /// Handle the event without a warning.
    Ignore,
    /// Handle the event. Log a warning the first time that an API version arrives.
    #[default]
    Warn,
    /// Do not handle the event. Stripe sends it again.
    Fail,
}
