//! The runs that are in this process's hands, from their claim until their end is on the disk, and the places that there are to work on them.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::time::Instant;

/// By run and fence: an attempt whose lease was lost may still be at work when this process claims the run again.
pub(super) type Key = (i64, i64);

pub(super) struct Held {
    /// How many places there are.
    workers: usize,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    runs: HashMap<Key, Run>,
    /// How many attempts have a place.
    working: usize,
    /// How many attempts there are of each handler.
    attempts: HashMap<String, usize>,
    /// How many have had a place, and are not yet on the disk with their ends.
    ended: usize,
}

/// A run that this process works on.
struct Run {
    handler: String,
    /// Whether it began with the delivery of its event, which waits for no place and takes none from others.
    is_inline: bool,
    /// When the attempt should long have ended: its lease is not renewed after that.
    until: Instant,
}

impl Held {
    pub(super) fn new(workers: usize) -> Self {
        Self { workers, table: Mutex::default() }
    }

    /// How many more runs of these handlers may be claimed, of which so many at most are worked on at once. Those whose ends wait for the disk are
    /// never more than there are places: of so many a crash may repeat the work.
    pub(super) fn room(&self, handlers: &[&str], limit: Option<usize>) -> usize {
        let table = self.table();
        let attempts = |handler: &&str| table.attempts.get(*handler).copied().unwrap_or_default();
        let of_handlers = limit
            .map_or(usize::MAX, |limit| limit.saturating_sub(handlers.iter().map(attempts).sum::<usize>()));
        let unwritten = (2 * self.workers).saturating_sub(table.working + table.ended);
        self.workers.saturating_sub(table.working).min(of_handlers).min(unwritten)
    }

    /// An attempt begins.
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

    /// Its handler has ended, and its place is free.
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

    /// Its end is on the disk.
    pub(super) fn let_go(&self, key: Key) {
        let mut table = self.table();
        let run = table.runs.remove(&key);
        table.ended -= usize::from(run.is_some_and(|run| !run.is_inline));
    }

    /// Those whose leases are to be renewed.
    pub(super) fn living(&self) -> Vec<Key> {
        let now = Instant::now();
        self.table().runs.iter().filter(|(_, run)| run.until > now).map(|(key, _)| *key).collect()
    }

    /// Whether the lease of this one is to be renewed.
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
