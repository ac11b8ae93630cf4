//! Values as PostgreSQL takes and returns them.

use std::{borrow::Cow, time::Duration};

use crate::inbox::duration;

/// One column of many rows, which goes to the database as one array.
pub(super) fn collect_column<'r, R, T>(rows: &'r [R], cell: impl FnMut(&'r R) -> T) -> Vec<T> {
    rows.iter().map(cell).collect()
}

/// A text without NUL, which PostgreSQL refuses.
pub(super) fn without_nul(text: &str) -> Cow<'_, str> {
    match text.contains('\0') {
        true => text.replace('\0', "\u{fffd}").into(),
        false => text.into(),
    }
}

/// A duration that the database has computed in seconds; zero if it is negative.
pub(super) fn duration_from_seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::ZERO)
}

/// A duration in milliseconds, as a factor of `interval '1 millisecond'`, which PostgreSQL only
/// multiplies by numbers of this type.
#[expect(clippy::cast_precision_loss, reason = "the milliseconds of a thousand years are exact")]
pub(super) fn to_milliseconds_f64(duration: Duration) -> f64 {
    duration::to_milliseconds(duration) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_beyond_all_time_is_a_thousand_years() {
        assert_eq!(to_milliseconds_f64(Duration::from_millis(1_500)).to_string(), "1500");
        assert_eq!(to_milliseconds_f64(Duration::MAX).to_string(), "31622400000000");
    }
}
