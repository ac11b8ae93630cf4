//! The loop that claims runs and starts their attempts, and the watch over those that are under way.
//!
//! It lives until it is told to stop: what a database says against it is logged once and tried again.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use tokio::{
    runtime::Handle,
    sync::{Notify, oneshot, watch},
    time::{Instant, timeout},
};

use super::{
    Work,
    accept::Begun,
    attempt,
    counted::Counted,
    held::Held,
    outage::Outage,
    rules::{Group, Rules},
    settings::{Settings, Share},
    settle::Settling,
    store::{Accepted, Arrival, Ask, Claimed, Claims, End, Settlement, Store},
};
use crate::{meter, policy::Policy};

/// How long to wait before a failed claim is tried again.
const PAUSE: Duration = Duration::from_millis(500);

/// What an inbox is doing, in the order in which it happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// Claims and works.
    Work,
    /// Claims nothing more, and waits for what runs.
    Drain,
    /// Stops what runs, and gives it back.
    GiveBack,
    /// Is gone.
    Closed,
}

/// Where the claims have come to.
#[derive(Default)]
struct Round {
    /// Whose turn it is.
    turn: usize,
    /// Of which groups there may be more than was claimed.
    full: BTreeSet<usize>,
}

pub(super) struct Worker {
    pub(super) endpoint: &'static str,
    pub(super) store: Arc<dyn Store>,
    pub(super) rules: Rules,
    work: Work,
    pub(super) settings: Settings,
    /// Told when there may be something to claim, or a place to work on it.
    pub(super) woken: Arc<Notify>,
    settling: Settling,
    phases: watch::Receiver<Phase>,
    pub(super) held: Held,
    /// How many are held or being claimed, for who waits for the last.
    count: watch::Sender<usize>,
}

impl Worker {
    #[expect(clippy::too_many_arguments, reason = "each is one of its parts")]
    pub(super) fn new(
        endpoint: &'static str,
        store: Arc<dyn Store>,
        rules: Rules,
        work: Work,
        settings: Settings,
        woken: Arc<Notify>,
        settling: Settling,
        phases: watch::Receiver<Phase>,
    ) -> Arc<Self> {
        let (count, _) = watch::channel(0);
        let held = Held::new(settings.workers);
        Arc::new(Self { endpoint, store, rules, work, settings, woken, settling, phases, held, count })
    }

    /// How many runs are under way.
    pub(super) fn held(&self) -> watch::Receiver<usize> {
        self.count.subscribe()
    }

    /// Says that there may be something to claim.
    pub(super) fn wake(&self) {
        self.woken.notify_one();
    }

    /// Stores events; their inline runs are this process's from that moment.
    pub(super) async fn accept(&self, arrivals: &[Arrival]) -> Result<Vec<Accepted>, sqlx::Error> {
        self.store.accept(self.endpoint, arrivals, self.settings.lease).await
    }

    /// Begins an inline run, however many others are under way.
    pub(super) fn begin(self: &Arc<Self>, claimed: Claimed) -> Begun {
        let (end, ended) = oneshot::channel();
        let handler = claimed.handler.clone();
        self.take(claimed, Some(end));
        Begun { handler, ended }
    }

    /// Begins to work on what its process has a share in. Where that is nothing, there are still the inline runs of what it stores.
    pub(super) fn start(self: Arc<Self>, runtime: &Handle) {
        runtime.spawn(Arc::clone(&self).renew_until_closed());
        if self.settings.share != Share::Work {
            runtime.spawn(Arc::clone(&self).tell_until_closed());
        }
        if self.settings.share == Share::Accept {
            return;
        }
        runtime.spawn(Arc::clone(&self).claim_until_stopped());
        runtime.spawn(Arc::clone(&self).prune_until_stopped());
        runtime.spawn(Arc::clone(&self).hear_until_stopped());
        runtime.spawn(self.sweep_until_stopped());
    }

    /// Resolves when the inbox has come this far.
    pub(super) async fn reaches(&self, phase: Phase) {
        // The sender goes away with the endpoint, which is as far as it gets.
        let _ = self.phases.clone().wait_for(|now| *now >= phase).await;
    }

    async fn claim_until_stopped(self: Arc<Self>) {
        let mut outage = Outage::default();
        let mut round = Round::default();
        while self.is_working() && self.phases.has_changed().is_ok() {
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
                    PAUSE
                }
            };
            let woken = timeout(pause, self.woken.notified());
            let _ = futures_util::future::select(
                std::pin::pin!(woken),
                std::pin::pin!(self.reaches(Phase::Drain)),
            )
            .await;
            // Several end at once, and are to be followed by as many.
            tokio::task::yield_now().await;
        }
    }

    /// How long nothing is expected to become ready.
    async fn until_due(&self) -> Duration {
        let poll = self.settings.poll;
        if self.is_busy() {
            return poll;
        }
        match self.store.next_due(self.endpoint, self.rules.all()).await {
            // What is due and could not be claimed is kept by a limit, or is another's by now.
            Ok(Some(Duration::ZERO)) | Ok(None) | Err(_) => poll,
            Ok(Some(due)) => due.min(poll),
        }
    }

    fn is_working(&self) -> bool {
        *self.phases.borrow() == Phase::Work
    }

    /// Whether nothing may be claimed, whatever it is.
    fn is_busy(&self) -> bool {
        self.held.room(&[], None) == 0
    }

    /// Claims what there is room for, and starts it; says whether to look again at once. The turn passes on from the first that had something, and
    /// not from who was only asked.
    async fn claim(self: &Arc<Self>, round: &mut Round) -> Result<bool, sqlx::Error> {
        let (mut again, mut passed) = (false, None);
        for (at, Group { handlers, limit }) in self.rules.groups(round.turn) {
            let room = || self.held.room(handlers, *limit);
            let expects = round.full.remove(&at);
            let (claimed, is_full) = self.claim_some(handlers, &room, expects).await?;
            if is_full || (expects && claimed == 0 && room() == 0) {
                round.full.insert(at);
                again |= room() > 0;
            }
            if claimed > 0 {
                passed.get_or_insert(at);
            }
        }
        round.turn = passed.map_or(round.turn, |at| at + 1);
        Ok(again)
    }

    /// Claims runs of these handlers, and starts them; says how many there were, and whether there may be more.
    async fn claim_some(
        self: &Arc<Self>,
        handlers: &[&'static str],
        room: &(dyn Fn() -> usize + Sync),
        expects: bool,
    ) -> Result<(usize, bool), sqlx::Error> {
        // Counted before the phase is looked at, so that who stops the inbox either waits for this or keeps it from being asked.
        let _claiming = Counted::among(&self.count);
        if room() == 0 || !self.is_working() {
            return Ok((0, false));
        }
        let ask = Ask { endpoint: self.endpoint, handlers, room, lease: self.settings.lease, expects };
        let Claims { runs, is_full } = self.store.claim(ask).await?;
        let count = runs.len();
        for claimed in runs {
            match self.is_working() {
                true => self.take(claimed, None),
                false => self.give_back(claimed).await,
            }
        }
        Ok((count, is_full))
    }

    /// Returns what was claimed while the inbox was told to stop.
    async fn give_back(&self, claimed: Claimed) {
        let (id, fence) = (claimed.id, claimed.fence);
        self.settling.settle(Settlement { id, fence, is_lapsed: false, end: End::GiveBack }).await;
    }

    fn take(self: &Arc<Self>, claimed: Claimed, delivery: Option<oneshot::Sender<()>>) {
        let policy = self.rules.policy(&claimed.handler);
        let until = Instant::now() + policy.timeout.saturating_add(self.settings.lease);
        self.held.take((claimed.id, claimed.fence), &claimed.handler, delivery.is_some(), until);
        let counted = Counted::among(&self.count);
        meter::attempt_began(self.endpoint, &claimed.handler);
        tokio::spawn(Arc::clone(self).work_on(claimed, policy, delivery, counted));
    }

    async fn work_on(
        self: Arc<Self>,
        claimed: Claimed,
        policy: Policy,
        delivery: Option<oneshot::Sender<()>>,
        counted: Counted,
    ) {
        let (phases, store) = (self.phases.clone(), Arc::clone(&self.store));
        let key = (claimed.id, claimed.fence);
        let began = Instant::now();
        let end = match policy.order {
            Some(order) if order.skips_stale && claimed.is_stale => Some(stale()),
            _ => attempt::attempt(&claimed, policy, &self.work, phases, store).await,
        };
        let elapsed = began.elapsed();
        // While its end is written, the next may begin.
        self.held.end(key);
        self.woken.notify_one();
        let outcome = match end {
            Some(end) => {
                let outcome = end.word();
                let settlement = Settlement { id: claimed.id, fence: claimed.fence, is_lapsed: false, end };
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
        // The next of its lane may be ready.
        self.woken.notify_one();
    }

    /// Writes how an attempt ended; says whether the run was still this attempt's.
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
            meter::parked(self.endpoint, handler, reason, 1);
        }
        true
    }
}

/// The end of a run that came too late.
fn stale() -> End {
    let note = "stale: its object was handled from a newer event".to_owned();
    End::Done { note: Some(note), answer: None }
}
