//! The inbox's contract in SQLite. A list goes to the database as one JSON text.

use std::{any::Any, time::Duration};

use futures_util::future::BoxFuture;
use serde_json::json;
use sqlx::Sqlite;
use tokio::sync::Notify;

use super::{
    connections::{SqliteStore, close_connections},
    schema,
    values::{after, before, between, list, now},
};
#[cfg(feature = "metrics")]
use crate::inbox::store::Backlog;
use crate::inbox::{
    action::{Acted, Action},
    event_key::EventKey,
    process::Process,
    rows::{read_lapsed, read_standing},
    run::{Filter, ParkReason, Run, RunDetails, Stats},
    settings::Retention,
    store::{
        Accepted, Arrival, Ask, BATCH, Claims, HandlerKey, Lapsed, Lease, Reply, Settlement, Standing, Store,
        delegate_operator_methods, in_batches,
    },
    tx::Engine,
};

impl Store for SqliteStore {
    fn accept<'s>(
        &'s self,
        endpoint: &'s str,
        arrivals: &'s [Arrival],
        lease: Lease,
    ) -> Reply<'s, Vec<Accepted>> {
        Box::pin(self.accept(endpoint, arrivals, lease))
    }

    fn claim<'s>(&'s self, ask: Ask<'s>) -> Reply<'s, Claims> {
        Box::pin(self.claim(ask))
    }

    fn standing<'s>(
        &'s self,
        endpoint: &'s str,
        counts_for: &'s EventKey,
        handler: &'s str,
    ) -> Reply<'s, Option<Standing>> {
        Box::pin(async move {
            let row = sqlx::query(
                "SELECT state, reply FROM stripe_hooks_runs \
                 WHERE counts_for_id = ? AND counts_for_type = ? AND handler = ? AND endpoint = ? AND tenant = ''",
            )
            .bind(&counts_for.id)
            .bind(&counts_for.event_type)
            .bind(handler)
            .bind(endpoint)
            .fetch_optional(&self.read)
            .await?;
            row.as_ref().map(read_standing).transpose()
        })
    }

    fn settle<'s>(&'s self, ends: &'s [Settlement]) -> Reply<'s, Vec<(i64, i64)>> {
        Box::pin(self.settle(ends))
    }

    fn renew<'s>(&'s self, held: &'s [(i64, i64)], lease: Duration) -> Reply<'s, ()> {
        Box::pin(async move {
            sqlx::query(
                "UPDATE stripe_hooks_runs AS run SET lease_until = ?1 \
                 FROM (SELECT value->>0 AS id, value->>1 AS fence FROM json_each(?2)) AS held \
                 WHERE run.id = held.id AND run.fence = held.fence AND run.state = 'running'",
            )
            .bind(after(lease))
            .bind(json!(held).to_string())
            .execute(&self.write)
            .await?;
            Ok(())
        })
    }

    fn lapsed<'s>(&'s self, endpoint: &'s str, handlers: &'s [&'s str]) -> Reply<'s, Vec<Lapsed>> {
        Box::pin(async move {
            let rows = sqlx::query(
                "SELECT id, fence, attempts, handler FROM stripe_hooks_runs \
                 WHERE endpoint = ? AND state = 'running' AND lease_until < ? \
                 AND handler IN (SELECT value FROM json_each(?)) LIMIT 100",
            )
            .bind(endpoint)
            .bind(now())
            .bind(list(handlers))
            .fetch_all(&self.read)
            .await?;
            rows.iter().map(read_lapsed).collect()
        })
    }

    fn park_orphans<'s>(
        &'s self,
        endpoint: &'s str,
        handlers: &'s [&'s str],
        after: Duration,
    ) -> Reply<'s, u64> {
        Box::pin(async move {
            let (now, before) = (now(), before(after));
            in_batches(|| async {
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
                .bind(list(handlers))
                .bind(BATCH)
                .execute(&self.write)
                .await?;
                Ok(parked.rows_affected())
            })
            .await
        })
    }

    fn adopt<'s>(&'s self, endpoint: &'s str, handlers: &'s [&'s str]) -> Reply<'s, u64> {
        Box::pin(async move {
            in_batches(|| async {
                let adopted = sqlx::query(
                    "UPDATE stripe_hooks_runs SET state = 'pending', reason = NULL, run_at = ?1, finished_at = NULL \
                     WHERE id IN (SELECT id FROM stripe_hooks_runs WHERE endpoint = ?2 AND state = 'parked' AND reason = ?3 \
                       AND handler IN (SELECT value FROM json_each(?4)) LIMIT ?5)",
                )
                .bind(now())
                .bind(endpoint)
                .bind(ParkReason::NoHandler.as_str())
                .bind(list(handlers))
                .bind(BATCH)
                .execute(&self.write)
                .await?;
                Ok(adopted.rows_affected())
            })
            .await
        })
    }

    fn next_due<'s>(&'s self, endpoint: &'s str, handlers: &'s [&'s str]) -> Reply<'s, Option<Duration>> {
        Box::pin(async move {
            let due: Option<i64> = sqlx::query_scalar(
                "SELECT min((SELECT min(run_at) FROM stripe_hooks_runs WHERE endpoint = ?1 AND state = 'pending' AND blocked = 0 \
                   AND handler = asked.value)) FROM json_each(?2) AS asked \
                 WHERE asked.value NOT IN (SELECT handler FROM stripe_hooks_pauses WHERE endpoint = ?1)",
            )
            .bind(endpoint)
            .bind(list(handlers))
            .fetch_one(&self.read)
            .await?;
            Ok(due.map(|at| between(now(), at)))
        })
    }

    fn free_lanes<'s>(&'s self, _: &'s str) -> Reply<'s, ()> {
        // The one writer sees every change.
        Box::pin(async { Ok(()) })
    }

    fn hear<'s>(&'s self, _: &'s Notify) -> BoxFuture<'s, ()> {
        // A file sends no notifications.
        Box::pin(std::future::pending())
    }

    fn tell(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::pending())
    }

    delegate_operator_methods!();

    #[cfg(feature = "metrics")]
    fn backlog<'s>(&'s self, endpoint: &'s str) -> Reply<'s, Backlog> {
        Box::pin(self.backlog(endpoint))
    }

    fn inbox_id(&self) -> Reply<'_, String> {
        Box::pin(schema::inbox_id(&self.read))
    }

    fn engine(&self) -> &(dyn Any + Send + Sync) {
        self
    }

    fn engine_name(&self) -> &'static str {
        <Sqlite as Engine>::NAME
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            close_connections(&self.read).await;
            // Last, because the last connection writes the log into the file.
            close_connections(&self.write).await;
        })
    }
}
