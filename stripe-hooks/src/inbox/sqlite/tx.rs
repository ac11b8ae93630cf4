//! A handler's transaction in SQLite.

use std::sync::{Arc, atomic::Ordering::SeqCst};

use sqlx::{Sqlite, SqlitePool, Transaction};
use tokio::sync::OwnedSemaphorePermit;

use super::{connections::SqliteStore, values::now_milliseconds};
use crate::inbox::{
    current_run::CurrentRun,
    tx::{EndedWell, Engine, InboxDatabase, MarkResult},
};

impl InboxDatabase for Sqlite {}

#[expect(
    private_interfaces,
    reason = "a private type in the signature keeps other crates from implementing the trait"
)]
impl Engine for Sqlite {
    const NAME: &'static str = "Sqlite";

    async fn begin_for_run(
        current_run: &CurrentRun,
    ) -> Result<Option<(Transaction<'static, Self>, OwnedSemaphorePermit)>, sqlx::Error> {
        let Some(store) = current_run.store.as_any_engine().downcast_ref::<SqliteStore>() else {
            return Ok(None);
        };
        // Only one handler at a time waits for the connection, so that a delivery waits for one
        // handler and not for all handlers.
        let permit = Arc::clone(&store.transaction_permits)
            .acquire_owned()
            .await
            .map_err(|_| sqlx::Error::PoolClosed)?;
        let transaction = begin_for_handler(&store.write_pool).await?;
        store.is_suspect.store(true, SeqCst);
        Ok(Some((transaction, permit)))
    }

    async fn mark_run_done(
        transaction: &mut Transaction<'static, Self>,
        current_run: &CurrentRun,
        ended: &EndedWell,
    ) -> Result<MarkResult, sqlx::Error> {
        // The savepoint ends with its transaction. If it is gone, its transaction has ended. SQLite
        // may have ended it, for example because the disk is full. The handler may have ended it
        // with SQL of its own. Or sqlx has, because the handler dropped the future of a nested
        // `begin`. Whatever transaction is open now is
        // not the one that the inbox began.
        match sqlx::raw_sql("RELEASE stripe_hooks_run").execute(&mut **transaction).await {
            Ok(_) => {
                if let Some(store) = current_run.store.as_any_engine().downcast_ref::<SqliteStore>() {
                    store.is_suspect.store(false, SeqCst);
                }
            }
            Err(sqlx::Error::Database(_)) => return Ok(MarkResult::TransactionEnded),
            Err(error) => return Err(error),
        }
        let marked = sqlx::query(
            "UPDATE stripe_hooks_runs SET state = 'done', result = ?, reason = NULL, error = NULL, lease_until = NULL, finished_at = ?, \
               reply = coalesce(?, reply) \
             WHERE id = ? AND fence = ? AND state = 'running'",
        )
        .bind(ended.result.as_str())
        .bind(now_milliseconds())
        .bind(ended.reply.as_deref())
        .bind(current_run.id)
        .bind(current_run.fence)
        .execute(&mut **transaction)
        .await?;
        if marked.rows_affected() != 1 {
            return Ok(MarkResult::LeaseLost);
        }
        if current_run.decides_answer {
            sqlx::query(
                "UPDATE stripe_hooks_events SET answered_at = ? \
                 WHERE answered_at IS NULL AND key = (SELECT event FROM stripe_hooks_runs WHERE id = ?)",
            )
            .bind(now_milliseconds())
            .bind(current_run.id)
            .execute(&mut **transaction)
            .await?;
        }
        Ok(MarkResult::Marked)
    }
}

/// Begins a transaction with a savepoint that is there as long as the transaction.
async fn begin_for_handler(pool: &SqlitePool) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
    pool.begin_with("BEGIN IMMEDIATE; SAVEPOINT stripe_hooks_run").await
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use sqlx::{Connection, SqliteConnection};

    use super::*;

    /// sqlx makes the connection's thread roll back a BEGIN whose answer is not received.
    #[tokio::test]
    async fn a_begin_that_is_given_up_keeps_no_lock() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.db");
        let store = super::super::open::open_or_create(path.clone()).await.unwrap();
        let mut other = SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
        sqlx::raw_sql("PRAGMA busy_timeout = 0; BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
        let waiting =
            tokio::time::timeout(Duration::from_millis(50), begin_for_handler(&store.write_pool)).await;
        assert!(waiting.is_err(), "it began beside another");
        sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
        // The connection returns to the pool once its thread has finished that BEGIN.
        let mut connection = store.write_pool.acquire().await.unwrap();
        sqlx::raw_sql("BEGIN IMMEDIATE; ROLLBACK").execute(&mut other).await.unwrap();
        sqlx::raw_sql("BEGIN IMMEDIATE; ROLLBACK").execute(&mut *connection).await.unwrap();
    }
}
