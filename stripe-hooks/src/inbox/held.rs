//! The runs that this process holds, from their claim until their end is on the disk, and the slots
//! for attempts.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::time::Instant;

/// Run and fence. Both, because an attempt that has lost its lease may still run when this process
/// claims its run again.
pub(super) type Key = (i64, i64);

pub(super) struct Held {
    /// Number of slots.
    workers: usize,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    runs: HashMap<Key, Run>,
    /// Number of attempts that have a slot.
    working: usize,
    /// Number of attempts of each handler.
    attempts: HashMap<String, usize>,
    /// Number of attempts that had a slot and whose end is not on the disk yet.
    ended: usize,
}

/// A run that this process works on.
struct Run {
    handler: String,
    /// `true` if the run began with the delivery of its event. Such a run waits for no slot, and
    /// takes none.
    is_inline: bool,
    /// Time by which the attempt must have ended: its lease is not renewed after that.
    until: Instant,
}

impl Held {
    pub(super) fn new(workers: usize) -> Self {
        Self { workers, table: Mutex::default() }
    }

    /// The number of further runs of these handlers that may be claimed; at most `limit` of their
    /// runs are worked on at once. The runs that have a slot or wait for their commit are at most
    /// twice as many as the slots, which bounds the work that a crash repeats.
    pub(super) fn room(&self, handlers: &[&str], limit: Option<usize>) -> usize {
        let table = self.table();
        let attempts = |handler: &&str| table.attempts.get(*handler).copied().unwrap_or_default();
        let of_handlers = limit
            .map_or(usize::MAX, |limit| limit.saturating_sub(handlers.iter().map(attempts).sum::<usize>()));
        let unwritten = (2 * self.workers).saturating_sub(table.working + table.ended);
        self.workers.saturating_sub(table.working).min(of_handlers).min(unwritten)
    }

    /// Records that an attempt begins.
    pub(super) fn take(&self, key: Key, handler: &str, is_inline: bool, until: Instant) {
        let mut table = self.table();
        table.working += usize::from(!is_inline);
        match table.attempts.get_mut(handler) {
            Some(attempts) => *attempts += 1,
            None => drop(table.attempts.insert(handler.to_owned(), 1)),
        }
        let run = Run { handler: handler.to_owned(), is_inline, until };
        table.runs.insert(key, run);
    }

    /// Records that the handler has ended, and frees its slot.
    pub(super) fn end(&self, key: Key) {
        let table = &mut *self.table();
        let Some(run) = table.runs.get(&key) else { return };
        if let Some(attempts) = table.attempts.get_mut(&run.handler) {
            *attempts -= 1;
        }
        if !run.is_inline {
            table.working -= 1;
            table.ended += 1;
        }
    }

    /// Forgets a run whose end is on the disk.
    pub(super) fn let_go(&self, key: Key) {
        let mut table = self.table();
        let run = table.runs.remove(&key);
        table.ended -= usize::from(run.is_some_and(|run| !run.is_inline));
    }

    /// The runs whose leases must be renewed.
    pub(super) fn living(&self) -> Vec<Key> {
        let now = Instant::now();
        self.table().runs.iter().filter(|(_, run)| run.until > now).map(|(key, _)| *key).collect()
    }

    /// Returns whether the lease of this run must be renewed.
    pub(super) fn is_living(&self, key: Key) -> bool {
        self.table().runs.get(&key).is_some_and(|run| run.until > Instant::now())
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(held: &Held, run: i64, handler: &str, is_inline: bool) {
        held.take((run, 1), handler, is_inline, Instant::now());
    }

    #[test]
    fn a_place_is_free_when_its_handler_has_ended_but_only_so_many_ends_may_wait_for_the_disk() {
        let held = Held::new(2);
        let room = || held.room(&["h"], None);
        for run in 0..4 {
            assert_eq!(room(), 2 - usize::from(run == 3));
            take(&held, run, "h", false);
            held.end((run, 1));
        }
        assert_eq!(room(), 0);
        held.let_go((0, 1));
        assert_eq!(room(), 1);
    }

    #[test]
    fn what_began_with_its_delivery_takes_no_place_but_counts_for_its_handler() {
        let held = Held::new(2);
        take(&held, 1, "h", true);
        assert_eq!(
            (held.room(&["h"], None), held.room(&["h"], Some(1)), held.room(&["other"], Some(1))),
            (2, 0, 1)
        );
        held.end((1, 1));
        held.let_go((1, 1));
        assert_eq!(held.room(&["h"], Some(1)), 1);
    }
}
