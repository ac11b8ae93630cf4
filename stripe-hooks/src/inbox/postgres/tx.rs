//! A handler's transaction in PostgreSQL.

use std::{pin::pin, sync::Arc};

use futures_util::future::{Either, select};
use sqlx::{AssertSqlSafe, Postgres, Transaction};
use tokio::{
    sync::{OwnedSemaphorePermit, oneshot},
    time::sleep,
};

use super::{
    connections::PostgresStore, dedicated_connection::PING_TIMEOUT, handler_pool::HandlerPool,
    values::to_milliseconds_f64,
};
use crate::inbox::{
    current_run::CurrentRun,
    tx::{EndedWell, Engine, InboxDatabase, MarkResult},
};

impl InboxDatabase for Postgres {}

#[expect(
    private_interfaces,
    reason = "a private type in the signature keeps other crates from implementing the trait"
)]
impl Engine for Postgres {
    const NAME: &'static str = "Postgres";

    async fn begin_for_run(
        current_run: &CurrentRun,
    ) -> Result<Option<(Transaction<'static, Self>, OwnedSemaphorePermit)>, sqlx::Error> {
        let Some(store) = current_run.store.as_any_engine().downcast_ref::<PostgresStore>() else {
            return Ok(None);
        };
        let permit = Arc::clone(&store.transaction_permits)
            .acquire_owned()
            .await
            .map_err(|_| sqlx::Error::PoolClosed)?;
        // A process that hangs keeps the locks of its transaction, but not for longer than its
        // attempt could have lasted. The server also stops a query whose attempt was given up. The
        // isolation level is READ COMMITTED, whatever a role's settings say: the triggers of the
        // lanes are correct only if each query sees what was committed before it.
        let longest = to_milliseconds_f64(current_run.attempt_timeout).min(f64::from(i32::MAX));
        let begin = format!(
            "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL idle_in_transaction_session_timeout = {longest:.0}; \
             SET LOCAL statement_timeout = {longest:.0}; SET LOCAL {RUN_ID_SETTING} = '{}'",
            current_run.id
        );
        begin_uncancelled(Arc::clone(&store.handler_pool), begin, permit).await.map(Some)
    }

    async fn mark_run_done(
        transaction: &mut Transaction<'static, Self>,
        current_run: &CurrentRun,
        ended: &EndedWell,
    ) -> Result<MarkResult, sqlx::Error> {
        let Some(store) = current_run.store.as_any_engine().downcast_ref::<PostgresStore>() else {
            return Ok(MarkResult::LeaseLost);
        };
        // The search path here is the application's, so each table is named with its schema, which
        // was checked when it was set. The lock of the run's lane is taken before the lock of its
        // row, as in every other query.
        let marked: i64 = sqlx::query_scalar(AssertSqlSafe(format!(
            "WITH locked AS MATERIALIZED ( \
               SELECT {0}.lock_lane({0}.lane_lock(endpoint, tenant, handler, lane)) FROM {0}.runs WHERE id = $1 AND lane IS NOT NULL \
             ), unanswered AS MATERIALIZED ( \
               SELECT key FROM {0}.events WHERE $5 AND key = (SELECT event FROM {0}.runs WHERE id = $1) AND answered_at IS NULL \
               AND (SELECT count(*) FROM locked) >= 0 FOR NO KEY UPDATE \
             ), marked AS ( \
               UPDATE {0}.runs SET state = 'done', result = $4, reason = NULL, error = NULL, lease_until = NULL, \
                 finished_at = clock_timestamp(), reply = coalesce($3, reply) \
               WHERE id = $1 AND fence = $2 AND state = 'running' AND (SELECT count(*) FROM unanswered) >= 0 \
               AND (SELECT count(*) FROM locked) >= 0 AND current_setting('{RUN_ID_SETTING}', true) = id::text RETURNING event \
             ), answered AS ( \
               UPDATE {0}.events SET answered_at = clock_timestamp() \
               WHERE key IN (SELECT key FROM unanswered) AND key IN (SELECT event FROM marked) \
             ) \
             SELECT count(*) FROM marked",
            format_args!("\"{}\"", store.schema)
        )))
        .bind(current_run.id)
        .bind(current_run.fence)
        .bind(ended.reply.as_deref())
        .bind(ended.result.as_str())
        .bind(current_run.decides_answer)
        .fetch_one(&mut **transaction)
        .await?;
        if marked == 1 {
            return Ok(MarkResult::Marked);
        }
        let is_marked = sqlx::query_scalar(AssertSqlSafe(format!(
            "SELECT coalesce(current_setting('{RUN_ID_SETTING}', true), '') = $1::text"
        )));
        Ok(match is_marked.bind(current_run.id).fetch_one(&mut **transaction).await? {
            true => MarkResult::LeaseLost,
            false => MarkResult::TransactionEnded,
        })
    }
}

/// Setting that holds the run's id from BEGIN to the end of that transaction. A transaction that
/// the handler begins itself does not have it.
const RUN_ID_SETTING: &str = "stripe_hooks.run";

/// Runs BEGIN on a task of its own. If the attempt is dropped, the task still waits for the
/// server's answer, at most [`PING_TIMEOUT`]. The task then drops the transaction, which rolls it
/// back, and then the permit. After [`PING_TIMEOUT`] without an answer, the connection returns to
/// the pool, whose check (`OPEN_TRANSACTION_QUERY` in `dedicated_connection.rs`) closes it if a
/// transaction is open.
///
/// The task is needed because sqlx counts a transaction only once the server has answered. If the
/// attempt dropped the future of `begin_with`, the connection would return to the pool with an open
/// transaction.
async fn begin_uncancelled(
    handler_pool: Arc<HandlerPool>,
    begin: String,
    permit: OwnedSemaphorePermit,
) -> Result<(Transaction<'static, Postgres>, OwnedSemaphorePermit), sqlx::Error> {
    let (mut attempt, begun) = oneshot::channel();
    tokio::spawn(async move {
        let answer = async {
            // This task runs on the inbox's thread, which is the one that calls the application's
            // function for the options.
            handler_pool.pool()?.begin_with(AssertSqlSafe(begin)).await
        };
        let answer = {
            let given_up = pin!(async {
                attempt.closed().await;
                sleep(PING_TIMEOUT).await;
            });
            match select(pin!(answer), given_up).await {
                Either::Left((answer, _)) => answer,
                Either::Right(_) => return,
            }
        };
        let _ = attempt.send(answer.map(|transaction| (transaction, permit)));
    });
    // The task gives no answer if it panics, or if the inbox's thread ends.
    begun.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
}
