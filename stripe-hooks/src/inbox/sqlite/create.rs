//! A new file, which takes its name when it is whole: a program that is killed meanwhile leaves none behind that could be taken for a
//! damaged one.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use sqlx::{ConnectOptions, Connection, sqlite::SqliteJournalMode};

use super::{
    options,
    schema::{Failure, migrate},
};

/// Makes the file with its tables. When another process makes it at the same time, one of the two stays.
pub(super) async fn create(path: &Path) -> Result<(), Failure> {
    let draft = draft(path);
    let made = make(&draft, path).await;
    for left in [draft.clone(), beside(&draft, "-wal"), beside(&draft, "-shm"), beside(&draft, "-journal")] {
        let _ = fs::remove_file(left);
    }
    made
}

async fn make(draft: &Path, path: &Path) -> Result<(), Failure> {
    let _ = fs::remove_file(draft);
    // The log of this one is a file that is gone with the commit, so that all that matters has one name.
    let options = options(draft).create_if_missing(true).journal_mode(SqliteJournalMode::Delete);
    let mut connection = options.connect().await?;
    migrate(&mut connection).await?;
    connection.close().await?;
    publish(draft, path).map_err(|error| Failure::Database(error.into()))
}

/// Gives the file its name, unless there is one of that name by now.
fn publish(draft: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(draft, path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
        // A file system without links.
        Err(_) => fs::rename(draft, path)?,
    }
    // The name is on the disk when its folder is. Not every system lets a folder be opened.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// A name that no other process and no other thread uses.
fn draft(path: &Path) -> PathBuf {
    static DRAFTS: AtomicUsize = AtomicUsize::new(0);
    let draft = DRAFTS.fetch_add(1, Ordering::Relaxed);
    beside(path, &format!(".new-{}-{draft}", std::process::id()))
}

/// The file of the same name with something at its end.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
