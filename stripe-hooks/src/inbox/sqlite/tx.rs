//! A handler's transaction in SQLite.

use std::sync::{Arc, atomic::Ordering::SeqCst};

use sqlx::{Sqlite, SqlitePool, Transaction};
use tokio::sync::OwnedSemaphorePermit;

use super::{connections::SqliteStore, values::now_milliseconds};
use crate::inbox::{
    current_run::CurrentRun,
    tx::{Completion, EndedWell, Engine, InboxDatabase},
};

impl InboxDatabase for Sqlite {}

#[expect(private_interfaces, reason = "which keeps others from implementing it")]
impl Engine for Sqlite {
    const NAME: &'static str = "Sqlite";

    async fn begin_for_run(
        turn: &CurrentRun,
    ) -> Result<Option<(Transaction<'static, Self>, OwnedSemaphorePermit)>, sqlx::Error> {
        let Some(store) = turn.store.as_any_engine().downcast_ref::<SqliteStore>() else { return Ok(None) };
        // Only one handler at a time waits for the connection, so that a delivery waits for one
        // handler and not for all handlers.
        let place = Arc::clone(&store.transaction_permits)
            .acquire_owned()
            .await
            .map_err(|_| sqlx::Error::PoolClosed)?;
        let transaction = begin_for_handler(&store.write_pool).await?;
        store.is_suspect.store(true, SeqCst);
        Ok(Some((transaction, place)))
    }

    async fn mark_run_done(
        transaction: &mut Transaction<'static, Self>,
        turn: &CurrentRun,
        ended: &EndedWell,
    ) -> Result<Completion, sqlx::Error> {
        // The savepoint ends with its transaction. If it is gone, SQLite has ended the transaction,
        // for example because the disk is full, or sqlx has, because the handler gave up a `begin_for_run`
        // within it, or the handler has with SQL of its own. Whatever transaction is open now is
        // not the one that the inbox began.
        match sqlx::raw_sql("RELEASE stripe_hooks_run").execute(&mut **transaction).await {
            Ok(_) => {
                if let Some(store) = turn.store.as_any_engine().downcast_ref::<SqliteStore>() {
                    store.is_suspect.store(false, SeqCst);
                }
            }
            Err(sqlx::Error::Database(_)) => return Ok(Completion::TransactionEnded),
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
        .bind(turn.id)
        .bind(turn.fence)
        .execute(&mut **transaction)
        .await?;
        if marked.rows_affected() != 1 {
            return Ok(Completion::LeaseLost);
        }
        if turn.decides_answer {
            sqlx::query(
                "UPDATE stripe_hooks_events SET answered_at = ? \
                 WHERE answered_at IS NULL AND key = (SELECT event FROM stripe_hooks_runs WHERE id = ?)",
            )
            .bind(now_milliseconds())
            .bind(turn.id)
            .execute(&mut **transaction)
            .await?;
        }
        Ok(Completion::Marked)
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
