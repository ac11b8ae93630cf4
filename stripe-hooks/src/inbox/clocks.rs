//! Whose clock a question of the inbox goes by, looked for in the sources: on a server the server's, and with a file one reading of this
//! machine's, in one place.

use std::{fs, path::Path};

/// What reads this machine's calendar in Rust.
const OF_THE_MACHINE: &[&str] =
    &["SystemTime", "UNIX_EPOCH", "Timestamp::now", "Zoned::now", "Utc::now", "Local::now", "now_utc"];
/// What reads a clock in SQLite's words.
const OF_SQLITE: &[&str] =
    &["unixepoch(", "julianday(", "strftime(", "datetime(", "date('now'", "time('now'", "CURRENT_"];

/// The sources in a folder of the inbox, by name, without comments and tests.
fn sources(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/inbox").join(folder);
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file());
    files
        .filter(|path| !path.ends_with("clocks.rs"))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
            let is_code = |line: &&str| !["//", "--"].iter().any(|mark| line.trim_start().starts_with(mark));
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, code.lines().filter(is_code).collect::<Vec<_>>().join("\n"))
        })
        .collect()
}

fn readings(folder: &str, words: &[&str]) -> Vec<String> {
    let found = sources(folder);
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
    assert_eq!(readings("", OF_THE_MACHINE), [""; 0]);
}

#[test]
fn no_question_to_a_server_names_a_time_of_this_machines_clock() {
    assert_eq!(readings("postgres", OF_THE_MACHINE), [""; 0]);
    // Nor one that SQLite's side has read.
    assert_eq!(readings("postgres", &["sqlite::"]), [""; 0]);
}

#[test]
fn a_files_times_are_read_in_one_place_and_none_of_them_by_the_file_itself() {
    assert_eq!(readings("sqlite", OF_THE_MACHINE), ["store.rs: SystemTime", "store.rs: UNIX_EPOCH"]);
    let (_, store) = sources("sqlite").into_iter().find(|(name, _)| name == "store.rs").unwrap();
    assert_eq!(store.matches("SystemTime::now()").count(), 1);
    assert_eq!(readings("sqlite", OF_SQLITE), [""; 0]);
}
