//! A handler's transaction in SQLite.

use std::sync::Arc;

use sqlx::{Sqlite, Transaction};
use tokio::sync::OwnedSemaphorePermit;

use super::{
    connections::{SqliteStore, begin},
    values::now,
};
use crate::inbox::{
    turn::Turn,
    tx::{Engine, InboxDatabase},
};

impl InboxDatabase for Sqlite {}

#[expect(private_interfaces, reason = "which keeps others from implementing it")]
impl Engine for Sqlite {
    const NAME: &'static str = "Sqlite";

    async fn begin(
        turn: &Turn,
    ) -> Result<Option<(Transaction<'static, Self>, OwnedSemaphorePermit)>, sqlx::Error> {
        let Some(store) = turn.store.engine().downcast_ref::<SqliteStore>() else { return Ok(None) };
        // One at a time stands in line for the connection, so that a delivery waits for one handler and not for all.
        let place = Arc::clone(&store.places).acquire_owned().await.map_err(|_| sqlx::Error::PoolClosed)?;
        Ok(Some((begin(&store.write).await?, place)))
    }

    async fn finish(
        transaction: &mut Transaction<'static, Self>,
        turn: &Turn,
        answer: Option<&str>,
    ) -> Result<bool, sqlx::Error> {
        // Within a transaction none can begin. One that begins shows that SQLite has ended the handler's, as it does when the disk is full, and
        // that the handler went on all the same.
        if sqlx::raw_sql("BEGIN").execute(&mut **transaction).await.is_ok() {
            let error = "an error of the database had ended the transaction, and the handler went on; let it return such an error";
            return Err(sqlx::Error::Protocol(error.to_owned()));
        }
        let marked = sqlx::query(
            "UPDATE stripe_hooks_runs SET state = 'done', reason = NULL, last_error = NULL, lease_until = NULL, finished_at = ?, \
               answer = coalesce(?, answer) \
             WHERE id = ? AND fence = ? AND state = 'running'",
        )
        .bind(now())
        .bind(answer)
        .bind(turn.run)
        .bind(turn.fence)
        .execute(&mut **transaction)
        .await?;
        Ok(marked.rows_affected() == 1)
    }
}
