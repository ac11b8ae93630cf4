//! The worker: the loop that claims runs and starts their attempts, and the runs that it holds.
//!
//! The loop lives until the endpoint stops. A database error is logged once, and the claim is
//! retried.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::{
    sync::{Notify, oneshot, watch},
    time::{Instant, timeout},
};

use super::{
    attempt::{self, WorkFn},
    completer::Completer,
    count_guard::CountGuard,
    handler_groups::{HandlerGroup, HandlerGroups, Rule},
    in_flight::{HeldRun, InFlight},
    loop_health::LoopHealth,
    outage::ReportedOutage,
    phase::{Phase, PhaseWatch},
    process::Process,
    run::RunResult,
    settings::InboxSettings,
    slots::Slots,
    store::{AttemptEnd, ClaimRequest, ClaimedBatch, ClaimedRun, Completion, Lease, Store},
};
use crate::meter;

/// Delay before the next claim after a failed one, or after one that missed a run that is due.
const CLAIM_RETRY_DELAY: Duration = Duration::from_millis(500);

/// The state of the round robin over the groups of handlers.
#[derive(Default)]
struct RoundRobin {
    /// The group whose turn it is.
    next_group: usize,
    /// The groups that may have more ready runs than were claimed.
    groups_with_more: BTreeSet<usize>,
}

/// An inline run, whose attempt has begun.
#[derive(Debug)]
pub(crate) struct InlineRun {
    pub(crate) handler: String,
    /// Receives a value, or closes, when the attempt's completion is on the disk.
    pub(crate) completed: oneshot::Receiver<()>,
}

/// The parts of a worker.
pub(super) struct WorkerParts {
    pub(super) endpoint: &'static str,
    pub(super) process: Arc<Process>,
    pub(super) store: Arc<dyn Store>,
    pub(super) handler_groups: HandlerGroups,
    pub(super) work_fn: WorkFn,
    pub(super) settings: InboxSettings,
    pub(super) completer: Completer,
    pub(super) slots: Arc<Slots>,
    pub(super) phase_watch: PhaseWatch,
    pub(super) loop_health: LoopHealth,
}

pub(super) struct Worker {
    pub(super) endpoint: &'static str,
    pub(super) process: Arc<Process>,
    pub(super) store: Arc<dyn Store>,
    pub(super) handler_groups: HandlerGroups,
    work_fn: WorkFn,
    pub(super) settings: InboxSettings,
    completer: Completer,
    pub(super) phase_watch: PhaseWatch,
    /// Notified when a run may be ready, or a slot may be free.
    pub(super) wake_up: Arc<Notify>,
    pub(super) in_flight: Arc<InFlight>,
    /// The health of the endpoint's loops.
    pub(super) loop_health: LoopHealth,
    /// `true` once the log has said that attempts get no thread.
    lacks_threads: AtomicBool,
    /// Number of runs held or being claimed; `stop` waits for it to reach zero.
    in_flight_count: watch::Sender<usize>,
}

/// Ends the wait for slots when it is dropped.
struct EndOfWaiting<'f>(&'f InFlight);

impl Drop for EndOfWaiting<'_> {
    fn drop(&mut self) {
        self.0.wait_for_slots(false);
    }
}

impl Worker {
    pub(super) fn new(parts: WorkerParts) -> Arc<Self> {
        let WorkerParts {
            endpoint,
            process,
            store,
            handler_groups,
            work_fn,
            settings,
            completer,
            slots,
            phase_watch,
            loop_health,
        } = parts;
        let (in_flight_count, _) = watch::channel(0);
        let wake_up = Arc::new(Notify::new());
        let in_flight = Arc::new(InFlight::new(slots.add_claimant(Arc::clone(&wake_up))));
        Arc::new(Self {
            endpoint,
            process,
            store,
            handler_groups,
            work_fn,
            settings,
            completer,
            phase_watch,
            wake_up,
            in_flight,
            loop_health,
            lacks_threads: AtomicBool::new(false),
            in_flight_count,
        })
    }

    /// The lease that this process takes on a run.
    pub(super) fn lease(&self) -> Lease {
        Lease { process_id: self.process.id, duration: self.settings.lease }
    }

    /// A watch on the number of runs held or being claimed.
    pub(super) fn in_flight_count(&self) -> watch::Receiver<usize> {
        self.in_flight_count.subscribe()
    }

    /// Wakes the claiming loop, because a run may be ready.
    pub(super) fn wake_claim_loop(&self) {
        self.wake_up.notify_one();
    }

    /// Begins an inline run that was claimed when its event was stored, without waiting for a slot.
    pub(super) fn start_inline_run(self: &Arc<Self>, claimed: ClaimedRun) -> InlineRun {
        let (end, ended) = oneshot::channel();
        let handler = claimed.handler.clone();
        self.spawn_attempt(claimed, Some(end));
        InlineRun { handler, completed: ended }
    }

    /// Claims runs and works on them, until the endpoint stops.
    pub(super) async fn claim_until_stopped(self: Arc<Self>) {
        let mut monitored = self.loop_health.add_loop("claiming runs");
        let mut outage = ReportedOutage::default();
        let mut round = RoundRobin::default();
        // No slot is kept for a loop that has ended, even if it was aborted.
        let _end = EndOfWaiting(&self.in_flight);
        while self.phase_watch.may_claim() {
            let claimed = monitored.run_iteration(self.claim_and_log(&mut round, &mut outage)).await;
            let Some(pause) = claimed else {
                self.in_flight.wait_for_slots(false);
                continue;
            };
            if pause.is_zero() {
                continue;
            }
            let woken = timeout(pause, self.wake_up.notified());
            self.phase_watch.run_until_phase(Phase::Drain, woken).await;
            // Several attempts may end at once: one claim then fills all of their slots.
            tokio::task::yield_now().await;
        }
    }

    /// Claims runs once. Returns the time until the next claim.
    async fn claim_and_log(
        self: &Arc<Self>,
        round: &mut RoundRobin,
        outage: &mut ReportedOutage,
    ) -> Duration {
        match self.claim_round(round).await {
            Ok(again) => {
                outage.log_recovery();
                if again { Duration::ZERO } else { self.delay_until_due().await }
            }
            Err(error) => {
                outage.log_error(&error, "cannot claim runs");
                self.in_flight.wait_for_slots(false);
                CLAIM_RETRY_DELAY
            }
        }
    }

    /// Time until a run may become ready.
    async fn delay_until_due(&self) -> Duration {
        let poll = self.settings.poll_interval;
        if self.has_no_free_slot() {
            return poll;
        }
        match self.store.delay_until_due(self.endpoint, self.handler_groups.handlers()).await {
            Ok(None) => poll,
            // The run came due since the claim, or a limit keeps it from being claimed, or another
            // process has claimed it.
            Ok(Some(Duration::ZERO)) | Err(_) => CLAIM_RETRY_DELAY.min(poll),
            Ok(Some(due)) => due.min(poll),
        }
    }

    /// Returns whether no run of any handler may be claimed.
    fn has_no_free_slot(&self) -> bool {
        self.in_flight.free_slots(&[], None) == 0
    }

    /// Claims as many runs as there is room for, and starts them. Returns whether to claim again at
    /// once. Round robin advances past the first group that had runs, not past groups that had
    /// none.
    async fn claim_round(self: &Arc<Self>, round: &mut RoundRobin) -> Result<bool, sqlx::Error> {
        let (mut again, mut waits, mut passed) = (false, false, None);
        for (at, HandlerGroup { handlers, max_concurrent: limit }) in
            self.handler_groups.groups_from(round.next_group)
        {
            let room = || self.in_flight.free_slots(handlers, *limit);
            let expects_ready_runs = round.groups_with_more.remove(&at);
            let (claimed, is_full) = self.claim_group(handlers, *limit, expects_ready_runs).await?;
            if is_full || (expects_ready_runs && claimed == 0 && room() == 0) {
                round.groups_with_more.insert(at);
                again |= room() > 0;
            }
            if claimed > 0 {
                passed.get_or_insert(at);
            }
            // Without a slot, the endpoint could not even look for ready runs.
            waits |= (is_full || claimed == 0) && self.in_flight.lacks_slots(handlers, *limit);
        }
        self.in_flight.wait_for_slots(waits);
        round.next_group = passed.map_or(round.next_group, |at| at + 1);
        Ok(again)
    }

    /// Claims runs of these handlers, and starts them. Returns their number, and whether more may
    /// be ready.
    async fn claim_group(
        self: &Arc<Self>,
        handlers: &[&'static str],
        limit: Option<usize>,
        expects_ready_runs: bool,
    ) -> Result<(usize, bool), sqlx::Error> {
        // The claim is counted before the phase is checked, so that `stop` either waits for this
        // claim or prevents it.
        let _claiming = CountGuard::increment(&self.in_flight_count);
        if self.in_flight.free_slots(handlers, limit) == 0 || !self.phase_watch.may_claim() {
            return Ok((0, false));
        }
        let reservation = self.in_flight.reservation();
        let room = &|| reservation.reserve(handlers, limit);
        let request = ClaimRequest {
            endpoint: self.endpoint,
            handlers,
            max_runs: room,
            lease: self.lease(),
            expects_ready_runs,
        };
        let ClaimedBatch { runs, is_full } = self.store.claim_runs(request).await?;
        let count = runs.len();
        for claimed in runs {
            match self.phase_watch.may_claim() {
                true => self.spawn_attempt(claimed, None),
                false => self.give_back(claimed).await,
            }
        }
        Ok((count, is_full))
    }

    /// Gives back a run that was claimed while the endpoint began to stop.
    async fn give_back(&self, claimed: ClaimedRun) {
        let (id, fence) = (claimed.id, claimed.fence);
        let end = AttemptEnd::GiveBack { after: Duration::ZERO };
        self.completer.complete(Completion { id, fence, is_lapsed: false, decides_answer: false, end }).await;
    }

    fn spawn_attempt(self: &Arc<Self>, claimed: ClaimedRun, delivery: Option<oneshot::Sender<()>>) {
        let rule = self.handler_groups.rule(&claimed.handler);
        let deadline = Instant::now() + rule.policy.timeout.saturating_add(self.settings.lease);
        let key = (claimed.id, claimed.fence);
        let held = self.in_flight.begin_attempt(key, &claimed.handler, delivery.is_some(), deadline);
        let count_guard = CountGuard::increment(&self.in_flight_count);
        meter::count_attempt_started(self.endpoint, &claimed.handler);
        tokio::spawn(Arc::clone(self).run_attempt(claimed, rule, delivery, (held, count_guard)));
    }

    async fn run_attempt(
        self: Arc<Self>,
        claimed: ClaimedRun,
        rule: Rule,
        delivery: Option<oneshot::Sender<()>>,
        (mut held, count_guard): (HeldRun, CountGuard),
    ) {
        let (phases, store) = (self.phase_watch.clone(), Arc::clone(&self.store));
        let began = Instant::now();
        let end = match rule.policy.order {
            Some(order) if order.skips_stale && claimed.is_stale => Some(stale_end()),
            _ => attempt::make_attempt(&claimed, rule, &self.work_fn, phases, store).await,
        };
        let elapsed = began.elapsed();
        // The next run may begin while the end is written.
        held.free_slot();
        self.wake_up.notify_one();
        self.log_thread_shortage(end.as_ref());
        let outcome = match end {
            Some(end) => {
                let outcome = end.metric_outcome();
                let (id, fence, decides_answer) = (claimed.id, claimed.fence, rule.replies);
                let completion = Completion { id, fence, is_lapsed: false, decides_answer, end };
                let has_held_run = self.complete_attempt(&claimed.handler, claimed.attempt, completion).await;
                if has_held_run { outcome } else { "lost" }
            }
            None => "done",
        };
        meter::count_attempt_ended(self.endpoint, &claimed.handler, outcome, elapsed);
        if let Some(delivery) = delivery {
            let _ = delivery.send(());
        }
        drop((held, count_guard));
        // The next run of its lane may be ready.
        self.wake_up.notify_one();
    }

    /// Logs a shortage of threads once when it starts, and once when it is over.
    fn log_thread_shortage(&self, end: Option<&AttemptEnd>) {
        let had_no_thread = matches!(end, Some(AttemptEnd::GiveBack { after }) if !after.is_zero());
        if self.lacks_threads.swap(had_no_thread, Relaxed) == had_no_thread {
            return;
        }
        match had_no_thread {
            true => tracing::error!(
                endpoint = self.endpoint,
                "the system gives no thread to attempts; their runs are given back and tried again"
            ),
            false => tracing::info!(endpoint = self.endpoint, "attempts get threads again"),
        }
    }

    /// Writes the completion of an attempt. Returns whether the attempt still held the run.
    pub(super) async fn complete_attempt(&self, handler: &str, attempt: u32, completion: Completion) -> bool {
        let run = completion.id;
        let parked = match &completion.end {
            AttemptEnd::Park { reason, error } => Some((*reason, error.clone())),
            _ => None,
        };
        if !self.completer.complete(completion).await {
            tracing::warn!(
                run,
                handler,
                attempt,
                "the attempt had lost its run: its lease expired before it ended"
            );
            return false;
        }
        if let Some((reason, error)) = parked {
            tracing::error!(run, handler, attempt, reason = reason.as_str(), error, "parked a run");
            meter::count_parked(self.endpoint, handler, reason.as_str(), 1);
        }
        true
    }
}

/// The end of a run whose lane is already past its event.
fn stale_end() -> AttemptEnd {
    let note = "its object was handled from a newer event".to_owned();
    AttemptEnd::Done { result: RunResult::Stale, note: Some(note), reply: None }
}
