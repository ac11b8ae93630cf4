//! A limit of one per second for work that a flood of deliveries must not repeat.

use std::time::{Duration, Instant};

/// The time of the last permitted use.
#[derive(Debug, Default)]
pub(super) struct Throttle(Option<Instant>);

impl Throttle {
    /// Permits one use per second. Returns whether this one is permitted.
    pub(super) fn try_acquire(&mut self) -> bool {
        let is_due = self.0.is_none_or(|last| last.elapsed() >= Duration::from_secs(1));
        if is_due {
            self.0 = Some(Instant::now());
        }
        is_due
    }
}
