//! Tests that search the sources for clocks. An inbox on a server only uses the server's clock. An
//! inbox in a file only uses this machine's, which one function reads.

use std::{fs, path::Path};

/// The names of this machine's calendar in Rust.
const MACHINE_CLOCK_NAMES: &[&str] =
    &["SystemTime", "UNIX_EPOCH", "Timestamp::now", "Zoned::now", "Utc::now", "Local::now", "now_utc"];
/// The names of a clock in SQLite.
const SQLITE_CLOCK_NAMES: &[&str] =
    &["unixepoch(", "julianday(", "strftime(", "datetime(", "date('now'", "time('now'", "CURRENT_"];

/// The sources in a folder of the inbox, by file name, without comments and tests.
fn read_sources(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/inbox").join(folder);
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file());
    files
        .filter(|path| !path.ends_with("clock_lint.rs"))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
            let is_code = |line: &&str| !["//", "--"].iter().any(|mark| line.trim_start().starts_with(mark));
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, code.lines().filter(is_code).collect::<Vec<_>>().join("\n"))
        })
        .collect()
}

fn find_clock_readings(folder: &str, words: &[&str]) -> Vec<String> {
    let found = read_sources(folder);
    assert!(found.len() > 5, "nothing to look into");
    let said = |(name, text): &(String, String)| {
        let words = words.iter().filter(|word| text.contains(**word));
        words.map(|word| format!("{name}: {word}")).collect::<Vec<_>>()
    };
    let mut all: Vec<_> = found.iter().flat_map(said).collect();
    all.sort();
    all
}

#[test]
fn what_both_engines_are_asked_says_how_long_and_never_when() {
    assert_eq!(find_clock_readings("", MACHINE_CLOCK_NAMES), [""; 0]);
}

#[test]
fn no_question_to_a_server_names_a_time_of_this_machines_clock() {
    assert_eq!(find_clock_readings("postgres", MACHINE_CLOCK_NAMES), [""; 0]);
    // Nor a time that the code for SQLite has read.
    assert_eq!(find_clock_readings("postgres", &["sqlite::"]), [""; 0]);
}

#[test]
fn a_files_times_are_read_in_one_place_and_none_of_them_by_the_file_itself() {
    assert_eq!(
        find_clock_readings("sqlite", MACHINE_CLOCK_NAMES),
        ["values.rs: SystemTime", "values.rs: UNIX_EPOCH"]
    );
    let (_, values) = read_sources("sqlite").into_iter().find(|(name, _)| name == "values.rs").unwrap();
    assert_eq!(values.matches("SystemTime::now()").count(), 1);
    assert_eq!(find_clock_readings("sqlite", SQLITE_CLOCK_NAMES), [""; 0]);
}
