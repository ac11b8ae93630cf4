//! A handler's work on one event.

use std::{future::ready, pin::Pin};

use crate::{
    outcome::{Outcome, Settle},
    rejection::Rejection,
};

/// The work of one handler on one event.
pub(crate) type Running<'cx> = Pin<Box<dyn Future<Output = Outcome> + Send + 'cx>>;

/// The work, or the reason why an argument of it could not be made.
pub type Started<'cx> = Result<Running<'cx>, Rejection>;

/// Starts an `async fn`. The compiler instantiates it once for each type of result.
///
/// The generated code boxes the future itself. The compiler then instantiates that step in the
/// handler's own module, and a future that is not `Send` gives one error, whose notes show only the
/// user's code. No other code requires `Send`.
///
/// # Errors
/// Never. It returns a `Result` because the generated code ends with it, and its other lines may
/// fail.
pub fn start<'cx, R: 'cx>(work: Box<dyn Future<Output = R> + Send + 'cx>, settle: Settle<R>) -> Started<'cx> {
    let (work, settle) = (Box::into_pin(work), settle.outcome);
    Ok(Box::pin(async move { settle(work.await) }))
}

/// Ends a plain `fn`, which has already run.
///
/// # Errors
/// Never, like [`start`].
pub fn finish<'cx, R>(result: R, settle: Settle<R>) -> Started<'cx> {
    Ok(Box::pin(ready((settle.outcome)(result))))
}
