//! Which times a sample holds: in order around the time of its event, and written as Stripe writes them.

const DAY: i64 = 24 * 60 * 60;

/// The time of a field, given that the event happened at `now`.
pub(crate) fn of_field(name: &str, now: i64) -> i64 {
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
        if name.contains("period") { 20 * DAY } else { 7 * DAY }
    } else if name == "end" {
        20 * DAY
    } else if has(&["start", "anchor", "from", "begin"]) {
        -10 * DAY
    } else {
        -5
    };
    now.saturating_add(away)
}

/// Unix seconds in RFC 3339, with the milliseconds that API v2 writes.
pub(crate) fn rfc3339(unix: i64) -> String {
    let (days, seconds) = (unix.div_euclid(DAY), unix.rem_euclid(DAY));
    // Years are counted from March, so that a leap day comes last: <https://howardhinnant.github.io/date_algorithms.html>.
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.000Z")
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert!(of_field(earlier, now) < of_field(later, now), "{earlier} before {later}");
        }
        assert!(of_field("canceled_at", now) <= now && of_field("expired_at", now) <= now);
    }

    #[test]
    fn no_time_is_too_far_away() {
        for name in ["current_period_end", "created", "period_start", "expires_at", "end", "paid_at"] {
            for now in [i64::MIN, i64::MAX] {
                assert!(of_field(name, now).abs_diff(now) <= 20 * DAY.unsigned_abs(), "{name}");
                assert!(rfc3339(of_field(name, now)).ends_with(".000Z"), "{name}");
            }
        }
    }

    #[test]
    fn a_time_is_written_as_api_v2_writes_it() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(rfc3339(951_782_400), "2000-02-29T00:00:00.000Z");
        assert_eq!(rfc3339(1_793_145_600), "2026-10-28T00:00:00.000Z");
        assert_eq!(rfc3339(-1), "1969-12-31T23:59:59.000Z");
    }
}
