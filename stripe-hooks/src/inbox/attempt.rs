//! One attempt at one run: its work on a thread of its own, its limits, and the effect of its end
//! on the run.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, OnceLock},
    time::Duration,
};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio::{
    runtime::Handle,
    sync::oneshot,
    time::{Instant, timeout, timeout_at},
};

use super::{
    current_run::CurrentRun,
    handler_groups::Rule,
    phase::{Phase, PhaseWatch},
    random,
    run::{ParkReason, RunResult},
    store::{AttemptEnd, ClaimedRun, Store},
};
use crate::policy::Policy;

/// Time for which an attempt may outlive its timeout: a future only stops where it awaits
/// something.
const TIMEOUT_MARGIN: Duration = Duration::from_secs(5);
/// Delay before a run begins again whose attempt got no thread.
const NO_THREAD_DELAY: Duration = Duration::from_secs(1);
/// The largest number of characters of an error that a row keeps.
const MAX_ERROR_CHARS: usize = 2_000;

/// The function that works on one run.
pub(crate) type WorkFn = Arc<dyn Fn(AttemptJob) -> BoxFuture<'static, AttemptResult> + Send + Sync>;

/// The run that a work function gets.
pub(crate) struct AttemptJob {
    pub(crate) handler: String,
    pub(crate) attempt: u32,
    pub(crate) body: Bytes,
    pub(crate) current_run: Arc<CurrentRun>,
}

/// The result of a run's work.
pub(crate) enum AttemptResult {
    /// The handler succeeded, and may have replied.
    Handled { reply: Option<String> },
    /// There was nothing to do, for the reason in the note.
    Ignored { note: String },
    /// The attempt failed, and a later one may succeed.
    Failed { error: String, retry_after: Option<Duration> },
    /// The handler parks the run, because no attempt will succeed.
    ParkedByHandler { error: String },
    /// The event cannot be read, or not as the type that the handler takes.
    Undecodable { error: String },
    /// The handler no longer takes this type of event.
    EventTypeNotTaken,
    /// The attempt was stopped before its end.
    Stopped,
}

/// Works on a claimed run, within its limits. Returns the run's end, or `None` if the handler's own
/// transaction has ended the run.
pub(super) async fn make_attempt(
    claimed: &ClaimedRun,
    Rule { policy, replies }: Rule,
    work: &WorkFn,
    phases: PhaseWatch,
    store: Arc<dyn Store>,
) -> Option<AttemptEnd> {
    let Some(body) = claimed.body.clone() else {
        let error = "retention has removed the body of the event".to_owned();
        return Some(AttemptEnd::Park { reason: ParkReason::BodyRemoved, error });
    };
    let longest = policy.timeout.saturating_add(TIMEOUT_MARGIN);
    let current_run = Arc::new(CurrentRun::new((claimed.id, claimed.fence), store, longest, replies));
    let job = AttemptJob {
        handler: claimed.handler.clone(),
        attempt: claimed.attempt,
        body,
        current_run: Arc::clone(&current_run),
    };
    let (work, runtime) = (Arc::clone(work), Handle::current());
    // The time when the work began, or `None` if this function stopped waiting before that.
    let begun = Arc::new(OnceLock::new());
    let begins = Arc::clone(&begun);
    let (sender, mut ended) = oneshot::channel();
    // A thread of its own, so that a handler that blocks, or never yields, delays no other.
    let on_thread = move || {
        if begins.set(Some(Instant::now())).is_ok() {
            let _ = sender.send(runtime.block_on(run_with_timeout(policy.timeout, work(job), phases)));
        }
    };
    // tokio panics if the system refuses it a thread. It has queued the closure by then, and runs it
    // when it gets a thread, unless the closure finds that nobody waits for it.
    let has_thread = catch_unwind(AssertUnwindSafe(|| tokio::task::spawn_blocking(on_thread))).is_ok();
    let mut received = match has_thread {
        true => timeout(longest, &mut ended).await.ok(),
        false => None,
    };
    if received.is_none() {
        let Some(began) = begun.get_or_init(|| None) else {
            // The work still waits for a thread.
            return Some(AttemptEnd::GiveBack { after: NO_THREAD_DELAY });
        };
        received = timeout_at(*began + longest, ended).await.ok();
    }
    let ended = match received {
        Some(Ok(ended)) => ended,
        Some(Err(_)) => failed_attempt("the handler panicked".to_owned()),
        None => failed_attempt(format!("timed out after {:?}, and did not stop", policy.timeout)),
    };
    // A commit of the handler's transaction decides, whatever the attempt returned.
    (!current_run.is_marked_done()).then(|| end_from_result(ended, claimed.attempt, policy))
}

/// Runs the work until its timeout, or until its run must be given back.
async fn run_with_timeout(
    limit: Duration,
    work: impl Future<Output = AttemptResult>,
    phases: PhaseWatch,
) -> AttemptResult {
    match phases.run_until_phase(Phase::GiveBack, timeout(limit, work)).await {
        None => AttemptResult::Stopped,
        Some(Ok(ended)) => ended,
        Some(Err(_)) => failed_attempt(format!("timed out after {limit:?}")),
    }
}

fn failed_attempt(error: String) -> AttemptResult {
    AttemptResult::Failed { error, retry_after: None }
}

/// The effect of an attempt's end on the run.
pub(super) fn end_from_result(ended: AttemptResult, attempt: u32, policy: Policy) -> AttemptEnd {
    match ended {
        AttemptResult::Handled { reply } => {
            AttemptEnd::Done { result: RunResult::Handled, note: None, reply }
        }
        AttemptResult::Ignored { note } => {
            AttemptEnd::Done { result: RunResult::Ignored, note: Some(shorten_error(note)), reply: None }
        }
        AttemptResult::Failed { error, .. } if policy.is_last_attempt(attempt) => {
            AttemptEnd::Park { reason: ParkReason::AttemptsExhausted, error: shorten_error(error) }
        }
        AttemptResult::Failed { error, retry_after } => {
            let after = retry_after.unwrap_or_else(|| policy.delay_after(attempt, random::random_fraction()));
            AttemptEnd::Retry { after, error: shorten_error(error) }
        }
        AttemptResult::ParkedByHandler { error } => {
            AttemptEnd::Park { reason: ParkReason::ParkedByHandler, error: shorten_error(error) }
        }
        AttemptResult::Undecodable { error } => {
            AttemptEnd::Park { reason: ParkReason::Undecodable, error: shorten_error(error) }
        }
        AttemptResult::EventTypeNotTaken => {
            let error = "the handler does not take this type of event any more".to_owned();
            AttemptEnd::Park { reason: ParkReason::NotTaken, error }
        }
        AttemptResult::Stopped => AttemptEnd::GiveBack { after: Duration::ZERO },
    }
}

/// An error as a row can hold it: of bounded length, and without NUL, which PostgreSQL refuses.
fn shorten_error(error: String) -> String {
    if error.len() <= MAX_ERROR_CHARS && !error.contains('\0') {
        return error;
    }
    error.chars().filter(|character| *character != '\0').take(MAX_ERROR_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETRY_ONCE_POLICY: Policy = Policy { retries: 1, ..Policy::DEFAULT };

    #[test]
    fn the_last_failure_parks_the_run() {
        let after =
            |attempt| end_from_result(failed_attempt("broken".to_owned()), attempt, RETRY_ONCE_POLICY);
        assert!(
            matches!(after(1), AttemptEnd::Retry { after, .. } if after <= RETRY_ONCE_POLICY.backoff && after * 2 > RETRY_ONCE_POLICY.backoff)
        );
        assert!(
            after(2)
                == AttemptEnd::Park { reason: ParkReason::AttemptsExhausted, error: "broken".to_owned() }
        );
    }

    #[test]
    fn the_delay_that_a_handler_asks_for_counts() {
        let delay = Duration::from_secs(90);
        let ended = AttemptResult::Failed { error: "busy".to_owned(), retry_after: Some(delay) };
        assert!(
            end_from_result(ended, 1, RETRY_ONCE_POLICY)
                == AttemptEnd::Retry { after: delay, error: "busy".to_owned() }
        );
    }

    #[test]
    fn a_long_error_is_cut_and_loses_what_no_row_can_hold() {
        let ended = AttemptResult::Ignored { note: "ä\0".repeat(3_000) };
        let AttemptEnd::Done { note: Some(note), .. } = end_from_result(ended, 1, RETRY_ONCE_POLICY) else {
            panic!("not done")
        };
        assert_eq!(note, "ä".repeat(MAX_ERROR_CHARS));
    }
}
