//! The events a second that one process can commit: a single connection that stores 32 events in
//! each synced transaction, and does nothing else.

use std::{error::Error, time::Instant};

use sqlx::{
    Connection, QueryBuilder, Sqlite, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

const TRANSACTIONS_PER_ROUND: i64 = 60;
const EVENTS_PER_TRANSACTION: i64 = 32;

pub(crate) fn events_per_second() -> Result<f64, Box<dyn Error>> {
    let folder = tempfile::tempdir_in(".")?;
    let options = SqliteConnectOptions::new()
        .filename(folder.path().join("commit.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(async {
        let mut connection = SqliteConnection::connect_with(&options).await?;
        sqlx::query("CREATE TABLE events (id TEXT PRIMARY KEY, body BLOB) WITHOUT ROWID").execute(&mut connection).await?;
        let body = vec![b'x'; 2_000];
        let began = Instant::now();
        for transaction in 0..TRANSACTIONS_PER_ROUND {
            let mut writing = connection.begin().await?;
            let mut insert = QueryBuilder::<Sqlite>::new("INSERT INTO events ");
            insert.push_values(0..EVENTS_PER_TRANSACTION, |mut row, event| {
                row.push_bind(format!("evt_{transaction}_{event}")).push_bind(&body[..]);
            });
            insert.build().execute(&mut *writing).await?;
            writing.commit().await?;
        }
        let seconds = began.elapsed().as_secs_f64();
        connection.close().await?;
        Ok((TRANSACTIONS_PER_ROUND * EVENTS_PER_TRANSACTION) as f64 / seconds)
    })
}
