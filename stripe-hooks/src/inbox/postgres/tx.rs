//! A handler's transaction in PostgreSQL.

use std::sync::Arc;

use sqlx::{AssertSqlSafe, Postgres, Transaction};
use tokio::sync::OwnedSemaphorePermit;

use super::{connections::PostgresStore, values::milliseconds};
use crate::inbox::{
    turn::Turn,
    tx::{Engine, InboxDatabase},
};

impl InboxDatabase for Postgres {}

#[expect(private_interfaces, reason = "which keeps others from implementing it")]
impl Engine for Postgres {
    const NAME: &'static str = "Postgres";

    async fn begin(
        turn: &Turn,
    ) -> Result<Option<(Transaction<'static, Self>, OwnedSemaphorePermit)>, sqlx::Error> {
        let Some(store) = turn.store.engine().downcast_ref::<PostgresStore>() else { return Ok(None) };
        let place = Arc::clone(&store.places).acquire_owned().await.map_err(|_| sqlx::Error::PoolClosed)?;
        // A process that stands still keeps what its transaction has locked, but not for longer than its attempt would have lasted; nor does a
        // question go on whose attempt was given up. And the triggers of the lanes see only what they should where each question sees what was
        // committed before it, whatever a role's settings say.
        let longest = milliseconds(turn.limit).min(f64::from(i32::MAX));
        let begin = format!(
            "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL idle_in_transaction_session_timeout = {longest:.0}; \
             SET LOCAL statement_timeout = {longest:.0}"
        );
        let transaction = store.transactions.begin_with(AssertSqlSafe(begin)).await?;
        Ok(Some((transaction, place)))
    }

    async fn finish(
        transaction: &mut Transaction<'static, Self>,
        turn: &Turn,
        answer: Option<&str>,
    ) -> Result<bool, sqlx::Error> {
        let Some(store) = turn.store.engine().downcast_ref::<PostgresStore>() else { return Ok(false) };
        // Here the names are the application's, so that the tables are named with their schema, which was checked when it was given. The lock of
        // the run's lane comes before its row, as everywhere.
        let marked = sqlx::query(AssertSqlSafe(format!(
            "WITH locked AS MATERIALIZED ( \
               SELECT {0}.lock_lane({0}.lane_lock(endpoint, handler, lane)) FROM {0}.runs WHERE id = $1 AND lane IS NOT NULL) \
             UPDATE {0}.runs SET state = 'done', reason = NULL, last_error = NULL, lease_until = NULL, finished_at = clock_timestamp(), \
               answer = coalesce($3, answer) \
             WHERE id = $1 AND fence = $2 AND state = 'running' AND (SELECT count(*) FROM locked) >= 0",
            format_args!("\"{}\"", store.schema)
        )))
        .bind(turn.run)
        .bind(turn.fence)
        .bind(answer)
        .execute(&mut **transaction)
        .await?;
        Ok(marked.rows_affected() == 1)
    }
}
