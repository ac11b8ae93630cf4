//! The slots for attempts, which the endpoints of an inbox share.
//!
//! Invariants:
//! - Attempts with a slot and reserved slots are together at most as many as there are workers.
//! - While several endpoints want slots, each free slot goes to the endpoint that has the fewest,
//!   and among equals to the one that got its last slot longest ago. So an endpoint with a long
//!   queue cannot starve another one.
//! - A free slot never stays unused while an endpoint waits: an endpoint that gives up its claim to
//!   a slot wakes those that wait.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

pub(super) struct Slots {
    /// Number of slots.
    workers: usize,
    table: Mutex<SlotTable>,
}

#[derive(Default)]
struct SlotTable {
    claimants: BTreeMap<u64, ClaimantState>,
    /// Number of attempts that had a slot and whose end is not on the disk yet.
    unwritten: usize,
    /// Number of the last claimant that was added, or of the last slot that was taken.
    last_number: u64,
}

/// One endpoint.
struct ClaimantState {
    /// Number of its attempts that have a slot.
    working: usize,
    /// Number of slots for the runs that it is claiming.
    reserved: usize,
    /// `true` if it found no slot and may have more ready runs.
    is_waiting: bool,
    /// Number of the last slot that it got; 0 if it has had none.
    last_slot_number: u64,
    /// Wakes its claiming loop.
    woken: Arc<Notify>,
}

/// An endpoint among those that share the slots.
pub(super) struct Claimant {
    slots: Arc<Slots>,
    number: u64,
}

impl Slots {
    pub(super) fn new(workers: usize) -> Arc<Self> {
        Arc::new(Self { workers, table: Mutex::default() })
    }

    /// Adds an endpoint. `woken` is notified when a slot that it waits for may be free.
    pub(super) fn add_claimant(self: &Arc<Self>, woken: Arc<Notify>) -> Claimant {
        let mut table = self.lock_table();
        let number = table.next_number();
        table.claimants.insert(
            number,
            ClaimantState { working: 0, reserved: 0, is_waiting: false, last_slot_number: 0, woken },
        );
        drop(table);
        Claimant { slots: Arc::clone(self), number }
    }

    /// Wakes the claiming loops of all endpoints, because a run of any may be ready.
    pub(super) fn wake_claim_loops(&self) {
        self.lock_table().claimants.values().for_each(|entry| entry.woken.notify_one());
    }

    fn lock_table(&self) -> MutexGuard<'_, SlotTable> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SlotTable {
    fn next_number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    /// Number of slots that this endpoint may reserve, including those that it has reserved.
    /// Attempts that have a slot or wait for their commit are at most twice as many as the slots,
    /// which bounds the work that a crash repeats.
    fn slots_for(&self, workers: usize, number: u64) -> usize {
        let own = self.claimants.get(&number);
        let all: usize = self.claimants.values().map(ClaimantState::slots_held).sum();
        let taken = all - own.map_or(0, |own| own.reserved);
        let unwritten = (2 * workers).saturating_sub(taken + self.unwritten);
        let free = workers.saturating_sub(taken).min(unwritten);
        let waiting = self.claimants.iter().filter(|(other, entry)| **other != number && entry.is_waiting);
        // Each endpoint that wants slots, as the slots that it has, the number of its last one, and
        // its own number. All endpoints must find the same order, or a slot would be left to nobody.
        let mut wanting: Vec<_> =
            waiting.map(|(other, entry)| (entry.slots_held(), entry.last_slot_number, *other)).collect();
        if wanting.is_empty() {
            return free;
        }
        wanting.push(own.map_or((0, 0, number), |own| (own.working, own.last_slot_number, number)));
        let mut room = 0;
        for _ in 0..free {
            if let Some((held, _, next)) = wanting.iter_mut().min() {
                *held += 1;
                room += usize::from(*next == number);
            }
        }
        room
    }

    /// Wakes the other endpoints that wait for a slot.
    fn wake_waiting(&self, number: u64) {
        let others = self.claimants.iter().filter(|(other, _)| **other != number);
        others.filter(|(_, entry)| entry.is_waiting).for_each(|(_, entry)| entry.woken.notify_one());
    }
}

impl ClaimantState {
    fn slots_held(&self) -> usize {
        self.working + self.reserved
    }
}

impl Claimant {
    /// Number of slots that this endpoint may take.
    pub(super) fn free_slots(&self) -> usize {
        self.slots.lock_table().slots_for(self.slots.workers, self.number)
    }

    /// Reserves up to `limit` slots in place of those that are reserved, and returns their number.
    pub(super) fn reserve_slots(&self, limit: usize) -> usize {
        let mut table = self.slots.lock_table();
        let room = table.slots_for(self.slots.workers, self.number).min(limit);
        self.change_state(&mut table, |entry| entry.reserved = room);
        room
    }

    /// Frees the slots that are still reserved.
    pub(super) fn release_reserved(&self) {
        let mut table = self.slots.lock_table();
        let mut unused = 0;
        self.change_state(&mut table, |entry| unused = std::mem::take(&mut entry.reserved));
        if unused > 0 {
            table.wake_waiting(self.number);
        }
    }

    /// Gives an attempt a slot, one of those that are reserved.
    pub(super) fn take_slot(&self) {
        let mut table = self.slots.lock_table();
        let number = table.next_number();
        self.change_state(&mut table, |entry| {
            entry.reserved = entry.reserved.saturating_sub(1);
            entry.working += 1;
            entry.last_slot_number = number;
        });
    }

    /// Frees the slot of an attempt that has ended.
    pub(super) fn free_slot(&self) {
        let mut table = self.slots.lock_table();
        self.change_state(&mut table, |entry| entry.working -= 1);
        table.unwritten += 1;
        table.wake_waiting(self.number);
    }

    /// Records that the end of an attempt is on the disk.
    pub(super) fn record_completion(&self) {
        let mut table = self.slots.lock_table();
        table.unwritten -= 1;
        table.wake_waiting(self.number);
    }

    /// Records whether this endpoint waits for a slot: it may have ready runs, and found none for
    /// them.
    pub(super) fn set_waiting(&self, waits: bool) {
        let mut table = self.slots.lock_table();
        let mut waited = false;
        self.change_state(&mut table, |entry| waited = std::mem::replace(&mut entry.is_waiting, waits));
        // The slots that were kept for this endpoint are free for the others.
        if waited && !waits {
            table.wake_waiting(self.number);
        }
    }

    fn change_state(&self, table: &mut SlotTable, change: impl FnOnce(&mut ClaimantState)) {
        table.claimants.get_mut(&self.number).map(change);
    }
}

impl Drop for Claimant {
    fn drop(&mut self) {
        let mut table = self.slots.lock_table();
        table.claimants.remove(&self.number);
        table.wake_waiting(self.number);
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::FutureExt;

    use super::*;

    fn add(slots: &Arc<Slots>) -> (Claimant, Arc<Notify>) {
        let woken = Arc::new(Notify::new());
        (slots.add_claimant(Arc::clone(&woken)), woken)
    }

    /// Takes as many slots as there is room for, as an endpoint with a long queue does.
    fn fill(claimant: &Claimant) -> usize {
        let room = claimant.reserve_slots(usize::MAX);
        (0..room).for_each(|_| claimant.take_slot());
        claimant.release_reserved();
        claimant.set_waiting(true);
        room
    }

    /// Ends one attempt, whose end is written at once.
    fn end(claimant: &Claimant) {
        claimant.free_slot();
        claimant.record_completion();
    }

    fn is_woken(woken: &Notify) -> bool {
        pin!(woken.notified()).now_or_never().is_some()
    }

    #[test]
    fn a_slot_is_free_when_its_attempt_has_ended_but_only_so_many_ends_may_wait_for_the_disk() {
        let slots = Slots::new(2);
        let (claimant, _) = add(&slots);
        for run in 0..4 {
            assert_eq!(claimant.free_slots(), 2 - usize::from(run == 3));
            claimant.take_slot();
            claimant.free_slot();
        }
        assert_eq!(claimant.free_slots(), 0);
        claimant.record_completion();
        assert_eq!(claimant.free_slots(), 1);
    }

    #[test]
    fn the_next_free_slots_are_for_an_endpoint_that_found_none_until_it_has_its_share() {
        let slots = Slots::new(4);
        let ((busy, _), (late, late_woken)) = (add(&slots), add(&slots));
        assert_eq!((fill(&busy), fill(&late)), (4, 0));
        for _ in 0..2 {
            end(&busy);
            assert!(is_woken(&late_woken));
            assert_eq!((fill(&busy), fill(&late)), (0, 1));
        }
        // Each has half, and keeps it although the attempts of the other one end sooner.
        for _ in 0..3 {
            end(&late);
            assert_eq!((fill(&busy), fill(&late)), (0, 1));
        }
        end(&busy);
        assert_eq!((fill(&late), fill(&busy)), (0, 1));
    }

    #[test]
    fn among_equals_the_one_that_got_its_last_slot_longest_ago_is_next() {
        let slots = Slots::new(1);
        let [(first, _), (second, _), (third, _)] = [add(&slots), add(&slots), add(&slots)];
        assert_eq!([&first, &second, &third].map(fill), [1, 0, 0]);
        // One after the other, whoever looks first.
        let mut working = &first;
        for next in [&second, &third, &first, &second] {
            end(working);
            for endpoint in [&third, &first, &second] {
                assert_eq!(endpoint.free_slots(), usize::from(std::ptr::eq(endpoint, next)));
            }
            assert_eq!(fill(next), 1);
            working = next;
        }
    }

    #[test]
    fn slots_that_an_endpoint_has_no_runs_for_are_for_the_others_which_it_wakes() {
        let slots = Slots::new(2);
        let ((busy, busy_woken), (idle, _)) = (add(&slots), add(&slots));
        assert_eq!((fill(&busy), fill(&idle)), (2, 0));
        end(&busy);
        assert_eq!((busy.free_slots(), idle.reserve_slots(usize::MAX)), (0, 1));
        // It looked, and there was no run.
        assert!(!is_woken(&busy_woken));
        idle.release_reserved();
        idle.set_waiting(false);
        assert!(is_woken(&busy_woken));
        assert_eq!(fill(&busy), 1);
        // An endpoint that is gone keeps no slot either.
        idle.set_waiting(true);
        end(&busy);
        assert_eq!(busy.free_slots(), 0);
        drop(idle);
        assert_eq!((is_woken(&busy_woken), busy.free_slots()), (true, 1));
    }

    #[test]
    fn a_reserved_slot_is_taken_by_no_other_endpoint() {
        let slots = Slots::new(3);
        let ((one, _), (other, _)) = (add(&slots), add(&slots));
        assert_eq!(one.reserve_slots(2), 2);
        assert_eq!((other.reserve_slots(usize::MAX), one.reserve_slots(usize::MAX)), (1, 2));
        one.take_slot();
        one.release_reserved();
        assert_eq!((one.free_slots(), other.free_slots()), (1, 2));
    }
}
