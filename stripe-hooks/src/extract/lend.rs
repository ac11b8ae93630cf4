//! What a handler borrows and its outcome settles.

use std::{marker::PhantomData, pin::Pin};

use super::{EventContext, Needs, Rejection};
use crate::outcome::Outcome;

/// One handler's work on one event, under way.
pub(crate) type Running<'cx> = Pin<Box<dyn Future<Output = Outcome> + Send + 'cx>>;

/// The work, or why an argument of it could not be made.
pub type Started<'cx> = Result<Running<'cx>, Rejection>;

/// A value that the wrapper owns, lends to the handler as `&mut T`, and settles with the handler's outcome.
///
/// A handler may ask for one such value, because its outcome can settle only one: a database transaction, say, which commits when the
/// outcome [is final](Outcome::is_final) and rolls back when it is not. A handler that panics, or that is dropped before its end, has no
/// outcome: the value is then dropped without being settled, so its `Drop` must undo what it holds.
///
/// What is lent does not depend on the kind of event.
#[diagnostic::on_unimplemented(
    message = "a handler cannot borrow `{Self}`",
    label = "nobody lends this to a handler",
    note = "help: take it by value, without `&mut`; only a type that implements `Lend` can be borrowed"
)]
pub trait Lend<'cx>: Sized + Send {
    /// Makes the value before the handler starts.
    ///
    /// # Errors
    /// When it cannot be had. The handler then does not start, and the run counts as failed, or as [ignored](Rejection::ignore).
    fn lend(cx: &EventContext<'cx>) -> impl Future<Output = Result<Self, Rejection>> + Send;

    /// Ends the value once the handler has, and says what the outcome then is.
    fn settle(self, outcome: Outcome) -> impl Future<Output = Outcome> + Send;

    /// Says what the endpoint must provide.
    fn needs(_needs: &mut Needs) {}

    // What expansions name goes through this trait, so that a type which nobody lends is one error. Where what is missing is something that the
    // type is made of, as the database of an `InboxTx`, it is said of that.

    /// The facts about the type, for expansions.
    #[doc(hidden)]
    const LOAN: Loan<Self> = Loan { needs: Self::needs, of: PhantomData };

    /// Makes the value, lends it to the work, and settles it with the outcome. The work's second argument only tells the compiler that
    /// what it captures lives long enough.
    #[doc(hidden)]
    fn lend_to<W>(cx: &'cx EventContext<'cx>, work: W) -> Started<'cx>
    where
        Self: 'cx,
        W: for<'lent> FnOnce(&'lent mut Self, PhantomData<&'lent &'cx ()>) -> Started<'lent> + Send + 'cx,
    {
        Ok(Box::pin(async move {
            let mut lent = match Self::lend(cx).await {
                Ok(lent) => lent,
                Err(rejection) => return rejection.into_outcome(),
            };
            let outcome = match work(&mut lent, PhantomData) {
                Ok(work) => work.await,
                Err(rejection) => rejection.into_outcome(),
            };
            lent.settle(outcome).await
        }))
    }
}

/// The facts about a type that is lent. An expansion names no type, and ties what it asks of the type to the type that the
/// handler borrows.
#[derive(Debug)]
pub struct Loan<T> {
    /// The needs of the type.
    pub needs: fn(&mut Needs),
    of: PhantomData<fn(T)>,
}

impl<T> Loan<T> {
    /// The value, which is of this type.
    pub fn of<'lent>(&self, value: &'lent mut T) -> &'lent mut T {
        value
    }
}
