//! What a handler may ask for: the traits that arguments implement, and the types that implement them.

use crate::{
    catalogue::EventType,
    outcome::Outcome,
};

/// Makes one argument of a handler out of an event `E`.
pub trait FromEvent<'cx, E: EventType>: Sized {
    /// Reads the argument.
    ///
    /// # Errors
    /// When the event does not hold it, or holds something else.
    fn from_event(cx: &EventContext<'cx>) -> Result<Self, Rejection>;

    /// Says what the endpoint must provide.
    fn needs(_needs: &mut Needs) {}
}

/// Makes an argument that an event may lack: what `Option<T>` asks for.
pub trait OptionalFromEvent<'cx, E: EventType>: Sized {
    /// Reads the argument, `None` when the event does not have it.
    ///
    /// # Errors
    /// When the event holds something else in its place.
    fn from_event_if_present(cx: &EventContext<'cx>) -> Result<Option<Self>, Rejection>;
}

/// A value that is lent to a handler as `&mut T` and settled with the handler's outcome.
pub trait Lend<'cx, E: EventType>: Sized + Send {
    /// Makes the value before the handler starts.
    fn lend(cx: &EventContext<'cx>) -> impl Future<Output = Result<Self, Rejection>> + Send;

    /// Ends the value once the handler has.
    fn settle(self, outcome: Outcome) -> impl Future<Output = Outcome> + Send;

    /// Says what the endpoint must provide.
    fn needs(_needs: &mut Needs) {}
}

/// One event on its way to one handler.
#[derive(Debug, Clone, Copy)]
pub struct EventContext<'cx> {
    _event: &'cx str,
}

/// Why an argument could not be made.
#[derive(Debug)]
pub struct Rejection;

/// What arguments need of their endpoint.
#[derive(Debug, Default)]
pub struct Needs;

impl<'cx, E: EventType, T: OptionalFromEvent<'cx, E>> FromEvent<'cx, E> for Option<T> {
    fn from_event(cx: &EventContext<'cx>) -> Result<Self, Rejection> {
        T::from_event_if_present(cx)
    }
}
