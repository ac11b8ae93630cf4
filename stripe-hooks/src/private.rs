//! Everything that the expansions of `stripe-hooks-macros` may name, and nothing else. Not for use by hand, and free to change in any
//! release: the two crates are pinned to each other.

pub use std::boxed::Box;
pub use std::option::Option::{None, Some};
pub use std::result::Result::{Err, Ok};

pub use inventory;

pub use crate::{events, objects, schema};

pub use crate::{
    catalogue::{EventForm, EventInfo, EventStatus, EventType, SnapshotEventType, ThinEventType},
    decode::{DecodeError, Path},
    extract::{EventContext, FromEvent, Lend, Needs, OptionalFromEvent, Rejection, Started},
    lens::{FieldType, Holds, Lens, LensField, LensOf, Reader, fits, lens, unread},
    outcome::{IntoOutcome, Outcome, Settle},
    policy::{Order, Policy, orders},
    registry::{Call, EndpointName, Registration, Unnamed},
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

/// The type itself, for a type that is left to the compiler: unlike `_`, this is as long as expansions want to mark it.
pub type Same<T> = T;

/// Makes an argument out of an event.
pub type Make<'cx, T> = fn(&EventContext<'cx>) -> Result<T, Rejection>;

/// The ways to make an argument that a handler needs, one for each kind of its events.
#[derive(Debug)]
pub struct Ways<'cx, T> {
    /// The ways themselves.
    pub from: &'cx [Make<'cx, T>],
    /// What they need of the endpoint.
    pub needs: &'cx [fn(&mut Needs)],
}

impl<'cx, T: 'cx> Ways<'cx, T> {
    /// The one way, of a handler with one kind of event.
    #[must_use]
    pub const fn of<E: EventType>() -> Self
    where
        T: FromEvent<'cx, E>,
    {
        Self { from: &[T::from_event], needs: &[T::needs] }
    }
}

/// Writes what an argument of a handler must be, with the words for when it is not: here and not in the expansion, because what comes from a
/// macro like this one costs the compiler less than what it takes from another program.
#[doc(hidden)]
#[macro_export]
macro_rules! __argument {
    ($name:ident, $message:tt, $label:tt, $help:tt, $($marker:ty),*) => {
        #[diagnostic::on_unimplemented(message = $message, label = $label, note = $help)]
        trait $name<'cx>: Sized + 'cx {
            const FROM: $crate::__private::Ways<'cx, Self>;
        }
        #[diagnostic::do_not_recommend]
        impl<'cx, T: 'cx> $name<'cx> for T
        where
            $(T: $crate::__private::FromEvent<'cx, $marker>,)*
        {
            const FROM: $crate::__private::Ways<'cx, Self> = $crate::__argument!(ways 'cx $($marker),*);
        }
    };
    (ways $cx:lifetime $marker:ty) => {
        $crate::__private::Ways::of::<$marker>()
    };
    (ways $cx:lifetime $($marker:ty),*) => {
        $crate::__private::Ways {
            from: &[$(<T as $crate::__private::FromEvent<$cx, $marker>>::from_event),*],
            needs: &[$(<T as $crate::__private::FromEvent<$cx, $marker>>::needs),*],
        }
    };
}
pub use __argument as argument;

/// Which way is for an event, of a handler whose arguments can be made in several.
///
/// # Errors
/// When the event is none of these.
pub fn way(events: &[&'static EventInfo], event: &EventContext<'_>) -> Result<usize, Rejection> {
    let suiting = |wanted| events.iter().position(|way| way.suits(event) == wanted);
    let not_for_this = || Rejection::new("the handler is not for this kind of event");
    suiting(Suits::ByName).or_else(|| suiting(Suits::AsAny)).ok_or_else(not_for_this)
}

/// Whether a way to make an argument is for an event.
#[derive(PartialEq)]
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
