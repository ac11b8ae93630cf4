//! Logs a database outage once when it starts, and once when it is over.

use std::mem;

/// An outage that the log has reported, so that the log does not repeat it at every retry.
#[derive(Debug, Default)]
pub(super) struct ReportedOutage(bool);

impl ReportedOutage {
    pub(super) fn log_error(&mut self, error: &sqlx::Error, what: &str) {
        if !mem::replace(&mut self.0, true) {
            tracing::error!(%error, "{what}; retrying");
        }
    }

    /// The database's answer, or `None` after an error, which is logged.
    pub(super) fn log_result<T>(&mut self, answer: Result<T, sqlx::Error>, what: &str) -> Option<T> {
        match answer {
            Ok(answer) => {
                self.log_recovery();
                Some(answer)
            }
            Err(error) => {
                self.log_error(&error, what);
                None
            }
        }
    }

    pub(super) fn log_recovery(&mut self) {
        if mem::take(&mut self.0) {
            tracing::info!("the database answers again");
        }
    }
}
