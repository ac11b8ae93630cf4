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

/// One way to make an argument: the one for events of one kind.
#[derive(Debug)]
pub struct Extraction<'cx, T> {
    event: &'static EventInfo,
    from_event: fn(&EventContext<'cx>) -> Result<T, Rejection>,
    needs: fn(&mut Needs),
}

impl<'cx, T> Extraction<'cx, T> {
    /// The way that `T` has for `E`.
    #[must_use]
    pub const fn of<E: EventType>() -> Self
    where
        T: FromEvent<'cx, E>,
    {
        Self { event: E::INFO, from_event: T::from_event, needs: T::needs }
    }

    /// Whether this way is for any event of a form, as [`AnySnapshot`] and [`AnyThin`] are.
    fn is_for_any(&self) -> bool {
        self.event.name == ANY
    }
}

/// Makes an argument in the way that is for this event.
///
/// # Errors
/// When the event does not hold it.
pub fn extract<'cx, T>(ways: &[Extraction<'cx, T>], event: &EventContext<'cx>) -> Result<T, Rejection> {
    let exact = ways.iter().find(|way| way.event.name == event.envelope.event_type);
    let any = || ways.iter().find(|way| way.is_for_any() && Some(way.event.form) == event.envelope.form);
    match exact.or_else(any) {
        Some(way) => (way.from_event)(event),
        None => Err(Rejection::new("the handler is not for this kind of event")),
    }
}

/// Collects what an argument needs, of all its ways.
pub fn needs<T>(ways: &[Extraction<'_, T>], needs: &mut Needs) {
    for way in ways {
        (way.needs)(needs);
    }
}

/// Starts an `async fn`. It and [`run_lending`] are the only places that ask for `Send`, so that a future that is not gives one error.
pub fn run_async<'cx, F, R>(work: F, settle: fn(R) -> Outcome) -> Running<'cx>
where
    F: Future<Output = R> + Send + 'cx,
    R: 'cx,
{
    Box::pin(async move { settle(work.await) })
}

/// Starts a function that something is lent to.
pub fn run_lending<'cx, F>(work: F) -> Running<'cx>
where
    F: Future<Output = Result<Outcome, Rejection>> + Send + 'cx,
{
    Box::pin(async move { work.await.unwrap_or_else(Outcome::retry) })
}

/// The outcome of a plain `fn`, which has run already.
#[must_use]
pub fn run_plain<'cx>(outcome: Outcome) -> Running<'cx> {
    Box::pin(std::future::ready(outcome))
}

/// The facts of an event that the catalogue does not know.
#[must_use]
pub const fn unlisted(name: &'static str, form: EventForm) -> EventInfo {
    EventInfo { name, form, status: EventStatus::Available, objects: &[], since: None, twin: None }
}

/// The name that stands for all names.
const ANY: &str = "*";

/// What the arguments of a handler of snapshot events are checked against where the catalogue does not know which: `"*"`, `unlisted`.
#[derive(Debug)]
pub struct AnySnapshot;

impl EventType for AnySnapshot {
    const INFO: &'static EventInfo = &unlisted(ANY, EventForm::Snapshot);
}

impl SnapshotEventType for AnySnapshot {}

/// What the arguments of a handler of unlisted thin events are checked against.
#[derive(Debug)]
pub struct AnyThin;

impl EventType for AnyThin {
    const INFO: &'static EventInfo = &unlisted(ANY, EventForm::Thin);
}

impl ThinEventType for AnyThin {}
