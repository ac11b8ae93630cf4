//! Creates a new file under another name, and gives it its name once it is complete. A program that
//! is killed before that leaves no file that looks like a damaged inbox.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use sqlx::{ConnectOptions, Connection, sqlite::SqliteJournalMode};

use super::{connections::connect_options, schema::migrate};

/// Bytes of a page. Several bodies of two or three thousand bytes fit into one; half of a page of
/// the default size would stay empty.
const PAGE_SIZE: u32 = 8_192;

/// Creates the file with its tables. When another process creates it at the same time, one of the
/// two files stays.
pub(super) async fn create_file(path: &Path) -> Result<(), sqlx::Error> {
    let draft = draft_path(path);
    let made = create_draft(&draft, path).await;
    for left in [
        draft.clone(),
        with_suffix(&draft, "-wal"),
        with_suffix(&draft, "-shm"),
        with_suffix(&draft, "-journal"),
    ] {
        let _ = fs::remove_file(left);
    }
    made
}

async fn create_draft(draft: &Path, path: &Path) -> Result<(), sqlx::Error> {
    let _ = fs::remove_file(draft);
    // In this mode the log is gone after each commit, so that one file holds everything.
    let options = connect_options(draft)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Delete)
        .page_size(PAGE_SIZE);
    let mut connection = options.connect().await?;
    migrate(&mut connection).await?;
    connection.close().await?;
    Ok(publish_draft(draft, path)?)
}

/// Gives the file its name, unless that name is taken by now. Only a hard link does both in one
/// step: a rename would replace the file that another process has just created.
fn publish_draft(draft: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(draft, path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
        Err(error) => {
            let advice = "a new file takes its name by a hard link, and could not; where the file system has none, make the file on another \
                 one, and move it there while no program uses it";
            return Err(io::Error::new(error.kind(), format!("{advice} ({error})")));
        }
    }
    // The name is on the disk once its folder is. Not every system can open a folder.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// A name that no other process and no other thread uses.
fn draft_path(path: &Path) -> PathBuf {
    static DRAFT_COUNTER: AtomicUsize = AtomicUsize::new(0);
    let draft = DRAFT_COUNTER.fetch_add(1, Ordering::Relaxed);
    with_suffix(path, &format!(".new-{}-{draft}", std::process::id()))
}

/// The path with a suffix.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
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
                    let draft = draft_path(path);
                    fs::write(&draft, format!("the file of {number}")).unwrap();
                    publish_draft(&draft, path).unwrap();
                    let first = fs::read(path).unwrap();
                    publish_draft(&draft, path).unwrap();
                    assert_eq!(fs::read(path).unwrap(), first);
                });
            }
        });
    }

    #[test]
    fn what_cannot_be_linked_is_not_given_the_name_in_another_way() {
        let folder = tempfile::tempdir().unwrap();
        let (draft, path) = (folder.path().join("draft"), folder.path().join("events.db"));
        // A folder can be renamed but not linked, like a file on some file systems.
        fs::create_dir(&draft).unwrap();
        let error = publish_draft(&draft, &path).unwrap_err().to_string();
        assert!(error.starts_with("a new file takes its name by a hard link, and could not"), "{error}");
        assert!(draft.exists() && !path.exists());
    }
}
