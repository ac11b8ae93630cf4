//! How much of other people's bytes is held at once.

use std::{
    ops::Deref,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

/// Counts the bytes of all bodies under way against a limit.
#[derive(Debug)]
pub(crate) struct Intake {
    limit: usize,
    held: AtomicUsize,
}

impl Intake {
    pub(crate) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { limit, held: AtomicUsize::new(0) })
    }

    /// What a body holds that is still to come, or of one that may outlive the delivery.
    #[cfg(any(feature = "actix", feature = "inbox"))]
    pub(crate) fn share(self: &Arc<Self>) -> Share {
        Share { intake: Arc::clone(self), bytes: 0 }
    }

    /// The most that all bodies together may hold.
    #[cfg(feature = "inbox")]
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// What a body holds that is here, unless all bodies together would then hold too much.
    pub(crate) fn share_of(&self, bytes: usize) -> Option<Share<&Self>> {
        let mut share = Share { intake: self, bytes: 0 };
        share.grow(bytes).then_some(share)
    }
}

/// What one body holds, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Share<I: Deref<Target = Intake> = Arc<Intake>> {
    intake: I,
    bytes: usize,
}

impl<I: Deref<Target = Intake>> Share<I> {
    /// Takes `bytes` more, unless all bodies together would then hold too much.
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
