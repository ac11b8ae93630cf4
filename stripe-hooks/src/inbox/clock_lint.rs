//! Tests that search the sources for clocks. An inbox on a server only uses the server's clock. An
//! inbox in a file only uses this machine's, which one function reads.

use super::test_sources::read_code;

/// The names of this machine's calendar in Rust.
const MACHINE_CLOCK_NAMES: &[&str] =
    &["SystemTime", "UNIX_EPOCH", "Timestamp::now", "Zoned::now", "Utc::now", "Local::now", "now_utc"];
/// The names of a clock in SQLite.
const SQLITE_CLOCK_NAMES: &[&str] =
    &["unixepoch(", "julianday(", "strftime(", "datetime(", "date('now'", "time('now'", "CURRENT_"];

fn find_clock_readings(folder: &str, words: &[&str]) -> Vec<String> {
    let sources = read_code(folder);
    let matches_in = |(name, text): &(String, String)| {
        let words = words.iter().filter(|word| text.contains(**word));
        words.map(|word| format!("{name}: {word}")).collect::<Vec<_>>()
    };
    let mut all: Vec<_> = sources.iter().flat_map(matches_in).collect();
    all.sort();
    all
}

#[test]
fn shared_code_passes_durations_and_reads_no_clock() {
    assert_eq!(find_clock_readings("", MACHINE_CLOCK_NAMES), [""; 0]);
}

#[test]
fn no_postgres_query_uses_this_machines_clock() {
    assert_eq!(find_clock_readings("postgres", MACHINE_CLOCK_NAMES), [""; 0]);
    // The code for PostgreSQL uses no time that the code for SQLite has read either.
    assert_eq!(find_clock_readings("postgres", &["sqlite::"]), [""; 0]);
}

#[test]
fn a_files_times_are_read_in_one_place_and_none_of_them_by_the_file_itself() {
    assert_eq!(
        find_clock_readings("sqlite", MACHINE_CLOCK_NAMES),
        ["values.rs: SystemTime", "values.rs: UNIX_EPOCH"]
    );
    let (_, values) = read_code("sqlite").into_iter().find(|(name, _)| name == "values.rs").unwrap();
    assert_eq!(values.matches("SystemTime::now()").count(), 1);
    assert_eq!(find_clock_readings("sqlite", SQLITE_CLOCK_NAMES), [""; 0]);
}
