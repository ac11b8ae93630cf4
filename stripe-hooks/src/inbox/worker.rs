//! The worker: the loop that claims runs and starts their attempts, and the runs that it holds.
//!
//! The loop lives until the inbox stops. A database error is logged once, and the claim is retried.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use tokio::{
    sync::{Notify, oneshot, watch},
    time::{Instant, timeout},
};

use super::{
    attempt::{self, Work},
    counted::Counted,
    held::Held,
    outage::Outage,
    phase::{Phase, Phases},
    process::Process,
    rules::{Group, Rule, Rules},
    run::RunResult,
    settings::Settings,
    settle::Settling,
    slots::Slots,
    store::{Ask, Claimed, Claims, End, Lease, Settlement, Store},
};
use crate::meter;

/// Delay before a failed claim is retried.
const PAUSE: Duration = Duration::from_millis(500);

/// The state of the round robin over the groups of handlers.
#[derive(Default)]
struct Round {
    /// The group whose turn it is.
    turn: usize,
    /// The groups that may have more ready runs than were claimed.
    full: BTreeSet<usize>,
}

/// An inline run, whose attempt has begun.
#[derive(Debug)]
pub(crate) struct Begun {
    pub(crate) handler: String,
    /// Receives a value, or closes, when the attempt has ended and its end is on the disk.
    pub(crate) ended: oneshot::Receiver<()>,
}

/// The parts of a worker.
pub(super) struct Parts {
    pub(super) endpoint: &'static str,
    pub(super) process: Arc<Process>,
    pub(super) store: Arc<dyn Store>,
    pub(super) rules: Rules,
    pub(super) work: Work,
    pub(super) settings: Settings,
    pub(super) settling: Settling,
    pub(super) slots: Arc<Slots>,
    pub(super) phases: Phases,
}

pub(super) struct Worker {
    pub(super) endpoint: &'static str,
    pub(super) process: Arc<Process>,
    pub(super) store: Arc<dyn Store>,
    pub(super) rules: Rules,
    work: Work,
    pub(super) settings: Settings,
    settling: Settling,
    pub(super) phases: Phases,
    /// Notified when a run may be ready, or a slot may be free.
    pub(super) woken: Arc<Notify>,
    pub(super) held: Held,
    /// Number of runs held or being claimed; `stop` waits for it to reach zero.
    count: watch::Sender<usize>,
}

impl Worker {
    pub(super) fn new(parts: Parts) -> Arc<Self> {
        let Parts { endpoint, process, store, rules, work, settings, settling, slots, phases } = parts;
        let (count, _) = watch::channel(0);
        let woken = Arc::new(Notify::new());
        let held = Held::new(slots.add(Arc::clone(&woken)));
        Arc::new(Self {
            endpoint,
            process,
            store,
            rules,
            work,
            settings,
            settling,
            phases,
            woken,
            held,
            count,
        })
    }

    /// The lease that this process takes on a run.
    pub(super) fn lease(&self) -> Lease {
        Lease { process: self.process.id, time: self.settings.lease }
    }

    /// A watch on the number of runs held or being claimed.
    pub(super) fn held(&self) -> watch::Receiver<usize> {
        self.count.subscribe()
    }

    /// Wakes the claiming loop, because a run may be ready.
    pub(super) fn wake(&self) {
        self.woken.notify_one();
    }

    /// Begins an inline run that was claimed when its event was stored, without waiting for a slot.
    pub(super) fn adopt(self: &Arc<Self>, claimed: Claimed) -> Begun {
        let (end, ended) = oneshot::channel();
        let handler = claimed.handler.clone();
        self.take(claimed, Some(end));
        Begun { handler, ended }
    }

    /// Claims runs and works on them, until the inbox stops.
    pub(super) async fn claim_until_stopped(self: Arc<Self>) {
        let mut outage = Outage::default();
        let mut round = Round::default();
        while self.phases.are_working() {
            let pause = match self.claim(&mut round).await {
                Ok(true) => {
                    outage.is_over();
                    continue;
                }
                Ok(false) => {
                    outage.is_over();
                    self.until_due().await
                }
                Err(error) => {
                    outage.tell(&error, "cannot claim runs");
                    self.held.wait_for_slots(false);
                    PAUSE
                }
            };
            let woken = timeout(pause, self.woken.notified());
            self.phases.unless(Phase::Drain, woken).await;
            // Several attempts may end at once: one claim then fills all of their slots.
            tokio::task::yield_now().await;
        }
        self.held.wait_for_slots(false);
    }

    /// Time until a run may become ready.
    async fn until_due(&self) -> Duration {
        let poll = self.settings.poll;
        if self.is_busy() {
            return poll;
        }
        match self.store.next_due(self.endpoint, self.rules.all()).await {
            // A limit keeps a run that is due from being claimed, or another process has claimed
            // it.
            Ok(Some(Duration::ZERO)) | Ok(None) | Err(_) => poll,
            Ok(Some(due)) => due.min(poll),
        }
    }

    /// Returns whether no run of any handler may be claimed.
    fn is_busy(&self) -> bool {
        self.held.room(&[], None) == 0
    }

    /// Claims as many runs as there is room for, and starts them. Returns whether to claim again at
    /// once. Round robin advances past the first group that had runs, not past groups that had
    /// none.
    async fn claim(self: &Arc<Self>, round: &mut Round) -> Result<bool, sqlx::Error> {
        let (mut again, mut waits, mut passed) = (false, false, None);
        for (at, Group { handlers, limit }) in self.rules.groups(round.turn) {
            let room = || self.held.room(handlers, *limit);
            let expects = round.full.remove(&at);
            let (claimed, is_full) = self.claim_some(handlers, *limit, expects).await?;
            if is_full || (expects && claimed == 0 && room() == 0) {
                round.full.insert(at);
                again |= room() > 0;
            }
            if claimed > 0 {
                passed.get_or_insert(at);
            }
            // Without a slot, the endpoint could not even look for ready runs.
            waits |= (is_full || claimed == 0) && self.held.lacks_slots(handlers, *limit);
        }
        self.held.wait_for_slots(waits);
        round.turn = passed.map_or(round.turn, |at| at + 1);
        Ok(again)
    }

    /// Claims runs of these handlers, and starts them. Returns their number, and whether more may
    /// be ready.
    async fn claim_some(
        self: &Arc<Self>,
        handlers: &[&'static str],
        limit: Option<usize>,
        expects: bool,
    ) -> Result<(usize, bool), sqlx::Error> {
        // Counted before the phase is checked, so that `stop` either waits for this claim or
        // prevents it.
        let _claiming = Counted::among(&self.count);
        if self.held.room(handlers, limit) == 0 || !self.phases.are_working() {
            return Ok((0, false));
        }
        let reservation = self.held.reservation();
        let room = &|| reservation.reserve(handlers, limit);
        let ask = Ask { endpoint: self.endpoint, handlers, room, lease: self.lease(), expects };
        let Claims { runs, is_full } = self.store.claim(ask).await?;
        let count = runs.len();
        for claimed in runs {
            match self.phases.are_working() {
                true => self.take(claimed, None),
                false => self.give_back(claimed).await,
            }
        }
        Ok((count, is_full))
    }

    /// Gives back a run that was claimed while the inbox began to stop.
    async fn give_back(&self, claimed: Claimed) {
        let (id, fence) = (claimed.id, claimed.fence);
        let end = End::GiveBack;
        self.settling.settle(Settlement { id, fence, is_lapsed: false, decides_answer: false, end }).await;
    }

    fn take(self: &Arc<Self>, claimed: Claimed, delivery: Option<oneshot::Sender<()>>) {
        let rule = self.rules.rule(&claimed.handler);
        let until = Instant::now() + rule.policy.timeout.saturating_add(self.settings.lease);
        self.held.take((claimed.id, claimed.fence), &claimed.handler, delivery.is_some(), until);
        let counted = Counted::among(&self.count);
        meter::attempt_began(self.endpoint, &claimed.handler);
        tokio::spawn(Arc::clone(self).work_on(claimed, rule, delivery, counted));
    }

    async fn work_on(
        self: Arc<Self>,
        claimed: Claimed,
        rule: Rule,
        delivery: Option<oneshot::Sender<()>>,
        counted: Counted,
    ) {
        let (phases, store) = (self.phases.clone(), Arc::clone(&self.store));
        let key = (claimed.id, claimed.fence);
        let began = Instant::now();
        let end = match rule.policy.order {
            Some(order) if order.skips_stale && claimed.is_stale => Some(stale()),
            _ => attempt::attempt(&claimed, rule, &self.work, phases, store).await,
        };
        let elapsed = began.elapsed();
        // The next run may begin while the end is written.
        self.held.end(key);
        self.woken.notify_one();
        let outcome = match end {
            Some(end) => {
                let outcome = end.word();
                let (id, fence, decides_answer) = (claimed.id, claimed.fence, rule.replies);
                let settlement = Settlement { id, fence, is_lapsed: false, decides_answer, end };
                let held = self.end(&claimed.handler, claimed.attempt, settlement).await;
                if held { outcome } else { "lost" }
            }
            None => "done",
        };
        meter::attempt_ended(self.endpoint, &claimed.handler, outcome, elapsed);
        if let Some(delivery) = delivery {
            let _ = delivery.send(());
        }
        self.held.let_go(key);
        drop(counted);
        // The next run of its lane may be ready.
        self.woken.notify_one();
    }

    /// Writes the end of an attempt. Returns whether the attempt still held the run.
    pub(super) async fn end(&self, handler: &str, attempt: u32, settlement: Settlement) -> bool {
        let run = settlement.id;
        let parked = match &settlement.end {
            End::Park { reason, error } => Some((*reason, error.clone())),
            _ => None,
        };
        if !self.settling.settle(settlement).await {
            tracing::warn!(
                run,
                handler,
                attempt,
                "the run was no longer this attempt's: its lease had passed"
            );
            return false;
        }
        if let Some((reason, error)) = parked {
            tracing::error!(run, handler, attempt, reason = reason.as_str(), error, "parked a run");
            meter::parked(self.endpoint, handler, reason.as_str(), 1);
        }
        true
    }
}

/// The end of a run whose lane is already past its event.
fn stale() -> End {
    let note = "its object was handled from a newer event".to_owned();
    End::Done { result: RunResult::Stale, note: Some(note), reply: None }
}
