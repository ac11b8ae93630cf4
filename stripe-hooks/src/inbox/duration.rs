//! Durations as databases store them.

use std::time::Duration;

/// A thousand years: longer durations are shortened to this, because databases cannot add them to
/// the current time.
const MAX_DURATION: Duration = Duration::from_secs(1_000 * 366 * 86_400);

/// Whole milliseconds, at most those of a thousand years.
pub(super) fn to_milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.min(MAX_DURATION).as_millis()).unwrap_or(i64::MAX)
}
