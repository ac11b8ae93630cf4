//! A handler's work on one event.

use std::{future::ready, pin::Pin};

use crate::{
    outcome::{Outcome, OutcomeConversion},
    rejection::Rejection,
};

/// The work of one handler on one event.
pub(crate) type HandlerFuture<'cx> = Pin<Box<dyn Future<Output = Outcome> + Send + 'cx>>;

/// The work, or the reason why an argument of it could not be made.
pub type StartResult<'cx> = Result<HandlerFuture<'cx>, Rejection>;

/// Starts an `async fn`. The compiler instantiates it once for each type of result.
///
/// The generated code boxes the future itself. The compiler then instantiates that step in the
/// handler's own module, and a future that is not `Send` gives one error, whose notes show only the
/// user's code. No other code requires `Send`.
///
/// # Errors
/// Never. It returns a `Result` because the generated code ends with it, and its other lines may
/// fail.
pub fn start_async<'cx, R: 'cx>(
    work: Box<dyn Future<Output = R> + Send + 'cx>,
    conversion: OutcomeConversion<R>,
) -> StartResult<'cx> {
    let (work, convert) = (Box::into_pin(work), conversion.convert);
    Ok(Box::pin(async move { convert(work.await) }))
}

/// Ends a plain `fn`, which has already run.
///
/// # Errors
/// Never, like [`start_async`].
pub fn finish_sync<'cx, R>(result: R, conversion: OutcomeConversion<R>) -> StartResult<'cx> {
    Ok(Box::pin(ready((conversion.convert)(result))))
}
