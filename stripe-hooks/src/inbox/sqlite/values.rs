//! Values as SQLite stores them: times in milliseconds since the Unix epoch, by this machine's
//! clock, and lists as JSON.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::json;

use crate::inbox::duration::milliseconds;

/// The current time.
pub(super) fn now() -> i64 {
    milliseconds(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

/// The time after this delay.
pub(super) fn after(delay: Duration) -> i64 {
    now().saturating_add(milliseconds(delay))
}

/// The time before which something happened that is older than `age`.
pub(super) fn before(age: Duration) -> i64 {
    now().saturating_sub(milliseconds(age))
}

/// The time from one moment to a later one.
pub(super) fn between(since: i64, until: i64) -> Duration {
    Duration::from_millis(u64::try_from(until.saturating_sub(since)).unwrap_or(0))
}

/// A list of texts.
pub(super) fn list(items: &[&str]) -> String {
    json!(items).to_string()
}
