//! One attempt at one run: its work on a thread of its own, its limits, and the effect of its end
//! on the run.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio::{
    runtime::Handle,
    task::JoinError,
    time::{Instant, timeout, timeout_at},
};

use super::{
    phase::{Phase, Phases},
    random,
    run::Reason,
    store::{Claimed, End, Store},
    turn::Turn,
};
use crate::policy::Policy;

/// Time for which an attempt may outlive its timeout: a future only stops where it awaits
/// something.
const MARGIN: Duration = Duration::from_secs(5);
/// The largest number of characters of an error that a row keeps.
const LONGEST_ERROR: usize = 2_000;

/// The function that works on one run.
pub(crate) type Work = Arc<dyn Fn(Job) -> BoxFuture<'static, Ended> + Send + Sync>;

/// The run that a work function gets.
pub(crate) struct Job {
    pub(crate) handler: String,
    pub(crate) attempt: u32,
    pub(crate) body: Bytes,
    pub(crate) turn: Arc<Turn>,
}

/// The result of a run's work.
pub(crate) enum Ended {
    /// The run is done. The note is the reason why there was nothing to do, and the answer is the
    /// handler's reply.
    Done { note: Option<String>, answer: Option<String> },
    /// The attempt failed, and a later one may succeed.
    Failed { error: String, retry_after: Option<Duration> },
    /// The handler parked the run, because no attempt will succeed.
    ParkedByHandler { error: String },
    /// The event cannot be read, or not as the type that the handler takes.
    Undecodable { error: String },
    /// The handler no longer takes this type of event.
    Unhandled,
    /// The attempt was stopped before its end.
    Stopped,
}

/// Works on a claimed run, within its limits. Returns the run's end, or `None` if the handler's own
/// transaction has ended the run.
pub(super) async fn attempt(
    claimed: &Claimed,
    policy: Policy,
    work: &Work,
    phases: Phases,
    store: Arc<dyn Store>,
) -> Option<End> {
    let Some(body) = claimed.body.clone() else {
        let error = "retention has removed the body of the event".to_owned();
        return Some(End::Park { reason: Reason::NoBody, error });
    };
    let longest = policy.timeout.saturating_add(MARGIN);
    let turn = Arc::new(Turn::new(claimed.id, claimed.fence, store, longest));
    let job =
        Job { handler: claimed.handler.clone(), attempt: claimed.attempt, body, turn: Arc::clone(&turn) };
    let (work, runtime) = (Arc::clone(work), Handle::current());
    // The time when the work began, or `None` if this function stopped waiting before that.
    let begun = Arc::new(OnceLock::new());
    let begins = Arc::clone(&begun);
    // A thread of its own, so that a handler that blocks, or never yields, delays no other.
    let mut thread = tokio::task::spawn_blocking(move || match begins.set(Some(Instant::now())) {
        Ok(()) => runtime.block_on(within(policy.timeout, work(job), phases)),
        Err(_) => Ended::Stopped,
    });
    let mut joined = timeout(longest, &mut thread).await.ok();
    if joined.is_none() {
        let Some(began) = begun.get_or_init(|| None) else {
            // The work still waits for a thread.
            thread.abort();
            return Some(End::GiveBack);
        };
        joined = timeout_at(*began + longest, thread).await.ok();
    }
    let ended = match joined {
        Some(Ok(ended)) => ended,
        Some(Err(error)) => failed(lost(&error)),
        None => failed(format!("timed out after {:?}, and did not stop", policy.timeout)),
    };
    // A commit of the handler's transaction decides, whatever the attempt returned.
    (!turn.is_done()).then(|| end_of(ended, claimed.attempt, policy))
}

/// Runs the work until its timeout, or until its run must be given back.
async fn within(limit: Duration, work: impl Future<Output = Ended>, phases: Phases) -> Ended {
    match phases.unless(Phase::GiveBack, timeout(limit, work)).await {
        None => Ended::Stopped,
        Some(Ok(ended)) => ended,
        Some(Err(_)) => failed(format!("timed out after {limit:?}")),
    }
}

fn lost(error: &JoinError) -> String {
    match error.is_panic() {
        true => "the handler panicked".to_owned(),
        false => "the handler was cancelled".to_owned(),
    }
}

fn failed(error: String) -> Ended {
    Ended::Failed { error, retry_after: None }
}

/// The effect of an attempt's end on the run.
pub(super) fn end_of(ended: Ended, attempt: u32, policy: Policy) -> End {
    match ended {
        Ended::Done { note, answer } => End::Done { note: note.map(kept), answer },
        Ended::Failed { error, .. } if policy.is_spent(attempt) => {
            End::Park { reason: Reason::GaveUp, error: kept(error) }
        }
        Ended::Failed { error, retry_after } => {
            let after = retry_after.unwrap_or_else(|| policy.delay_after(attempt, random::fraction()));
            End::Retry { after, error: kept(error) }
        }
        Ended::ParkedByHandler { error } => End::Park { reason: Reason::Rejected, error: kept(error) },
        Ended::Undecodable { error } => End::Park { reason: Reason::Undecodable, error: kept(error) },
        Ended::Unhandled => {
            let error = "the handler does not take this type of event any more".to_owned();
            End::Park { reason: Reason::Unhandled, error }
        }
        Ended::Stopped => End::GiveBack,
    }
}

/// An error as a row can hold it: of bounded length, and without NUL, which PostgreSQL refuses.
fn kept(error: String) -> String {
    if error.len() <= LONGEST_ERROR && !error.contains('\0') {
        return error;
    }
    error.chars().filter(|character| *character != '\0').take(LONGEST_ERROR).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWICE: Policy = Policy { retries: 1, ..Policy::DEFAULT };

    #[test]
    fn the_last_failure_parks_the_run() {
        let after = |attempt| end_of(failed("broken".to_owned()), attempt, TWICE);
        assert!(
            matches!(after(1), End::Retry { after, .. } if after <= TWICE.backoff && after * 2 > TWICE.backoff)
        );
        assert!(after(2) == End::Park { reason: Reason::GaveUp, error: "broken".to_owned() });
    }

    #[test]
    fn the_delay_that_a_handler_asks_for_counts() {
        let delay = Duration::from_secs(90);
        let ended = Ended::Failed { error: "busy".to_owned(), retry_after: Some(delay) };
        assert!(end_of(ended, 1, TWICE) == End::Retry { after: delay, error: "busy".to_owned() });
    }

    #[test]
    fn a_long_error_is_cut_and_loses_what_no_row_can_hold() {
        let ended = Ended::Done { note: Some("ä\0".repeat(3_000)), answer: None };
        let End::Done { note: Some(note), .. } = end_of(ended, 1, TWICE) else { panic!("not done") };
        assert_eq!(note, "ä".repeat(LONGEST_ERROR));
    }
}
