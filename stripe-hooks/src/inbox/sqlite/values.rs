//! Values as SQLite stores them: times in milliseconds since the Unix epoch, by this machine's
//! clock, and lists as JSON.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::json;

use crate::inbox::duration::to_milliseconds;

/// The current time.
pub(super) fn now_milliseconds() -> i64 {
    to_milliseconds(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

/// The time after this delay.
pub(super) fn time_after(delay: Duration) -> i64 {
    now_milliseconds().saturating_add(to_milliseconds(delay))
}

/// The time that lies `age` in the past.
pub(super) fn time_before(age: Duration) -> i64 {
    now_milliseconds().saturating_sub(to_milliseconds(age))
}

/// The time from one moment to a later one.
pub(super) fn duration_between(since: i64, until: i64) -> Duration {
    Duration::from_millis(u64::try_from(until.saturating_sub(since)).unwrap_or(0))
}

/// A list of texts.
pub(super) fn json_list(items: &[&str]) -> String {
    json!(items).to_string()
}
