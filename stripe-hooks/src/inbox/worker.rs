//! The loop that claims runs and starts their attempts, and the watch over those that are under way.
//!
//! It lives until it is told to stop: what a database says against it is logged once and tried again.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    runtime::Handle,
    sync::{Notify, oneshot, watch},
    time::{Instant, sleep, timeout},
};

use super::{
    Work,
    accept::Begun,
    attempt,
    counted::Counted,
    operator,
    outage::Outage,
    rules::{Group, Rules},
    settings::{Settings, Share},
    settle::Settling,
    store::{Accepted, Arrival, Ask, Claimed, End, Settlement, Store},
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

/// A run that this process works on.
#[derive(Debug)]
pub(super) struct Held {
    handler: String,
    /// Whether it began with the delivery of its event, which waits for no worker and takes none from others.
    is_inline: bool,
    /// When the attempt should long have ended: its lease is not renewed after that.
    pub(super) until: Instant,
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
    /// By run and fence: an attempt whose lease was lost may still be at work when this process claims the run again.
    held: Mutex<HashMap<(i64, i64), Held>>,
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
        let held = Mutex::default();
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
        let mut turn = 0_usize;
        while self.is_working() && self.phases.has_changed().is_ok() {
            let pause = match self.claim(&mut turn).await {
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
        }
    }

    /// How long nothing is expected to become ready.
    async fn until_due(&self) -> Duration {
        let poll = self.settings.poll;
        if self.free() == 0 {
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

    fn free(&self) -> usize {
        let working = self.table().values().filter(|held| !held.is_inline).count();
        self.settings.workers.saturating_sub(working)
    }

    /// Claims what there is room for, and starts it; says whether to look again at once. The turn passes on from the first that had something, and
    /// not from who was only asked.
    async fn claim(self: &Arc<Self>, turn: &mut usize) -> Result<bool, sqlx::Error> {
        let (mut full, mut passed) = (false, None);
        for (at, Group { handlers, limit }) in self.rules.groups(*turn) {
            let is_one = |held: &&Held| handlers.contains(&&*held.handler);
            let room = match limit {
                Some(limit) => limit.saturating_sub(self.table().values().filter(is_one).count()),
                None => usize::MAX,
            };
            let limit = room.min(self.free());
            let claimed = self.claim_some(handlers, limit).await?;
            full |= limit > 0 && claimed == limit;
            if claimed > 0 {
                passed.get_or_insert(at);
            }
        }
        *turn = passed.map_or(*turn, |at| at + 1);
        Ok(full && self.free() > 0)
    }

    /// Claims runs of these handlers, and starts them; says how many there were.
    async fn claim_some(
        self: &Arc<Self>,
        handlers: &[&'static str],
        limit: usize,
    ) -> Result<usize, sqlx::Error> {
        // Counted before the phase is looked at, so that who stops the inbox either waits for this or keeps it from being asked.
        let _claiming = Counted::among(&self.count);
        if limit == 0 || !self.is_working() {
            return Ok(0);
        }
        let ask = Ask { endpoint: self.endpoint, handlers, limit, lease: self.settings.lease };
        let claimed = self.store.claim(ask).await?;
        let count = claimed.len();
        for claimed in claimed {
            match self.is_working() {
                true => self.take(claimed, None),
                false => self.give_back(claimed).await,
            }
        }
        Ok(count)
    }

    /// Returns what was claimed while the inbox was told to stop.
    async fn give_back(&self, claimed: Claimed) {
        let (id, fence) = (claimed.id, claimed.fence);
        self.settling.settle(Settlement { id, fence, is_lapsed: false, end: End::GiveBack }).await;
    }

    fn take(self: &Arc<Self>, claimed: Claimed, delivery: Option<oneshot::Sender<()>>) {
        let policy = self.rules.policy(&claimed.handler);
        let until = Instant::now() + policy.timeout.saturating_add(self.settings.lease);
        let held = Held { handler: claimed.handler.clone(), is_inline: delivery.is_some(), until };
        self.table().insert((claimed.id, claimed.fence), held);
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
        let began = Instant::now();
        let end = match policy.order {
            Some(order) if order.skips_stale && claimed.is_stale => Some(stale()),
            _ => attempt::attempt(&claimed, policy, &self.work, phases, store).await,
        };
        let elapsed = began.elapsed();
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
        self.table().remove(&(claimed.id, claimed.fence));
        drop(counted);
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

    async fn renew_until_closed(self: Arc<Self>) {
        let mut outage = Outage::default();
        loop {
            let pause = std::pin::pin!(sleep(self.settings.lease / 3));
            let closed = std::pin::pin!(self.reaches(Phase::Closed));
            if let futures_util::future::Either::Right(_) = futures_util::future::select(pause, closed).await
            {
                return;
            }
            let now = Instant::now();
            let held: Vec<_> =
                self.table().iter().filter(|(_, held)| held.until > now).map(|(run, _)| *run).collect();
            if held.is_empty() {
                continue;
            }
            match self.store.renew(&held, self.settings.lease).await {
                Ok(()) => outage.is_over(),
                Err(error) => outage.tell(&error, "cannot renew leases"),
            }
        }
    }

    async fn hear_until_stopped(self: Arc<Self>) {
        let stopped = std::pin::pin!(self.reaches(Phase::Drain));
        futures_util::future::select(self.store.hear(&self.woken), stopped).await;
    }

    /// Deliveries may still come while what runs is waited for.
    async fn tell_until_closed(self: Arc<Self>) {
        let closed = std::pin::pin!(self.reaches(Phase::Closed));
        futures_util::future::select(self.store.tell(), closed).await;
    }

    async fn prune_until_stopped(self: Arc<Self>) {
        /// How often to look for what has been kept long enough.
        const INTERVAL: Duration = Duration::from_secs(60 * 60);
        let stopped = std::pin::pin!(self.reaches(Phase::Drain));
        let pruning = std::pin::pin!(async {
            loop {
                match operator::prune(&*self.store, self.settings.retention).await {
                    Ok(0) => {}
                    Ok(removed) => {
                        tracing::info!(removed, "removed bodies and events that were kept long enough");
                    }
                    Err(error) => tracing::error!(%error, "cannot remove what was kept long enough"),
                }
                sleep(INTERVAL).await;
            }
        });
        let _: futures_util::future::Either<((), _), ((), _)> =
            futures_util::future::select(pruning, stopped).await;
    }

    pub(super) fn table(&self) -> MutexGuard<'_, HashMap<(i64, i64), Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The end of a run that came too late.
fn stale() -> End {
    let note = "stale: its object was handled from a newer event".to_owned();
    End::Done { note: Some(note), answer: None }
}
