//! A bound on the number of polls of a future.

use std::{future::poll_fn, pin::Pin, task::Poll};

/// Polls a future at most `polls` times and returns its output, or `None` if it is still pending.
///
/// Most futures of a delivery are ready that soon. Only a slower one is worth a timer or a task.
pub(super) async fn poll_at_most<F: Future>(mut polls: u32, mut work: Pin<&mut F>) -> Option<F::Output> {
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if polls > 1 => {
            polls -= 1;
            // Polls again even if nothing wakes this task.
            context.waker().wake_by_ref();
            Poll::Pending
        }
        Poll::Pending => Poll::Ready(None),
    })
    .await
}
