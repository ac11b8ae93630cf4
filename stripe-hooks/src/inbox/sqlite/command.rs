//! Whole transactions as one command to the connection's thread, which would else be asked, and heard, once for each statement.

use sqlx::{
    Sqlite,
    pool::PoolConnection,
    query::Query,
    sqlite::{SqliteArguments, SqliteRow},
};

/// A connection that works on a command. If nobody waits for the end of it any more, it may stop in the middle of a transaction, and is not used
/// again.
struct Busy {
    connection: PoolConnection<Sqlite>,
    is_done: bool,
}

impl Drop for Busy {
    fn drop(&mut self) {
        if !self.is_done {
            self.connection.close_on_drop();
        }
    }
}

/// Has SQLite work through all statements, from BEGIN to COMMIT, or take back what it has done; says which rows they all gave. They share their
/// parameters, which are written `$1`: a statement that leaves out numbers of `?1` would be given the wrong ones.
pub(super) async fn transact(
    connection: PoolConnection<Sqlite>,
    statements: Query<'_, Sqlite, SqliteArguments>,
) -> Result<Vec<SqliteRow>, sqlx::Error> {
    let mut busy = Busy { connection, is_done: false };
    let rows = statements.fetch_all(&mut *busy.connection).await;
    busy.is_done = match &rows {
        Ok(_) => true,
        Err(_) => {
            let ended = sqlx::raw_sql("ROLLBACK").execute(&mut *busy.connection).await;
            // SQLite refuses only where there is no transaction any more.
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

    async fn count(pool: &SqlitePool) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM numbers").fetch_one(pool).await.unwrap()
    }

    #[tokio::test]
    async fn what_fails_half_way_leaves_nothing_and_the_connection_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let pool = one_connection(&folder).await;
        let twice =
            "BEGIN IMMEDIATE; INSERT INTO numbers VALUES ($1); INSERT INTO numbers VALUES ($1); COMMIT";
        for _ in 0..2 {
            transact(pool.acquire().await.unwrap(), sqlx::query(twice).bind(1)).await.unwrap_err();
            assert_eq!(count(&pool).await, 0);
        }
        let once = "BEGIN IMMEDIATE; SELECT $2; INSERT INTO numbers VALUES ($1); COMMIT";
        assert_eq!(
            transact(pool.acquire().await.unwrap(), sqlx::query(once).bind(1).bind(2)).await.unwrap().len(),
            1
        );
        assert_eq!(count(&pool).await, 1);
    }

    #[tokio::test]
    async fn a_transaction_that_nobody_waits_for_any_more_commits_nothing_later() {
        let folder = tempfile::tempdir().unwrap();
        let pool = one_connection(&folder).await;
        // More rows than the connection gives before somebody has read them.
        let long = "BEGIN IMMEDIATE; INSERT INTO numbers VALUES ($1); \
            WITH RECURSIVE row AS (SELECT 1 AS row UNION ALL SELECT row + 1 FROM row WHERE row < 10000000) SELECT row FROM row; COMMIT";
        let asked = transact(pool.acquire().await.unwrap(), sqlx::query(long).bind(1));
        let gone = tokio::time::timeout(std::time::Duration::from_millis(1), asked).await;
        assert!(gone.is_err());
        transact(pool.acquire().await.unwrap(), sqlx::query("BEGIN IMMEDIATE; COMMIT").bind(1))
            .await
            .unwrap();
        assert_eq!(count(&pool).await, 0);
    }
}
