//! A database that is away: said once, and once more when it is back.

use std::mem;

/// Whether the database is away, so that this is told once and not at each try.
#[derive(Debug, Default)]
pub(super) struct Outage(bool);

impl Outage {
    pub(super) fn tell(&mut self, error: &sqlx::Error, what: &str) {
        if !mem::replace(&mut self.0, true) {
            tracing::error!(%error, "{what}; tries on");
        }
    }

    pub(super) fn is_over(&mut self) {
        if mem::take(&mut self.0) {
            tracing::info!("the database answers again");
        }
    }
}
