//! The times in a sample: in order around the time of its event.

const SECONDS_PER_DAY: i64 = 24 * 60 * 60;

/// The time of a field, given that the event happened at `now`.
pub(crate) fn field_time(name: &str, now: i64) -> i64 {
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let away = if name == "created" {
        -10
    } else if has(&[
        "expir",
        "_end",
        "due",
        "until",
        "arrival",
        "next",
        "available",
        "cancel_at",
        "ends_at",
        "deadline",
    ]) && !has(&["canceled", "expired_at"])
    {
        if name.contains("period") { 20 * SECONDS_PER_DAY } else { 7 * SECONDS_PER_DAY }
    } else if name == "end" {
        20 * SECONDS_PER_DAY
    } else if has(&["start", "anchor", "from", "begin"]) {
        -10 * SECONDS_PER_DAY
    } else {
        -5
    };
    now.saturating_add(away)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::rfc3339;

    #[test]
    fn times_are_in_order() {
        let now = 1_800_000_000;
        for (earlier, later) in [
            ("current_period_start", "created"),
            ("created", "paid_at"),
            ("canceled_at", "expires_at"),
            ("paid_at", "current_period_end"),
            ("trial_start", "trial_end"),
        ] {
            assert!(field_time(earlier, now) < field_time(later, now), "{earlier} before {later}");
        }
        assert!(field_time("canceled_at", now) <= now && field_time("expired_at", now) <= now);
    }

    #[test]
    fn no_time_is_too_far_away() {
        for name in ["current_period_end", "created", "period_start", "expires_at", "end", "paid_at"] {
            for now in [i64::MIN, i64::MAX] {
                assert!(field_time(name, now).abs_diff(now) <= 20 * SECONDS_PER_DAY.unsigned_abs(), "{name}");
                assert!(rfc3339::format_rfc3339(field_time(name, now)).ends_with(".000Z"), "{name}");
            }
        }
    }
}
