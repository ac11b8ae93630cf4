//! The budget for the bytes of all bodies in flight.

use std::{
    ops::Deref,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

/// Counts the bytes of all bodies in flight against a limit.
#[derive(Debug)]
pub(crate) struct BodyBudget {
    limit: usize,
    reserved: AtomicUsize,
}

impl BodyBudget {
    pub(crate) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { limit, reserved: AtomicUsize::new(0) })
    }

    /// Returns an empty reservation for a body that may outlive its delivery.
    #[cfg(feature = "inbox")]
    pub(crate) fn new_reservation(self: &Arc<Self>) -> Reservation {
        Reservation::new(Arc::clone(self))
    }

    /// Maximum number of bytes of all bodies together.
    #[cfg(feature = "inbox")]
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// Returns the reservation of a whole body, or `None` if all bodies together would exceed the
    /// limit.
    pub(crate) fn reserve(&self, bytes: usize) -> Option<Reservation<&Self>> {
        let mut reservation = Reservation::new(self);
        reservation.try_grow(bytes).then_some(reservation)
    }
}

/// The bytes of one body. Dropping the reservation returns them to the budget.
#[derive(Debug)]
pub(crate) struct Reservation<I: Deref<Target = BodyBudget> = Arc<BodyBudget>> {
    budget: I,
    bytes: usize,
}

impl<I: Deref<Target = BodyBudget>> Reservation<I> {
    /// Returns an empty reservation, which grows as a body arrives.
    pub(crate) fn new(budget: I) -> Self {
        Self { budget, bytes: 0 }
    }

    /// Takes `bytes` more from the budget. Returns `false`, and takes none, if all bodies together
    /// would exceed the limit.
    pub(crate) fn try_grow(&mut self, bytes: usize) -> bool {
        let grown = self.budget.reserved.fetch_update(Relaxed, Relaxed, |held| {
            held.checked_add(bytes).filter(|held| *held <= self.budget.limit)
        });
        self.bytes += if grown.is_ok() { bytes } else { 0 };
        grown.is_ok()
    }
}

impl<I: Deref<Target = BodyBudget>> Drop for Reservation<I> {
    fn drop(&mut self) {
        self.budget.reserved.fetch_sub(self.bytes, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_share_one_limit_and_give_back_what_they_held() {
        let budget = BodyBudget::new(10);
        let (first, mut second) = (budget.reserve(6).unwrap(), budget.reserve(4).unwrap());
        assert!(!second.try_grow(1) && budget.reserve(1).is_none());
        drop(first);
        assert!(second.try_grow(6));
        assert!(!second.try_grow(usize::MAX));
        drop(second);
        assert_eq!(budget.reserved.load(Relaxed), 0);
    }
}
