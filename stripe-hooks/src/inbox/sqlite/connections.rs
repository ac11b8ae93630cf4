//! The connections to one file: a single one that writes, and a few that read beside it.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Duration,
};

use sqlx::{
    Connection, Sqlite, SqlitePool, Transaction,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::Semaphore;

/// Time for which SQLite waits while another process writes.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The connections to one file. All writes use one connection, in the order in which they ask for
/// it: a write waits in memory, and not in SQLite's own retries.
#[derive(Debug, Clone)]
pub(super) struct SqliteStore {
    pub(super) write_pool: SqlitePool,
    pub(super) read_pool: SqlitePool,
    /// The permits of handlers' transactions to wait for the connection that writes: one.
    pub(super) transaction_permits: Arc<Semaphore>,
    /// `true` if the connection that writes may have a transaction of which sqlx does not know: a
    /// handler has used the connection, and its own transaction has not been seen at its end.
    pub(super) is_suspect: Arc<AtomicBool>,
}

impl SqliteStore {
    pub(super) async fn connect(options: SqliteConnectOptions) -> Result<Self, sqlx::Error> {
        let pool = |connections| {
            SqlitePoolOptions::new()
                .max_connections(connections)
                .idle_timeout(None)
                .max_lifetime(None)
                .test_before_acquire(false)
                // SQLite may end a transaction by itself, for example when the disk is full. No
                // rollback closes the transaction after that, and the connection would refuse all
                // that follow.
                .before_acquire(|connection, _| Box::pin(async { Ok(!connection.is_in_transaction()) }))
                .acquire_timeout(Duration::from_secs(30))
        };
        let writing = options
            .clone()
            // In KiB. It holds the index pages that deliveries write to, which are anywhere in the
            // file.
            .pragma("cache_size", "-16384")
            // Keeps what a statement may have to undo in memory, and out of files.
            .pragma("temp_store", "MEMORY")
            // In pages. Pages that change with each commit go from the log into the file once for
            // many commits.
            .pragma("wal_autocheckpoint", "4000");
        let is_suspect = Arc::new(AtomicBool::new(false));
        let after_handler = Arc::clone(&is_suspect);
        let write = pool(1)
            // sqlx never rolls back a transaction that it does not know of, and writes that follow
            // would become part of it. Without an open transaction, the statement is an error and
            // does nothing.
            .after_release(move |connection, _| {
                let is_suspect = after_handler.swap(false, SeqCst);
                Box::pin(async move {
                    if is_suspect {
                        let _ = sqlx::raw_sql("ROLLBACK").execute(connection).await;
                    }
                    Ok(true)
                })
            })
            .connect_with(writing)
            .await?;
        let read = pool(2).connect_lazy_with(options);
        Ok(Self {
            write_pool: write,
            read_pool: read,
            transaction_permits: Arc::new(Semaphore::new(1)),
            is_suspect,
        })
    }
}

/// The options of every connection. `synchronous` is always `FULL`: a commit is on the disk before
/// it is answered.
pub(super) fn connect_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT)
        .thread_name(|_| "stripe-inbox-db".to_owned())
}

/// Begins a transaction that holds the file's write lock from its start, so that no transaction
/// fails half-way because it cannot get the lock.
pub(super) async fn begin_immediate(pool: &SqlitePool) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
    pool.begin_with("BEGIN IMMEDIATE").await
}

/// Closes the connections of a pool, which makes new ones when it is used again. Waits for those
/// that are in use.
pub(super) async fn close_connections(pool: &SqlitePool) {
    if pool.size() == 0 {
        return;
    }
    // All of them are taken before the first is closed, so that none is in use elsewhere.
    let mut taken = Vec::new();
    for _ in 0..pool.options().get_max_connections() {
        // A connection that cannot be made need not be closed.
        taken.extend(pool.acquire().await.ok());
    }
    for connection in taken {
        let _ = connection.close().await;
    }
}
