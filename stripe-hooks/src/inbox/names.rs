//! The names of this process's endpoints on each inbox. A name belongs to one endpoint at a time:
//! two endpoints of one name would run each other's events, each with its own state.

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The id of an inbox, the number of a simulated process, and the name of an endpoint.
type Key = (String, u64, &'static str);

static TAKEN: Mutex<BTreeSet<Key>> = Mutex::new(BTreeSet::new());

/// The name of one endpoint on one inbox. It is free again when this is dropped.
#[derive(Debug)]
pub(super) struct TakenName(Key);

impl TakenName {
    /// Takes the name, or returns `None` if another endpoint has it.
    pub(super) fn try_take(inbox: &str, process: u64, endpoint: &'static str) -> Option<Self> {
        let key = (inbox.to_owned(), process, endpoint);
        // `then` builds the value lazily: a dropped value would free the other endpoint's name.
        let is_free = lock_taken_names().insert(key.clone());
        is_free.then(|| Self(key))
    }
}

impl Drop for TakenName {
    fn drop(&mut self) {
        lock_taken_names().remove(&self.0);
    }
}

fn lock_taken_names() -> MutexGuard<'static, BTreeSet<Key>> {
    TAKEN.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::{sync::Barrier, thread};

    use super::*;

    #[test]
    fn a_name_belongs_to_one_endpoint_of_an_inbox_and_process_until_it_is_dropped() {
        let first = TakenName::try_take("inbox", 0, "shop");
        assert!(first.is_some() && TakenName::try_take("inbox", 0, "shop").is_none());
        for (inbox, process, endpoint) in
            [("other", 0, "shop"), ("inbox", 1, "shop"), ("inbox", 0, "connect")]
        {
            assert!(TakenName::try_take(inbox, process, endpoint).is_some(), "{inbox} {process} {endpoint}");
        }
        drop(first);
        assert!(TakenName::try_take("inbox", 0, "shop").is_some());
    }

    #[test]
    fn of_many_that_take_a_name_at_once_one_gets_it() {
        let start = Barrier::new(8);
        let taken = thread::scope(|scope| {
            let take = || {
                start.wait();
                TakenName::try_take("contested", 0, "shop")
            };
            let taking: Vec<_> = (0..8).map(|_| scope.spawn(take)).collect();
            taking.into_iter().filter_map(|taking| taking.join().unwrap()).collect::<Vec<_>>()
        });
        assert_eq!(taken.len(), 1);
    }
}
