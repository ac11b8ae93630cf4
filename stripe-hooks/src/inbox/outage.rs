//! Logs a database outage once when it starts, and once when it is over.

use std::mem;

/// An outage that the log has reported, so that the log does not repeat it at every retry.
#[derive(Debug, Default)]
pub(super) struct Outage(bool);

impl Outage {
    pub(super) fn tell(&mut self, error: &sqlx::Error, what: &str) {
        if !mem::replace(&mut self.0, true) {
            tracing::error!(%error, "{what}; tries on");
        }
    }

    /// The database's answer, or `None` after an error, which is logged.
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
