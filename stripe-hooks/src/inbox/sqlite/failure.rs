//! The messages for a file that cannot be used.

use super::connections::BUSY_TIMEOUT;
use crate::error::EndpointProblem;

/// The problem with a file, from SQLite's error.
pub(super) fn problem_from_sqlite_error(place: &str, error: &sqlx::Error) -> EndpointProblem {
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
    // The upper bytes of a code tell variants of the same error apart.
    match code.map(|code| code & 0xff) {
        Some(SQLITE_CORRUPT | SQLITE_NOTADB) => damaged_file_problem(place, &error.to_string()),
        Some(SQLITE_BUSY | SQLITE_LOCKED) => EndpointProblem::Inbox(format!(
            "the inbox in `{place}` has been locked by another program for {BUSY_TIMEOUT:?}; start again once that program has released it ({error})"
        )),
        _ => EndpointProblem::Inbox(format!("the inbox in `{place}` cannot be used: {error}")),
    }
}

// See <https://sqlite.org/rescode.html>.
const SQLITE_BUSY: u32 = 5;
const SQLITE_LOCKED: u32 = 6;
const SQLITE_CORRUPT: u32 = 11;
const SQLITE_NOTADB: u32 = 26;

/// The problem with a damaged file.
pub(super) fn damaged_file_problem(place: &str, found: &str) -> EndpointProblem {
    EndpointProblem::Inbox(format!(
        "the inbox in `{place}` is damaged, and was left as it is; restore it from a backup, or remove it to start with an empty inbox ({found})"
    ))
}
