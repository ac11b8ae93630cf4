//! Values that a handler borrows and that end with its outcome.

use std::marker::PhantomData;

use super::{Needs, handler_future::StartResult};
use crate::{context::EventContext, outcome::Outcome, rejection::Rejection};

/// A value that the wrapper owns, lends to the handler as `&mut T`, and settles with the handler's
/// outcome.
///
/// A handler may take one such value, because its outcome can settle only one: for example a
/// database transaction, which commits when the outcome [is final](Outcome::is_final) and rolls
/// back when it is not. A handler that panics, or that is dropped before its end, has no outcome.
/// The value is then dropped without being settled, so its `Drop` must undo the work that it holds.
///
/// The value does not depend on the type of event.
#[diagnostic::on_unimplemented(
    message = "a handler cannot borrow `{Self}`",
    label = "nobody lends this to a handler",
    note = "help: take it by value, without `&mut`; only a type that implements `Lend` can be borrowed"
)]
pub trait Lend<'cx>: Sized + Send {
    /// Makes the value before the handler starts.
    ///
    /// # Errors
    /// When the value cannot be made. The handler then does not start, and the run counts as
    /// failed, or as [ignored](Rejection::ignore).
    fn lend(cx: &EventContext<'cx>) -> impl Future<Output = Result<Self, Rejection>> + Send;

    /// Ends the value after the handler has ended, and returns the outcome of both.
    fn finish(self, outcome: Outcome) -> impl Future<Output = Outcome> + Send;

    /// Adds what the endpoint must provide.
    fn needs(_needs: &mut Needs) {}

    // The generated code calls the methods of this trait and nothing else, so that a type that
    // cannot be lent gives exactly one error. Where a part of the type is the cause, such as the
    // database of an `InboxTx`, the error names that part.

    /// The facts about the type, for the generated code.
    #[doc(hidden)]
    const LOAN: Loan<Self> = Loan { needs: Self::needs, borrowed_type: PhantomData };

    /// Makes the value, lends it to the work, and settles it with the outcome. The second argument
    /// of the work only shows the compiler that its captures live long enough.
    #[doc(hidden)]
    fn lend_to<W>(cx: &'cx EventContext<'cx>, work: W) -> StartResult<'cx>
    where
        Self: 'cx,
        W: for<'lent> FnOnce(&'lent mut Self, PhantomData<&'lent &'cx ()>) -> StartResult<'lent> + Send + 'cx,
    {
        Ok(Box::pin(async move {
            let mut lent = match Self::lend(cx).await {
                Ok(lent) => lent,
                Err(rejection) => return rejection.into(),
            };
            let outcome = match work(&mut lent, PhantomData) {
                Ok(work) => work.await,
                Err(rejection) => rejection.into(),
            };
            lent.finish(outcome).await
        }))
    }
}

/// The facts about a type that is lent. The generated code names no type: [`borrowed_type`](Self::borrowed_type) ties these
/// facts to the type that the handler borrows.
#[derive(Debug)]
pub struct Loan<T> {
    /// The needs of the type.
    pub needs: fn(&mut Needs),
    borrowed_type: PhantomData<fn(T)>,
}

impl<T> Loan<T> {
    /// Returns the value, which has this type.
    pub fn borrowed_type<'lent>(&self, value: &'lent mut T) -> &'lent mut T {
        value
    }
}
