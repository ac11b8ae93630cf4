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
pub(crate) struct Intake {
    limit: usize,
    held: AtomicUsize,
}

impl Intake {
    pub(crate) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { limit, held: AtomicUsize::new(0) })
    }

    /// Returns an empty share for a body that may outlive its delivery.
    #[cfg(feature = "inbox")]
    pub(crate) fn share(self: &Arc<Self>) -> Share {
        Share::new(Arc::clone(self))
    }

    /// Maximum number of bytes of all bodies together.
    #[cfg(feature = "inbox")]
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// Returns the share of a whole body, or `None` if all bodies together would exceed the limit.
    pub(crate) fn share_of(&self, bytes: usize) -> Option<Share<&Self>> {
        let mut share = Share::new(self);
        share.grow(bytes).then_some(share)
    }
}

/// The bytes of one body. Dropping the share returns them to the budget.
#[derive(Debug)]
pub(crate) struct Share<I: Deref<Target = Intake> = Arc<Intake>> {
    intake: I,
    bytes: usize,
}

impl<I: Deref<Target = Intake>> Share<I> {
    /// Returns an empty share, which grows as a body arrives.
    pub(crate) fn new(intake: I) -> Self {
        Self { intake, bytes: 0 }
    }

    /// Takes `bytes` more from the budget. Returns `false`, and takes none, if all bodies together
    /// would exceed the limit.
    pub(crate) fn grow(&mut self, bytes: usize) -> bool {
        let grown = self.intake.held.fetch_update(Relaxed, Relaxed, |held| {
            held.checked_add(bytes).filter(|held| *held <= self.intake.limit)
        });
        self.bytes += if grown.is_ok() { bytes } else { 0 };
        grown.is_ok()
    }
}

impl<I: Deref<Target = Intake>> Drop for Share<I> {
    fn drop(&mut self) {
        self.intake.held.fetch_sub(self.bytes, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_share_one_limit_and_give_back_what_they_held() {
        let intake = Intake::new(10);
        let (first, mut second) = (intake.share_of(6).unwrap(), intake.share_of(4).unwrap());
        assert!(!second.grow(1) && intake.share_of(1).is_none());
        drop(first);
        assert!(second.grow(6));
        assert!(!second.grow(usize::MAX));
        drop(second);
        assert_eq!(intake.held.load(Relaxed), 0);
    }
}
