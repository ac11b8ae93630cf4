//! One attempt at one run: its work on a thread of its own, its limits, and what its end means for the run.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use bytes::Bytes;
use futures_util::future::{Either, select};
use tokio::{
    runtime::Handle,
    sync::watch,
    task::JoinError,
    time::{Instant, timeout, timeout_at},
};

use super::{
    Turn, Work,
    store::{Claimed, End, Reason, Store},
    worker::Phase,
};
use crate::policy::Policy;

/// How much longer than its timeout an attempt is waited for: a future stops where it waits for something, and not before.
const MARGIN: Duration = Duration::from_secs(5);
/// The most characters of an error that are kept.
const LONGEST_ERROR: usize = 2_000;

/// What a run's work needs to begin.
pub(crate) struct Job {
    pub(crate) handler: String,
    pub(crate) attempt: u32,
    pub(crate) body: Bytes,
    pub(crate) turn: Arc<Turn>,
}

/// How a run's work ended.
pub(crate) enum Ended {
    /// It is done; the note says why there was nothing to do, and the answer what the handler replied.
    Done { note: Option<String>, answer: Option<String> },
    /// It failed and may work later.
    Failed { error: String, retry_after: Option<Duration> },
    /// It will never work.
    Rejected { error: String },
    /// The event cannot be read, or not as what the handler asks for.
    Undecodable { error: String },
    /// The handler does not take this type of event any more.
    Unhandled,
    /// It was stopped before its end.
    Stopped,
}

/// Works on a run that was claimed, within its limits; says how the run is to end, unless the handler's own transaction has ended it.
pub(super) async fn attempt(
    claimed: &Claimed,
    policy: Policy,
    work: &Work,
    phases: watch::Receiver<Phase>,
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
    // When the work began, or `None` once nobody waits for it any more: whichever comes first.
    let begun = Arc::new(OnceLock::new());
    let begins = Arc::clone(&begun);
    // A thread of its own: one that blocks, or never yields, holds up nobody else.
    let mut thread = tokio::task::spawn_blocking(move || match begins.set(Some(Instant::now())) {
        Ok(()) => runtime.block_on(within(policy.timeout, work(job), phases)),
        Err(_) => Ended::Stopped,
    });
    let mut joined = timeout(longest, &mut thread).await.ok();
    if joined.is_none() {
        let Some(began) = begun.get_or_init(|| None) else {
            // It waits for a thread.
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
    // The commit has the last word, whatever else may have become of the attempt.
    (!turn.is_done()).then(|| end_of(ended, claimed.attempt, policy))
}

/// The work, until its time is over or it is to be given back.
async fn within(
    limit: Duration,
    work: impl Future<Output = Ended>,
    mut phases: watch::Receiver<Phase>,
) -> Ended {
    let stopped = async move {
        // The sender goes away with the endpoint, whose inbox nobody can use any more.
        let _ = phases.wait_for(|phase| *phase >= Phase::GiveBack).await;
    };
    let work = std::pin::pin!(timeout(limit, work));
    // What is to stop is asked first, so that nothing begins that is to be given back.
    match select(std::pin::pin!(stopped), work).await {
        Either::Left(((), _)) => Ended::Stopped,
        Either::Right((Ok(ended), _)) => ended,
        Either::Right((Err(_), _)) => failed(format!("timed out after {limit:?}")),
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

/// What the end of this attempt means for the run.
pub(super) fn end_of(ended: Ended, attempt: u32, policy: Policy) -> End {
    match ended {
        Ended::Done { note, answer } => End::Done { note: note.map(kept), answer },
        Ended::Failed { error, .. } if policy.is_spent(attempt) => {
            End::Park { reason: Reason::GaveUp, error: kept(error) }
        }
        Ended::Failed { error, retry_after } => {
            let after = retry_after.unwrap_or_else(|| policy.delay_after(attempt, random()));
            End::Retry { after, error: kept(error) }
        }
        Ended::Rejected { error } => End::Park { reason: Reason::Rejected, error: kept(error) },
        Ended::Undecodable { error } => End::Park { reason: Reason::Undecodable, error: kept(error) },
        Ended::Unhandled => {
            let error = "the handler does not take this type of event any more".to_owned();
            End::Park { reason: Reason::Unhandled, error }
        }
        Ended::Stopped => End::GiveBack,
    }
}

/// An error as a row may hold it: of bounded length, and without the one character that PostgreSQL refuses.
fn kept(error: String) -> String {
    if error.len() <= LONGEST_ERROR && !error.contains('\0') {
        return error;
    }
    error.chars().filter(|character| *character != '\0').take(LONGEST_ERROR).collect()
}

/// A number from 0 to 1 that differs from call to call and from process to process.
fn random() -> f64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    let bits = RandomState::new().build_hasher().finish() >> 32;
    f64::from(u32::try_from(bits).unwrap_or_default()) / f64::from(u32::MAX)
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
