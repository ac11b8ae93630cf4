//! The inbox's contract in SQLite. A list goes to the database as one JSON text.

use std::{any::Any, time::Duration};

use futures_util::future::BoxFuture;
use serde_json::json;
use sqlx::Sqlite;
use tokio::sync::Notify;

use super::{
    connections::{SqliteStore, close_connections},
    schema,
    values::{duration_between, json_list, now_milliseconds, time_after, time_before},
};
#[cfg(feature = "metrics")]
use crate::inbox::store::BacklogCounts;
use crate::inbox::{
    action::{ActionBatch, OperatorAction},
    event_key::EventKey,
    process::Process,
    rows::{read_lapsed, read_run_status},
    run::{Filter, ParkReason, Run, RunDetails, Stats},
    settings::Retention,
    store::{
        AcceptedArrival, Arrival, ClaimRequest, ClaimedBatch, Completion, HandlerKey, LapsedRun, Lease,
        MAX_CHANGED_RUNS, RunStatus, Store, StoreFuture, delegate_operator_methods, repeat_in_batches,
    },
    tx::Engine,
};

impl Store for SqliteStore {
    fn store_arrivals<'s>(
        &'s self,
        endpoint: &'s str,
        arrivals: &'s [Arrival],
        lease: Lease,
    ) -> StoreFuture<'s, Vec<AcceptedArrival>> {
        Box::pin(self.store_arrivals(endpoint, arrivals, lease))
    }

    fn claim_runs<'s>(&'s self, request: ClaimRequest<'s>) -> StoreFuture<'s, ClaimedBatch> {
        Box::pin(self.claim_runs(request))
    }

    fn run_status<'s>(
        &'s self,
        endpoint: &'s str,
        counts_for: &'s EventKey,
        handler: &'s str,
    ) -> StoreFuture<'s, Option<RunStatus>> {
        Box::pin(async move {
            let row = sqlx::query(
                "SELECT state, reply FROM stripe_hooks_runs \
                 WHERE counts_for_id = ? AND counts_for_type = ? AND handler = ? AND endpoint = ? AND tenant = ''",
            )
            .bind(&counts_for.id)
            .bind(&counts_for.event_type)
            .bind(handler)
            .bind(endpoint)
            .fetch_optional(&self.read_pool)
            .await?;
            row.as_ref().map(read_run_status).transpose()
        })
    }

    fn complete_attempts<'s>(&'s self, ends: &'s [Completion]) -> StoreFuture<'s, Vec<(i64, i64)>> {
        Box::pin(self.complete_attempts(ends))
    }

    fn renew_leases<'s>(&'s self, held: &'s [(i64, i64)], lease: Duration) -> StoreFuture<'s, ()> {
        Box::pin(async move {
            sqlx::query(
                "UPDATE stripe_hooks_runs AS run SET lease_until = ?1 \
                 FROM (SELECT value->>0 AS id, value->>1 AS fence FROM json_each(?2)) AS held \
                 WHERE run.id = held.id AND run.fence = held.fence AND run.state = 'running'",
            )
            .bind(time_after(lease))
            .bind(json!(held).to_string())
            .execute(&self.write_pool)
            .await?;
            Ok(())
        })
    }

    fn find_lapsed_runs<'s>(
        &'s self,
        endpoint: &'s str,
        handlers: &'s [&'s str],
    ) -> StoreFuture<'s, Vec<LapsedRun>> {
        Box::pin(async move {
            let rows = sqlx::query(
                "SELECT id, fence, attempts, handler FROM stripe_hooks_runs \
                 WHERE endpoint = ? AND state = 'running' AND lease_until < ? \
                 AND handler IN (SELECT value FROM json_each(?)) LIMIT 100",
            )
            .bind(endpoint)
            .bind(now_milliseconds())
            .bind(json_list(handlers))
            .fetch_all(&self.read_pool)
            .await?;
            rows.iter().map(read_lapsed).collect()
        })
    }

    fn park_orphans<'s>(
        &'s self,
        endpoint: &'s str,
        handlers: &'s [&'s str],
        after: Duration,
    ) -> StoreFuture<'s, u64> {
        Box::pin(async move {
            let (now, before) = (now_milliseconds(), time_before(after));
            repeat_in_batches(|| async {
                let parked = sqlx::query(
                    "WITH RECURSIVE pending AS ( \
                       SELECT min(handler) AS handler FROM stripe_hooks_runs WHERE endpoint = ?3 AND state = 'pending' \
                       UNION ALL SELECT (SELECT min(handler) FROM stripe_hooks_runs WHERE endpoint = ?3 AND state = 'pending' \
                         AND handler > pending.handler) FROM pending WHERE handler IS NOT NULL) \
                     UPDATE stripe_hooks_runs SET state = 'parked', reason = ?1, lease_until = NULL, finished_at = ?2 \
                     WHERE id IN ( \
                       SELECT run.id FROM pending CROSS JOIN stripe_hooks_runs AS run ON run.endpoint = ?3 AND run.state = 'pending' \
                       AND run.handler = pending.handler AND run.blocked IN (0, 1) AND run.run_at < ?4 \
                       WHERE pending.handler NOT IN (SELECT value FROM json_each(?5)) \
                       UNION ALL SELECT id FROM stripe_hooks_runs WHERE endpoint = ?3 AND state = 'running' AND lease_until < ?4 \
                       AND handler NOT IN (SELECT value FROM json_each(?5)) LIMIT ?6)",
                )
                .bind(ParkReason::NoHandler.as_str())
                .bind(now)
                .bind(endpoint)
                .bind(before)
                .bind(json_list(handlers))
                .bind(MAX_CHANGED_RUNS)
                .execute(&self.write_pool)
                .await?;
                Ok(parked.rows_affected())
            })
            .await
        })
    }

    fn adopt_orphans<'s>(&'s self, endpoint: &'s str, handlers: &'s [&'s str]) -> StoreFuture<'s, u64> {
        Box::pin(async move {
            repeat_in_batches(|| async {
                let adopted = sqlx::query(
                    "UPDATE stripe_hooks_runs SET state = 'pending', reason = NULL, run_at = ?1, finished_at = NULL \
                     WHERE id IN (SELECT id FROM stripe_hooks_runs WHERE endpoint = ?2 AND state = 'parked' AND reason = ?3 \
                       AND handler IN (SELECT value FROM json_each(?4)) LIMIT ?5)",
                )
                .bind(now_milliseconds())
                .bind(endpoint)
                .bind(ParkReason::NoHandler.as_str())
                .bind(json_list(handlers))
                .bind(MAX_CHANGED_RUNS)
                .execute(&self.write_pool)
                .await?;
                Ok(adopted.rows_affected())
            })
            .await
        })
    }

    fn delay_until_due<'s>(
        &'s self,
        endpoint: &'s str,
        handlers: &'s [&'s str],
    ) -> StoreFuture<'s, Option<Duration>> {
        Box::pin(async move {
            let due: Option<i64> = sqlx::query_scalar(
                "SELECT min((SELECT min(run_at) FROM stripe_hooks_runs WHERE endpoint = ?1 AND state = 'pending' AND blocked = 0 \
                   AND handler = requested.value)) FROM json_each(?2) AS requested \
                 WHERE requested.value NOT IN (SELECT handler FROM stripe_hooks_pauses WHERE endpoint = ?1)",
            )
            .bind(endpoint)
            .bind(json_list(handlers))
            .fetch_one(&self.read_pool)
            .await?;
            Ok(due.map(|at| duration_between(now_milliseconds(), at)))
        })
    }

    fn free_lanes<'s>(&'s self, _: &'s str) -> StoreFuture<'s, ()> {
        // The one writer sees every change.
        Box::pin(async { Ok(()) })
    }

    fn listen_for_runs_until_dropped<'s>(&'s self, _: &'s Notify) -> BoxFuture<'s, ()> {
        // A file sends no notifications.
        Box::pin(std::future::pending())
    }

    fn announce_new_runs_until_dropped(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::pending())
    }

    delegate_operator_methods!();

    #[cfg(feature = "metrics")]
    fn count_backlog<'s>(&'s self, endpoint: &'s str) -> StoreFuture<'s, BacklogCounts> {
        Box::pin(self.count_backlog(endpoint))
    }

    fn inbox_id(&self) -> StoreFuture<'_, String> {
        Box::pin(schema::inbox_id(&self.read_pool))
    }

    fn as_any_engine(&self) -> &(dyn Any + Send + Sync) {
        self
    }

    fn engine_name(&self) -> &'static str {
        <Sqlite as Engine>::NAME
    }

    fn close_connections(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            close_connections(&self.read_pool).await;
            // The writing pool closes last, because the last connection writes the log into the
            // file.
            close_connections(&self.write_pool).await;
        })
    }
}
