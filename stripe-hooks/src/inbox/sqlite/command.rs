//! Sends a whole transaction as one command, instead of one round trip to the connection's thread
//! for each statement.

use sqlx::{
    Sqlite,
    pool::PoolConnection,
    query::Query,
    sqlite::{SqliteArguments, SqliteRow},
};

/// A connection that works on a command. A command that is dropped before its end may stop in the
/// middle of a transaction, so its connection is closed.
struct CommandConnection {
    connection: PoolConnection<Sqlite>,
    is_done: bool,
}

impl Drop for CommandConnection {
    fn drop(&mut self) {
        if !self.is_done {
            self.connection.close_on_drop();
        }
    }
}

/// Runs all statements, from BEGIN to COMMIT, and rolls back if one fails. Returns the rows of all
/// statements.
///
/// The statements share their parameters, which are written `$1`: with `?1`, a statement that
/// leaves out a number would get the wrong values.
pub(super) async fn run_transaction(
    connection: PoolConnection<Sqlite>,
    statements: Query<'_, Sqlite, SqliteArguments>,
) -> Result<Vec<SqliteRow>, sqlx::Error> {
    let mut busy = CommandConnection { connection, is_done: false };
    let rows = statements.fetch_all(&mut *busy.connection).await;
    busy.is_done = match &rows {
        Ok(_) => true,
        Err(_) => {
            let ended = sqlx::raw_sql("ROLLBACK").execute(&mut *busy.connection).await;
            // SQLite only refuses this if the transaction has ended already.
            matches!(ended, Ok(_) | Err(sqlx::Error::Database(_)))
        }
    };
    rows
}

#[cfg(test)]
mod tests {
    use sqlx::{
        SqlitePool,
        sqlite::{SqliteConnectOptions, SqlitePoolOptions},
    };

    use super::*;

    async fn one_connection(folder: &tempfile::TempDir) -> SqlitePool {
        let options =
            SqliteConnectOptions::new().filename(folder.path().join("t.db")).create_if_missing(true);
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
        sqlx::raw_sql("CREATE TABLE numbers (number INTEGER PRIMARY KEY)").execute(&pool).await.unwrap();
        pool
    }

    async fn count_rows(pool: &SqlitePool) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM numbers").fetch_one(pool).await.unwrap()
    }

    #[tokio::test]
    async fn what_fails_half_way_leaves_nothing_and_the_connection_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let pool = one_connection(&folder).await;
        let twice =
            "BEGIN IMMEDIATE; INSERT INTO numbers VALUES ($1); INSERT INTO numbers VALUES ($1); COMMIT";
        for _ in 0..2 {
            run_transaction(pool.acquire().await.unwrap(), sqlx::query(twice).bind(1)).await.unwrap_err();
            assert_eq!(count_rows(&pool).await, 0);
        }
        let once = "BEGIN IMMEDIATE; SELECT $2; INSERT INTO numbers VALUES ($1); COMMIT";
        assert_eq!(
            run_transaction(pool.acquire().await.unwrap(), sqlx::query(once).bind(1).bind(2))
                .await
                .unwrap()
                .len(),
            1
        );
        assert_eq!(count_rows(&pool).await, 1);
    }

    #[tokio::test]
    async fn a_transaction_that_nobody_waits_for_any_more_commits_nothing_later() {
        let folder = tempfile::tempdir().unwrap();
        let pool = one_connection(&folder).await;
        // More rows than the connection buffers for a reader.
        let long = "BEGIN IMMEDIATE; INSERT INTO numbers VALUES ($1); \
            WITH RECURSIVE row AS (SELECT 1 AS row UNION ALL SELECT row + 1 FROM row WHERE row < 10000000) SELECT row FROM row; COMMIT";
        let transaction = run_transaction(pool.acquire().await.unwrap(), sqlx::query(long).bind(1));
        let gone = tokio::time::timeout(std::time::Duration::from_millis(1), transaction).await;
        assert!(gone.is_err());
        run_transaction(pool.acquire().await.unwrap(), sqlx::query("BEGIN IMMEDIATE; COMMIT").bind(1))
            .await
            .unwrap();
        assert_eq!(count_rows(&pool).await, 0);
    }
}
