//! The runs that an endpoint holds, from their claim until their completion is on the disk, and the
//! limits on its attempts.

use std::{
    collections::HashMap,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::time::Instant;

use super::slots::Claimant;

/// Id and fence of a run. The fence is needed because an attempt that has lost its lease may still
/// run when this process claims its run again.
pub(super) type RunKey = (i64, i64);

pub(super) struct InFlight {
    /// The endpoint's part in the slots that all endpoints of the inbox share.
    claimant: Claimant,
    table: Mutex<InFlightTable>,
}

#[derive(Default)]
struct InFlightTable {
    runs: HashMap<RunKey, InFlightRun>,
    /// Number of attempts of each handler.
    attempts_by_handler: HashMap<String, usize>,
}

/// A run that this process works on.
struct InFlightRun {
    handler: String,
    /// `true` if the run began with the delivery of its event. Such a run waits for no slot, and
    /// takes none.
    is_inline: bool,
    /// Time by which the attempt must have ended: its lease is not renewed after that.
    deadline: Instant,
}

/// A run that this process holds. When it is dropped, its slot is free and the run is forgotten, even
/// if the attempt's task has panicked.
pub(super) struct HeldRun {
    in_flight: Arc<InFlight>,
    key: RunKey,
    is_working: bool,
}

/// Slots that are reserved while a claim is under way. A slot that no run took is free again when
/// this is dropped.
pub(super) struct SlotReservation<'h>(&'h InFlight);

impl InFlight {
    pub(super) fn new(claimant: Claimant) -> Self {
        Self { claimant, table: Mutex::default() }
    }

    /// The number of further runs of these handlers that may be claimed; at most `limit` of their
    /// runs are worked on at once.
    pub(super) fn free_slots(&self, handlers: &[&str], limit: Option<usize>) -> usize {
        self.allowed(handlers, limit).min(self.claimant.free_slots())
    }

    /// Returns whether only the slots keep more runs of these handlers from being claimed.
    pub(super) fn lacks_slots(&self, handlers: &[&str], limit: Option<usize>) -> bool {
        self.claimant.free_slots() == 0 && self.allowed(handlers, limit) > 0
    }

    /// Records whether the endpoint waits for a slot: it may have ready runs, and found none for
    /// them.
    pub(super) fn wait_for_slots(&self, waits: bool) {
        self.claimant.set_waiting(waits);
    }

    /// Begins a claim, without a slot so far.
    pub(super) fn reservation(&self) -> SlotReservation<'_> {
        SlotReservation(self)
    }

    /// The number of further runs of these handlers that `limit` allows.
    fn allowed(&self, handlers: &[&str], limit: Option<usize>) -> usize {
        let Some(limit) = limit else { return usize::MAX };
        let table = self.lock_table();
        let attempts = |handler: &&str| table.attempts_by_handler.get(*handler).copied().unwrap_or_default();
        limit.saturating_sub(handlers.iter().map(attempts).sum::<usize>())
    }

    /// Records that an attempt begins.
    pub(super) fn begin_attempt(
        self: &Arc<Self>,
        key: RunKey,
        handler: &str,
        is_inline: bool,
        deadline: Instant,
    ) -> HeldRun {
        if !is_inline {
            self.claimant.take_slot();
        }
        let mut table = self.lock_table();
        match table.attempts_by_handler.get_mut(handler) {
            Some(attempts) => *attempts += 1,
            None => drop(table.attempts_by_handler.insert(handler.to_owned(), 1)),
        }
        let run = InFlightRun { handler: handler.to_owned(), is_inline, deadline };
        table.runs.insert(key, run);
        drop(table);
        HeldRun { in_flight: Arc::clone(self), key, is_working: true }
    }

    fn end_attempt(&self, key: RunKey) {
        let table = &mut *self.lock_table();
        let Some(run) = table.runs.get(&key) else { return };
        if let Some(attempts) = table.attempts_by_handler.get_mut(&run.handler) {
            *attempts -= 1;
        }
        if !run.is_inline {
            self.claimant.free_slot();
        }
    }

    fn forget_run(&self, key: RunKey) {
        if self.lock_table().runs.remove(&key).is_some_and(|run| !run.is_inline) {
            self.claimant.record_completion();
        }
    }

    /// The runs whose leases must be renewed.
    pub(super) fn runs_to_renew(&self) -> Vec<RunKey> {
        let now = Instant::now();
        self.lock_table().runs.iter().filter(|(_, run)| run.deadline > now).map(|(key, _)| *key).collect()
    }

    /// Returns whether the lease of this run must be renewed.
    pub(super) fn needs_renewal(&self, key: RunKey) -> bool {
        self.lock_table().runs.get(&key).is_some_and(|run| run.deadline > Instant::now())
    }

    fn lock_table(&self) -> MutexGuard<'_, InFlightTable> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HeldRun {
    /// Records that the handler has ended, and frees its slot. The run is held until its completion is
    /// on the disk.
    pub(super) fn free_slot(&mut self) {
        if mem::take(&mut self.is_working) {
            self.in_flight.end_attempt(self.key);
        }
    }
}

impl Drop for HeldRun {
    fn drop(&mut self) {
        self.free_slot();
        self.in_flight.forget_run(self.key);
    }
}

impl SlotReservation<'_> {
    /// Reserves slots for further runs of these handlers, and returns their number.
    pub(super) fn reserve(&self, handlers: &[&str], limit: Option<usize>) -> usize {
        self.0.claimant.reserve_slots(self.0.allowed(handlers, limit))
    }
}

impl Drop for SlotReservation<'_> {
    fn drop(&mut self) {
        self.0.claimant.release_reserved();
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::Notify;

    use super::*;
    use crate::inbox::slots::Slots;

    fn in_flight(workers: usize) -> Arc<InFlight> {
        Arc::new(InFlight::new(Slots::new(workers).add_claimant(Arc::new(Notify::new()))))
    }

    fn begin_attempt(in_flight: &Arc<InFlight>, run: i64, handler: &str, is_inline: bool) -> HeldRun {
        in_flight.begin_attempt((run, 1), handler, is_inline, Instant::now())
    }

    #[test]
    fn a_run_that_began_with_its_delivery_takes_no_slot_but_counts_for_its_handler() {
        let in_flight = in_flight(2);
        let held = begin_attempt(&in_flight, 1, "h", true);
        assert_eq!(
            (
                in_flight.free_slots(&["h"], None),
                in_flight.free_slots(&["h"], Some(1)),
                in_flight.free_slots(&["other"], Some(1))
            ),
            (2, 0, 1)
        );
        drop(held);
        assert_eq!(in_flight.free_slots(&["h"], Some(1)), 1);
    }

    #[test]
    fn an_endpoint_lacks_slots_only_if_no_limit_of_its_own_keeps_it_from_claiming() {
        let in_flight = in_flight(1);
        assert!(!in_flight.lacks_slots(&["h"], Some(1)));
        let _held = begin_attempt(&in_flight, 1, "h", false);
        assert!(!in_flight.lacks_slots(&["h"], Some(1)));
        assert!(in_flight.lacks_slots(&["h"], None) && in_flight.lacks_slots(&["h"], Some(2)));
    }

    #[test]
    fn a_claim_reserves_no_more_than_the_limit_of_its_handlers_and_keeps_nothing_it_did_not_take() {
        let in_flight = in_flight(4);
        let reservation = in_flight.reservation();
        assert_eq!(reservation.reserve(&["h"], Some(2)), 2);
        let _held = begin_attempt(&in_flight, 1, "h", false);
        drop(reservation);
        assert_eq!((in_flight.free_slots(&["h"], Some(2)), in_flight.free_slots(&["h"], None)), (1, 3));
    }

    #[test]
    fn an_attempt_that_is_given_up_at_any_moment_leaves_no_slot_taken() {
        let in_flight = in_flight(1);
        for has_ended in [false, true] {
            let mut held = begin_attempt(&in_flight, 1, "h", false);
            assert_eq!(in_flight.free_slots(&["h"], Some(1)), 0);
            if has_ended {
                held.free_slot();
            }
            drop(held);
            // Twice as many as there are workers may wait for the disk; none is left of these.
            assert_eq!(in_flight.free_slots(&["h"], Some(1)), 1);
        }
        assert!(in_flight.runs_to_renew().is_empty());
    }
}
