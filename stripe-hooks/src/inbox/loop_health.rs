//! Keeps the loops of an inbox alive: a panic ends one iteration, and not the loop.
//!
//! A loop that fails again and again does no work, and an endpoint must not answer 200 for work that
//! nobody does. So a loop that has failed three times within a minute counts as failing until one of
//! its iterations succeeds, and deliveries are answered 503 as long.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use futures_util::FutureExt;
use tokio::time::{Instant, sleep};

/// Number of failures within [`FAILURE_PERIOD`] that make a loop count as failing.
const MAX_FAILURES: usize = 3;
const FAILURE_PERIOD: Duration = Duration::from_secs(60);
/// Delay after a failed iteration.
const RETRY_DELAY: Duration = Duration::from_millis(500);
/// Delay after a panic of a loop that nothing depends on.
const RESTART_DELAY: Duration = Duration::from_secs(5);

/// The health of a group of loops: of one endpoint, or of all that an inbox shares.
#[derive(Debug, Clone, Default)]
pub(super) struct LoopHealth(Arc<AtomicUsize>);

impl LoopHealth {
    /// Returns whether a loop of the group is failing.
    pub(super) fn has_failing_loop(&self) -> bool {
        self.0.load(SeqCst) > 0
    }

    /// Adds a loop to the group. `work` names its work in the log.
    pub(super) fn add_loop(&self, work: &'static str) -> MonitoredLoop {
        MonitoredLoop { work, health: self.clone(), failures: Vec::new(), is_failing: false }
    }
}

/// One loop. It leaves its group when it is dropped.
pub(super) struct MonitoredLoop {
    work: &'static str,
    health: LoopHealth,
    /// The times of the failures since the last success, of which only the newest ones are kept.
    failures: Vec<Instant>,
    is_failing: bool,
}

impl MonitoredLoop {
    /// Runs one iteration. Returns its output, or `None` after a delay if it panicked.
    ///
    /// What the iteration has borrowed is as the panic left it. So an iteration borrows only values
    /// that are right at each of its steps.
    pub(super) async fn run_iteration<T>(&mut self, iteration: impl Future<Output = T>) -> Option<T> {
        if let Ok(output) = AssertUnwindSafe(iteration).catch_unwind().await {
            self.record_success();
            return Some(output);
        }
        self.record_failure();
        sleep(RETRY_DELAY).await;
        None
    }

    fn record_success(&mut self) {
        self.failures.clear();
        if self.leave_failing() {
            tracing::info!(work = self.work, "a loop of the inbox works again");
        }
    }

    fn record_failure(&mut self) {
        let now = Instant::now();
        self.failures.retain(|failure| now.duration_since(*failure) < FAILURE_PERIOD);
        self.failures.push(now);
        if self.failures.len() < MAX_FAILURES {
            tracing::warn!(work = self.work, "a loop of the inbox panicked, and goes on");
            return;
        }
        self.failures.remove(0);
        if !self.is_failing {
            self.is_failing = true;
            self.health.0.fetch_add(1, SeqCst);
            tracing::error!(
                work = self.work,
                "a loop of the inbox panics again and again; deliveries are answered 503 until it works again"
            );
        }
    }

    /// Ends the loop's state of failing. Returns whether it was failing.
    fn leave_failing(&mut self) -> bool {
        let was_failing = std::mem::take(&mut self.is_failing);
        if was_failing {
            self.health.0.fetch_sub(1, SeqCst);
        }
        was_failing
    }
}

impl Drop for MonitoredLoop {
    fn drop(&mut self) {
        self.leave_failing();
    }
}

/// Runs a loop that nothing depends on, and starts it again after each panic.
pub(super) async fn restart_after_panics<F>(work: &'static str, mut start: impl FnMut() -> F)
where
    F: Future<Output = ()>,
{
    while AssertUnwindSafe(start()).catch_unwind().await.is_err() {
        tracing::warn!(work, "a loop of the inbox panicked, and goes on");
        sleep(RESTART_DELAY).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn fail(monitored: &mut MonitoredLoop) {
        assert!(monitored.run_iteration(async { panic!("as a test wants it") }).await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_loop_fails_from_its_third_panic_in_a_minute_until_an_iteration_succeeds() {
        let health = LoopHealth::default();
        let mut monitored = health.add_loop("tests");
        for _ in 0..2 {
            fail(&mut monitored).await;
            assert!(!health.has_failing_loop());
        }
        for _ in 0..3 {
            fail(&mut monitored).await;
            assert!(health.has_failing_loop());
        }
        assert_eq!(monitored.run_iteration(async { 7 }).await, Some(7));
        assert!(!health.has_failing_loop());
        fail(&mut monitored).await;
        assert!(!health.has_failing_loop());
    }

    #[tokio::test(start_paused = true)]
    async fn panics_that_are_far_apart_do_not_add_up() {
        let health = LoopHealth::default();
        let mut monitored = health.add_loop("tests");
        for _ in 0..5 {
            fail(&mut monitored).await;
            sleep(FAILURE_PERIOD / 2).await;
        }
        assert!(!health.has_failing_loop());
    }

    #[tokio::test(start_paused = true)]
    async fn of_several_loops_each_must_recover_or_end() {
        let health = LoopHealth::default();
        let [mut one, mut other] = ["one", "other"].map(|work| health.add_loop(work));
        for _ in 0..3 {
            fail(&mut one).await;
            fail(&mut other).await;
        }
        one.run_iteration(async {}).await;
        assert!(health.has_failing_loop());
        drop(other);
        assert!(!health.has_failing_loop());
    }
}
