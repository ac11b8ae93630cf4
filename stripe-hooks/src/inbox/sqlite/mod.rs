//! The inbox in a file: opening it, and refusing to when it is not what it should be.

mod accept;
mod command;
mod create;
mod operate;
mod schema;
mod store;
mod tx;
mod work;

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sqlx::{
    Connection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use tokio::sync::Semaphore;

use self::{schema::Failure, store::SqliteStore};
use super::{
    PreparedInbox,
    settings::{Settings, setters},
    thread::Thread,
};
use crate::error::{Error, Problem};

/// How long SQLite waits for another process that writes.
const BUSY: Duration = Duration::from_secs(5);
/// Up to which size the whole file is looked through when it is opened.
const CHECKED: u64 = 1 << 30;

/// An inbox in a SQLite file, embedded into the program.
///
/// The file may be the application's own: the inbox has tables of its own, which begin with `stripe_hooks_`.
///
/// ```no_run
/// use stripe_hooks::{Endpoint, SqliteInbox};
///
/// # fn build() -> Result<Endpoint, stripe_hooks::Error> {
/// let endpoint = Endpoint::builder()
///     .secret_from_env("STRIPE_WEBHOOK_SECRET")
///     .inbox(SqliteInbox::open("stripe-events.db")?)
///     .build()?;
/// # Ok(endpoint)
/// # }
/// ```
#[derive(Debug)]
#[must_use = "an inbox does nothing until an endpoint has it"]
pub struct SqliteInbox(pub(super) PreparedInbox);

setters!(SqliteInbox);

impl SqliteInbox {
    /// Opens the file, and makes it if there is none; brings the inbox's tables up to date.
    ///
    /// Waits for the file, so call it where a program starts. It needs no runtime.
    ///
    /// # Errors
    /// When the file is damaged, or empty where a database should be: it is then left as it is, and no new one takes its place. When a newer
    /// version of this crate has changed its tables, and when the file cannot be read or written.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::prepare(path.as_ref(), open)
    }

    /// Opens the inbox that another program has made, as an operator's tool does: makes no file and changes no table.
    ///
    /// # Errors
    /// When there is no file, or no inbox in it; when its tables are not of this version of the crate; and when it cannot be read.
    pub fn open_existing(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::prepare(path.as_ref(), open_existing)
    }

    fn prepare<F>(path: &Path, open: impl FnOnce(PathBuf) -> F) -> Result<Self, Error>
    where
        F: Future<Output = Result<SqliteStore, Problem>> + Send + 'static,
    {
        let place = quoted(path);
        let thread = Thread::start()?;
        let opened = thread.wait_for(open(path.to_owned()));
        let store = opened.unwrap_or_else(|| {
            Err(Problem::Inbox(format!("the inbox in {place} cannot be used: its thread has ended")))
        })?;
        Ok(Self(PreparedInbox {
            thread: Arc::new(thread),
            store: Arc::new(store),
            place,
            settings: Settings::default(),
        }))
    }
}

impl From<SqliteInbox> for PreparedInbox {
    fn from(inbox: SqliteInbox) -> Self {
        inbox.0
    }
}

/// A file as messages name it.
fn quoted(path: &Path) -> String {
    format!("`{}`", path.display())
}

async fn open(path: PathBuf) -> Result<SqliteStore, Problem> {
    let place = quoted(&path);
    match fs::metadata(&path) {
        Ok(file) if file.len() == 0 => {
            return Err(Problem::Inbox(format!(
                "the inbox in {place} cannot be used: the file is empty, which an inbox never is; restore it from a backup, or remove \
                 it to begin anew"
            )));
        }
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let log = create::beside(&path, "-wal");
            if log.exists() {
                return Err(Problem::Inbox(format!(
                    "the inbox in {place} is missing, and its log `{}` is still there; restore the file, or remove the log to begin anew",
                    log.display()
                )));
            }
            create::create(&path).await.map_err(|failure| failure.at(&place))?;
        }
        Err(error) => return Err(unusable(&place, &error.into())),
    }
    let logged = options(&path).journal_mode(SqliteJournalMode::Wal);
    let store = connect(logged).await.map_err(|error| unusable(&place, &error))?;
    look_through(&store.write, &path, &place).await?;
    let mut connection = store.write.acquire().await.map_err(|error| unusable(&place, &error))?;
    schema::migrate(&mut connection).await.map_err(|failure| failure.at(&place))?;
    drop(connection);
    Ok(store)
}

/// Opens the file as it is. What is no inbox is left untouched, even by the mode of its log.
async fn open_existing(path: PathBuf) -> Result<SqliteStore, Problem> {
    let place = quoted(&path);
    if !path.exists() {
        return Err(Problem::Inbox(format!(
            "the inbox in {place} cannot be used: there is no such file; name the one that the receiver opens"
        )));
    }
    let looked_at = async {
        let store = connect(options(&path)).await?;
        schema::check(&store.read).await?;
        Ok(store)
    };
    looked_at.await.map_err(|failure: Failure| failure.at(&place))
}

/// How every connection of the inbox is made. A commit is on the disk before it is answered: `synchronous` is `FULL`, always.
fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY)
        .thread_name(|_| "stripe-inbox-db".to_owned())
}

async fn connect(options: SqliteConnectOptions) -> Result<SqliteStore, sqlx::Error> {
    let pool = |connections| {
        SqlitePoolOptions::new()
            .max_connections(connections)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            // SQLite ends a transaction by itself when the disk is full, say, and no rollback closes it after that: the connection would
            // refuse all that follow.
            .before_acquire(|connection, _| Box::pin(async { Ok(!connection.is_in_transaction()) }))
            .acquire_timeout(Duration::from_secs(30))
    };
    let writing = options
        .clone()
        // In KiB: the pages of the indexes that deliveries come into, which are anywhere in the file.
        .pragma("cache_size", "-16384")
        // What a statement may have to take back is never made a file of.
        .pragma("temp_store", "MEMORY")
        // In pages: those that change with each commit are written from the log into the file once for many commits.
        .pragma("wal_autocheckpoint", "4000");
    let write = pool(1).connect_with(writing).await?;
    Ok(SqliteStore { write, read: pool(2).connect_lazy_with(options), places: Arc::new(Semaphore::new(1)) })
}

/// Has SQLite check what the file holds.
async fn look_through(pool: &SqlitePool, path: &Path, place: &str) -> Result<(), Problem> {
    if fs::metadata(path).is_ok_and(|file| file.len() > CHECKED) {
        return Ok(());
    }
    let verdict: Result<String, _> = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(pool).await;
    let found = match verdict {
        Ok(verdict) if verdict == "ok" => return Ok(()),
        Ok(verdict) => verdict,
        Err(error) => return Err(unusable(place, &error)),
    };
    Err(restore(place, &found))
}

/// What to say of a file by what SQLite says of it.
fn unusable(place: &str, error: &sqlx::Error) -> Problem {
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
    // Each code has its kinds in the upper bytes.
    match code.map(|code| code & 0xff) {
        Some(SQLITE_CORRUPT | SQLITE_NOTADB) => restore(place, &error.to_string()),
        Some(SQLITE_BUSY | SQLITE_LOCKED) => Problem::Inbox(format!(
            "the inbox in {place} has been locked by another program for {BUSY:?}; start again when that has let go ({error})"
        )),
        _ => Problem::Inbox(format!("the inbox in {place} cannot be used: {error}")),
    }
}

// See <https://sqlite.org/rescode.html>.
const SQLITE_BUSY: u32 = 5;
const SQLITE_LOCKED: u32 = 6;
const SQLITE_CORRUPT: u32 = 11;
const SQLITE_NOTADB: u32 = 26;

fn restore(place: &str, found: &str) -> Problem {
    Problem::Inbox(format!(
        "the inbox in {place} is damaged, and was left as it is; restore it from a backup, or remove it to begin anew ({found})"
    ))
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
