//! Opens an inbox's file. A file that is not an inbox, or is damaged, is refused and left as it is.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use sqlx::{SqlitePool, sqlite::SqliteJournalMode};

use super::{
    connections::{SqliteStore, connect_options},
    create,
    failure::{damaged_file_problem, problem_from_sqlite_error},
    schema,
};
use crate::{error::EndpointProblem, inbox::version::check_version};

/// Size up to which the whole file is checked when it is opened.
const MAX_CHECKED_SIZE: u64 = 1 << 30;

/// Opens the file, creates it if it is missing, and migrates its tables.
pub(super) async fn open_or_create(path: PathBuf) -> Result<SqliteStore, EndpointProblem> {
    let place = path.display().to_string();
    match fs::metadata(&path) {
        Ok(file) if file.len() == 0 => {
            return Err(EndpointProblem::Inbox(format!(
                "the inbox in `{place}` cannot be used: the file is empty, which an inbox never is; restore it from a backup, or remove \
                 it to start with an empty inbox"
            )));
        }
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let log = create::with_suffix(&path, "-wal");
            if log.exists() {
                return Err(EndpointProblem::Inbox(format!(
                    "the inbox in `{place}` is missing, and its log `{}` is still there; restore the file, or remove the log to start with an empty inbox",
                    log.display()
                )));
            }
            create::create_file(&path).await.map_err(|error| problem_from_sqlite_error(&place, &error))?;
        }
        Err(error) => return Err(problem_from_sqlite_error(&place, &error.into())),
    }
    let logged = connect_options(&path).journal_mode(SqliteJournalMode::Wal);
    let store =
        SqliteStore::connect(logged).await.map_err(|error| problem_from_sqlite_error(&place, &error))?;
    check_file(&store.write_pool, &path, &place).await?;
    let migrated = async { schema::migrate(&mut *store.write_pool.acquire().await?).await };
    let version = migrated.await.map_err(|error| problem_from_sqlite_error(&place, &error))?;
    check_version(&place, Some(version), schema::known_version())?;
    Ok(store)
}

/// Opens the file as it is. A file without an inbox stays untouched, even the mode of its log.
pub(super) async fn open_existing(path: PathBuf) -> Result<SqliteStore, EndpointProblem> {
    let place = path.display().to_string();
    if !path.exists() {
        return Err(EndpointProblem::Inbox(format!(
            "the inbox in `{place}` cannot be used: there is no such file; name the one that the receiver opens"
        )));
    }
    let opened = async {
        let store = SqliteStore::connect(connect_options(&path)).await?;
        let version = schema::read_version(&store.read_pool).await?;
        Ok((store, version))
    };
    let (store, version) = opened.await.map_err(|error| problem_from_sqlite_error(&place, &error))?;
    check_version(&place, version, schema::known_version())?;
    Ok(store)
}

/// Lets SQLite check the file's content.
async fn check_file(pool: &SqlitePool, path: &Path, place: &str) -> Result<(), EndpointProblem> {
    if fs::metadata(path).is_ok_and(|file| file.len() > MAX_CHECKED_SIZE) {
        return Ok(());
    }
    let verdict: Result<String, _> = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(pool).await;
    match verdict {
        Ok(verdict) if verdict == "ok" => Ok(()),
        Ok(verdict) => Err(damaged_file_problem(place, &verdict)),
        Err(error) => Err(problem_from_sqlite_error(place, &error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_connection_syncs_what_it_commits() {
        let folder = tempfile::tempdir().unwrap();
        let store = open_or_create(folder.path().join("events.db")).await.unwrap();
        for pool in [&store.write_pool, &store.read_pool] {
            let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(pool).await.unwrap();
            let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(pool).await.unwrap();
            assert_eq!((synchronous, &*journal), (2, "wal"));
        }
    }
}
