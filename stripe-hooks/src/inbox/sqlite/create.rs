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

/// The bytes of a page: room for several bodies of two or three thousand, of which half of the usual page would stay empty.
const PAGE: u32 = 8_192;

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
    let options =
        options(draft).create_if_missing(true).journal_mode(SqliteJournalMode::Delete).page_size(PAGE);
    let mut connection = options.connect().await?;
    migrate(&mut connection).await?;
    connection.close().await?;
    publish(draft, path).map_err(|error| Failure::Database(error.into()))
}

/// Gives the file its name, unless there is one of that name by now. Only a link does that in one step: a file that is renamed takes the place of one
/// that another process has just made.
fn publish(draft: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(draft, path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
        Err(error) => {
            let advice = "a new file takes its name by a hard link, and could not; where the file system has none, make the file on another \
                 one, and move it there while no program uses it";
            return Err(io::Error::new(error.kind(), format!("{advice} ({error})")));
        }
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

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn of_many_files_that_want_one_name_the_first_keeps_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.db");
        thread::scope(|scope| {
            for number in 0..16 {
                let path = &path;
                scope.spawn(move || {
                    let draft = draft(path);
                    fs::write(&draft, format!("the file of {number}")).unwrap();
                    publish(&draft, path).unwrap();
                    let first = fs::read(path).unwrap();
                    publish(&draft, path).unwrap();
                    assert_eq!(fs::read(path).unwrap(), first);
                });
            }
        });
    }

    #[test]
    fn what_cannot_be_linked_is_not_given_the_name_in_another_way() {
        let folder = tempfile::tempdir().unwrap();
        let (draft, path) = (folder.path().join("draft"), folder.path().join("events.db"));
        // A folder can be renamed, and not linked, as no file can on some file systems.
        fs::create_dir(&draft).unwrap();
        let error = publish(&draft, &path).unwrap_err().to_string();
        assert!(error.starts_with("a new file takes its name by a hard link, and could not"), "{error}");
        assert!(draft.exists() && !path.exists());
    }
}
