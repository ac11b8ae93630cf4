//! A handler's transaction in PostgreSQL.

use std::{pin::pin, sync::Arc};

use futures_util::future::{Either, select};
use sqlx::{AssertSqlSafe, PgPool, Postgres, Transaction};
use tokio::{
    sync::{OwnedSemaphorePermit, oneshot},
    time::sleep,
};

use super::{connections::PostgresStore, line::PULSE, values::milliseconds};
use crate::inbox::{
    turn::Turn,
    tx::{Completion, Engine, InboxDatabase},
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
             SET LOCAL statement_timeout = {longest:.0}; SET LOCAL {MARK} = '{}'",
            turn.run
        );
        begin_to_its_end(store.transactions.clone(), begin, place).await.map(Some)
    }

    async fn finish(
        transaction: &mut Transaction<'static, Self>,
        turn: &Turn,
        answer: Option<&str>,
    ) -> Result<Completion, sqlx::Error> {
        let Some(store) = turn.store.engine().downcast_ref::<PostgresStore>() else {
            return Ok(Completion::LeaseLost);
        };
        // Here the names are the application's, so that the tables are named with their schema, which was checked when it was given. The lock of
        // the run's lane comes before its row, as everywhere.
        let marked = sqlx::query(AssertSqlSafe(format!(
            "WITH locked AS MATERIALIZED ( \
               SELECT {0}.lock_lane({0}.lane_lock(endpoint, handler, lane)) FROM {0}.runs WHERE id = $1 AND lane IS NOT NULL) \
             UPDATE {0}.runs SET state = 'done', reason = NULL, last_error = NULL, lease_until = NULL, finished_at = clock_timestamp(), \
               answer = coalesce($3, answer) \
             WHERE id = $1 AND fence = $2 AND state = 'running' AND (SELECT count(*) FROM locked) >= 0 \
             AND current_setting('{MARK}', true) = id::text",
            format_args!("\"{}\"", store.schema)
        )))
        .bind(turn.run)
        .bind(turn.fence)
        .bind(answer)
        .execute(&mut **transaction)
        .await?;
        if marked.rows_affected() == 1 {
            return Ok(Completion::Marked);
        }
        let is_marked = sqlx::query_scalar(AssertSqlSafe(format!(
            "SELECT coalesce(current_setting('{MARK}', true), '') = $1::text"
        )));
        Ok(match is_marked.bind(turn.run).fetch_one(&mut **transaction).await? {
            true => Completion::LeaseLost,
            false => Completion::TransactionEnded,
        })
    }
}

/// The setting that holds the run's id from BEGIN to the end of that transaction. A transaction that
/// the handler begins itself does not have it.
const MARK: &str = "stripe_hooks.run";

/// Runs BEGIN on a task of its own. If the attempt is dropped meanwhile, the task still takes the
/// server's answer, then drops the transaction, which rolls it back, and then the permit. sqlx counts
/// a transaction only once the server has answered: if the attempt dropped the future of `begin_with`,
/// the connection would return to the pool with an open transaction.
///
/// An answer that nobody waits for any more has [`PULSE`] to come. [`IS_OPEN`] then finds a
/// transaction that begins while its connection returns.
async fn begin_to_its_end(
    pool: PgPool,
    begin: String,
    place: OwnedSemaphorePermit,
) -> Result<(Transaction<'static, Postgres>, OwnedSemaphorePermit), sqlx::Error> {
    let (mut attempt, begun) = oneshot::channel();
    tokio::spawn(async move {
        let answer = {
            let given_up = pin!(async {
                attempt.closed().await;
                sleep(PULSE).await;
            });
            match select(pin!(pool.begin_with(AssertSqlSafe(begin))), given_up).await {
                Either::Left((answer, _)) => answer,
                Either::Right(_) => return,
            }
        };
        let _ = attempt.send(answer.map(|transaction| (transaction, place)));
    });
    // The task gives no answer if it panics, or if the inbox's thread ends.
    begun.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
}
