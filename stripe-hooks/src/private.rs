//! Everything that the expansions of `stripe-hooks-macros` may name, and nothing else. Not for use by hand, and free to change in any
//! release: the two crates are pinned to each other.

pub use std::boxed::Box;
pub use std::option::Option::None;
pub use std::result::Result::Ok;

pub use inventory;

pub use crate::{events, objects, schema};

pub use crate::{
    catalogue::{EventForm, EventInfo, EventStatus, EventType, SnapshotEventType, ThinEventType},
    decode::{DecodeError, Path, walk},
    extract::{EventContext, FromEvent, Lend, Needs, OptionalFromEvent, Rejection, Started},
    lens::{Holds, Lens, LensField, LensOf, fits},
    outcome::{IntoOutcome, Outcome, Settle},
    policy::{Order, Policy, orders},
    registry::{Call, EndpointName, Needing, Registration, Unnamed},
    schema::{
        Described, Shapes,
        path::{
            Asked,
            Step::{self, Each, Key},
            asked, leads, shape,
        },
    },
    transition::{Condition, Expected, compares},
};

/// What reading a lens gives.
pub type Read<T> = Result<T, DecodeError>;

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
}

/// All the ways to make an argument that a handler needs.
#[derive(Debug)]
pub struct Ways<'cx, T>(pub &'cx [Extraction<'cx, T>]);

// Neither iterators nor closures, because the compiler makes all that is here anew for each type that a handler takes.
impl<'cx, T> Ways<'cx, T> {
    /// Makes the argument in the way that is for this event.
    ///
    /// # Errors
    /// When the event does not hold it.
    pub fn extract(&self, event: &EventContext<'cx>) -> Result<T, Rejection> {
        let (mut at, mut chosen) = (0, None);
        while at < self.0.len() {
            match self.0[at].event.suits(event) {
                Suits::Not => {}
                Suits::AsAny => chosen = Some(at),
                Suits::ByName => return (self.0[at].from_event)(event),
            }
            at += 1;
        }
        match chosen {
            Some(at) => (self.0[at].from_event)(event),
            None => Err(Rejection::new("the handler is not for this kind of event")),
        }
    }
}

impl<T> Needing for Ways<'_, T> {
    fn needs(&self, needs: &mut Needs) {
        let mut at = 0;
        while at < self.0.len() {
            (self.0[at].needs)(needs);
            at += 1;
        }
    }
}

/// Whether a way to make an argument is for an event.
enum Suits {
    Not,
    /// For any event of its form, as [`AnySnapshot`] and [`AnyThin`] are.
    AsAny,
    ByName,
}

impl EventInfo {
    fn suits(&self, event: &EventContext<'_>) -> Suits {
        if self.name == event.envelope.event_type {
            Suits::ByName
        } else if self.name == ANY && Some(self.form) == event.envelope.form {
            Suits::AsAny
        } else {
            Suits::Not
        }
    }
}

/// Starts an `async fn`; made once for each type of result.
///
/// An expansion boxes the future itself: what the compiler makes anew for each is then made in the handler's own module, and a future that is
/// not `Send` is one error, whose notes show no code but the user's. It is the only place that asks for `Send`.
///
/// # Errors
/// Never: an expansion ends with it, whose other lines may fail.
pub fn start<'cx, R: 'cx>(work: Box<dyn Future<Output = R> + Send + 'cx>, settle: Settle<R>) -> Started<'cx> {
    let (work, settle) = (Box::into_pin(work), settle.outcome);
    Ok(Box::pin(async move { settle(work.await) }))
}

/// What a value that is lent needs.
#[derive(Debug)]
pub struct Borrowing(pub fn(&mut Needs));

impl Needing for Borrowing {
    fn needs(&self, needs: &mut Needs) {
        (self.0)(needs);
    }
}

/// Ends a plain `fn`, which has run already.
///
/// # Errors
/// Never, as [`start`].
pub fn finish<'cx, R>(result: R, settle: Settle<R>) -> Started<'cx> {
    Ok(Box::pin(std::future::ready((settle.outcome)(result))))
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
