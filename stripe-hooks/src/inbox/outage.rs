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

    /// What the database answers, if it does. What it says against it is told.
    pub(super) fn told<T>(&mut self, answer: Result<T, sqlx::Error>, what: &str) -> Option<T> {
        match answer {
            Ok(answer) => {
                self.is_over();
                Some(answer)
            }
            Err(error) => {
                self.tell(&error, what);
                None
            }
        }
    }

    pub(super) fn is_over(&mut self) {
        if mem::take(&mut self.0) {
            tracing::info!("the database answers again");
        }
    }
}
