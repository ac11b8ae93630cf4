//! Opens an inbox's file. A file that is not an inbox, or is damaged, is refused and left as it is.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use sqlx::{SqlitePool, sqlite::SqliteJournalMode};

use super::{
    connections::{SqliteStore, options},
    create,
    failure::{damaged, unusable},
    schema,
};
use crate::{error::Problem, inbox::version::check_version};

/// Size up to which the whole file is checked when it is opened.
const CHECKED: u64 = 1 << 30;

/// Opens the file, creates it if it is missing, and migrates its tables.
pub(super) async fn open(path: PathBuf) -> Result<SqliteStore, Problem> {
    let place = path.display().to_string();
    match fs::metadata(&path) {
        Ok(file) if file.len() == 0 => {
            return Err(Problem::Inbox(format!(
                "the inbox in `{place}` cannot be used: the file is empty, which an inbox never is; restore it from a backup, or remove \
                 it to start with an empty inbox"
            )));
        }
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let log = create::beside(&path, "-wal");
            if log.exists() {
                return Err(Problem::Inbox(format!(
                    "the inbox in `{place}` is missing, and its log `{}` is still there; restore the file, or remove the log to start with an empty inbox",
                    log.display()
                )));
            }
            create::create(&path).await.map_err(|error| unusable(&place, &error))?;
        }
        Err(error) => return Err(unusable(&place, &error.into())),
    }
    let logged = options(&path).journal_mode(SqliteJournalMode::Wal);
    let store = SqliteStore::connect(logged).await.map_err(|error| unusable(&place, &error))?;
    check_file(&store.write, &path, &place).await?;
    let migrated = async { schema::migrate(&mut *store.write.acquire().await?).await };
    let version = migrated.await.map_err(|error| unusable(&place, &error))?;
    check_version(&place, Some(version), schema::known())?;
    Ok(store)
}

/// Opens the file as it is. A file without an inbox stays untouched, even the mode of its log.
pub(super) async fn open_existing(path: PathBuf) -> Result<SqliteStore, Problem> {
    let place = path.display().to_string();
    if !path.exists() {
        return Err(Problem::Inbox(format!(
            "the inbox in `{place}` cannot be used: there is no such file; name the one that the receiver opens"
        )));
    }
    let opened = async {
        let store = SqliteStore::connect(options(&path)).await?;
        let version = schema::version(&store.read).await?;
        Ok((store, version))
    };
    let (store, version) = opened.await.map_err(|error| unusable(&place, &error))?;
    check_version(&place, version, schema::known())?;
    Ok(store)
}

/// Lets SQLite check the file's content.
async fn check_file(pool: &SqlitePool, path: &Path, place: &str) -> Result<(), Problem> {
    if fs::metadata(path).is_ok_and(|file| file.len() > CHECKED) {
        return Ok(());
    }
    let verdict: Result<String, _> = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(pool).await;
    match verdict {
        Ok(verdict) if verdict == "ok" => Ok(()),
        Ok(verdict) => Err(damaged(place, &verdict)),
        Err(error) => Err(unusable(place, &error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_connection_syncs_what_it_commits() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path().join("events.db")).await.unwrap();
        for pool in [&store.write, &store.read] {
            let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(pool).await.unwrap();
            let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(pool).await.unwrap();
            assert_eq!((synchronous, &*journal), (2, "wal"));
        }
    }
}
