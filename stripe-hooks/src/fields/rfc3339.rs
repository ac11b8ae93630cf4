//! Reads and writes times in RFC 3339, in the form that API v2 uses.

#[cfg(feature = "testing")]
const SECONDS_OF_DAY: i64 = 24 * 60 * 60;

/// Days from 1 March of the year 0 to 1 January 1970.
const DAYS_FROM_YEAR_ZERO_TO_EPOCH: i64 = 719_468;

/// Reads a time such as `2026-10-28T12:34:56.789Z` as milliseconds since the Unix epoch. Stripe
/// writes all of its times in UTC; a time with another offset is `None`.
#[cfg(any(feature = "inbox", test))]
pub(crate) fn parse_rfc3339(text: &str) -> Option<i64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let whole = |text: &str| text.parse::<u32>().ok().map(i64::from);
    let mut date = date.splitn(3, '-').map(whole);
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let mut time = time.splitn(3, ':').map(whole);
    let (hour, minute, second) = (time.next()??, time.next()??, time.next()??);
    let thousandths = whole(format!("{fraction:0<3}").get(..3)?)?;
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || year > 9_999 {
        return None;
    }
    let days = days_since_epoch(year, month, day);
    Some((((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000 + thousandths)
}

/// Writes Unix seconds with the three digits of a fraction that API v2 writes.
#[cfg(feature = "testing")]
pub(crate) fn format_rfc3339(unix: i64) -> String {
    let (days, seconds) = (unix.div_euclid(SECONDS_OF_DAY), unix.rem_euclid(SECONDS_OF_DAY));
    let (year, month, day) = date_from_days(days);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.000Z")
}

/// Midnight of the day with which a text such as `2026-10-28.endive` starts, in Unix seconds.
///
/// # Panics
/// While the compiler evaluates, when the text does not start with a date.
#[cfg(feature = "testing")]
pub(crate) const fn unix_at_midnight(date: &str) -> i64 {
    const fn parse_digits(digits: &[u8]) -> i64 {
        let (mut number, mut at) = (0, 0);
        while at < digits.len() {
            assert!(digits[at].is_ascii_digit(), "the text starts with a date");
            number = number * 10 + (digits[at] - b'0') as i64;
            at += 1;
        }
        number
    }
    let (year, rest) = date.as_bytes().split_at(4);
    let (month, rest) = rest.split_at(3);
    let (day, _) = rest.split_at(3);
    let (_, month) = month.split_at(1);
    let (_, day) = day.split_at(1);
    days_since_epoch(parse_digits(year), parse_digits(month), parse_digits(day)) * SECONDS_OF_DAY
}

/// Days since the Unix epoch in the Gregorian calendar.
///
/// Years are counted from March, so that a leap day is the last day of its year:
/// <https://howardhinnant.github.io/date_algorithms.html>.
const fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    365 * year + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (153 * month + 2) / 5
        + day
        - 1
        - DAYS_FROM_YEAR_ZERO_TO_EPOCH
}

/// The inverse of [`days_since_epoch`]: year, month and day.
#[cfg(feature = "testing")]
const fn date_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + DAYS_FROM_YEAR_ZERO_TO_EPOCH;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year + era * 400 + (month <= 2) as i64, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_thin_event_is_read() {
        assert_eq!(parse_rfc3339("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(parse_rfc3339("2026-10-28T12:34:56.789Z"), Some(1_793_190_896_789));
        assert_eq!(parse_rfc3339("2024-02-29T23:59:59.5Z"), Some(1_709_251_199_500));
        assert_eq!(parse_rfc3339("2024-03-01T00:00:00.123456Z"), Some(1_709_251_200_123));
        for odd in [
            "",
            "Z",
            "TZ",
            "2026-10-28",
            "2026-10-28T12:34Z",
            "2026-13-01T00:00:00Z",
            "9-9-9TäZ",
            "2026-01-01T00:00:00.0€Z",
        ] {
            assert_eq!(parse_rfc3339(odd), None, "{odd}");
        }
    }

    #[cfg(feature = "testing")]
    #[test]
    fn a_time_is_written_as_api_v2_writes_it() {
        assert_eq!(format_rfc3339(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(format_rfc3339(951_782_400), "2000-02-29T00:00:00.000Z");
        assert_eq!(format_rfc3339(1_793_145_600), "2026-10-28T00:00:00.000Z");
        assert_eq!(format_rfc3339(-1), "1969-12-31T23:59:59.000Z");
    }

    #[cfg(feature = "testing")]
    #[test]
    fn what_is_written_is_read_back() {
        // A prime step, so that the days of the month and the times of day vary; from the year 1600
        // to 2400.
        for unix in (-11_676_096_000..13_569_465_600).step_by(7_776_003) {
            assert_eq!(parse_rfc3339(&format_rfc3339(unix)), Some(unix * 1_000), "{unix}");
        }
    }

    #[cfg(feature = "testing")]
    #[test]
    fn the_midnight_of_a_version_is_that_of_its_date() {
        assert_eq!(unix_at_midnight("2026-10-28.endive"), 1_793_145_600);
        assert_eq!(unix_at_midnight("2020-08-27"), 1_598_486_400);
    }
}
