//! Everything that the expansions of `stripe-hooks-macros` may name, and nothing else. Not for use by hand, and free to change in any
//! release: the two crates are pinned to each other.

pub use inventory;

pub use crate::events;

pub use crate::{
    catalogue::{EventForm, EventInfo, EventStatus, EventType, SnapshotEventType, ThinEventType},
    extract::{EventContext, FromEvent, Lend, Needs, OptionalFromEvent, Rejection},
    outcome::{IntoOutcome, Outcome},
    registry::{EndpointName, Registration, Running, Unnamed},
};

/// Starts an `async fn`. This is the only place that asks for `Send`, so that a future that is not gives one error.
pub fn run_async<'cx, F, R>(work: F, settle: fn(R) -> Outcome) -> Running<'cx>
where
    F: Future<Output = R> + Send + 'cx,
    R: 'cx,
{
    Box::pin(async move { settle(work.await) })
}

/// The outcome of a plain `fn`, which has run already.
#[must_use]
pub fn run_plain<'cx>(outcome: Outcome) -> Running<'cx> {
    Box::pin(std::future::ready(outcome))
}

/// A run that never started because an argument could not be made.
#[must_use]
pub fn rejected<'cx>(rejection: Rejection) -> Running<'cx> {
    run_plain(Outcome::retry(rejection))
}

/// What the arguments of a handler of `"*"` are checked against: it gets snapshot events of every name, listed or not.
#[derive(Debug)]
pub struct AnySnapshot;

impl EventType for AnySnapshot {
    const INFO: &'static EventInfo = &EventInfo {
        name: "*",
        form: EventForm::Snapshot,
        status: EventStatus::Available,
        objects: &[],
        since: None,
        twin: None,
    };
}

impl SnapshotEventType for AnySnapshot {}
