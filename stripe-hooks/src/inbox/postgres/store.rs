//! The inbox's contract in PostgreSQL.
//!
//! Each query of the work is one statement, which commits by itself. Operators' actions, retention
//! and check-outs are transactions of several statements. A list goes to the database as one array
//! for each column. Times are always the database's own: processes send durations, and never times.
//! A statement that locks several rows either locks them in one order or skips rows that another
//! has locked, so that no two statements can wait for each other.

use std::{any::Any, time::Duration};

use futures_util::future::BoxFuture;
use sqlx::Postgres;
use tokio::sync::Notify;

use super::{
    accept::{find_locked_arrivals, store_arrivals},
    connections::PostgresStore,
    schema, worker_queries,
};
#[cfg(feature = "metrics")]
use crate::inbox::store::BacklogCounts;
use crate::inbox::{
    action::{ActionBatch, OperatorAction},
    event_key::EventKey,
    process::Process,
    run::{Filter, Run, RunDetails, Stats},
    settings::Retention,
    store::{
        AcceptedArrival, Arrival, ClaimRequest, ClaimedBatch, Completion, HandlerKey, LapsedRun, Lease,
        RunStatus, Store, StoreFuture, delegate_operator_methods, repeat_in_batches,
    },
    tx::Engine,
};

impl Store for PostgresStore {
    fn store_arrivals<'s>(
        &'s self,
        endpoint: &'s str,
        arrivals: &'s [Arrival],
        lease: Lease,
    ) -> StoreFuture<'s, Vec<AcceptedArrival>> {
        Box::pin(async move {
            let accepted = self
                .arrivals_connection
                .query(async |connection| store_arrivals(connection, endpoint, arrivals, lease).await)
                .await?;
            if accepted.iter().any(|accepted| accepted.is_new) {
                self.notifier.record_new_run();
            }
            Ok(accepted)
        })
    }

    fn find_locked_arrivals<'s>(
        &'s self,
        endpoint: &'s str,
        arrivals: &'s [Arrival],
    ) -> StoreFuture<'s, Vec<bool>> {
        Box::pin(async move {
            self.arrivals_connection
                .query(async |connection| find_locked_arrivals(connection, endpoint, arrivals).await)
                .await
        })
    }

    fn run_status<'s>(
        &'s self,
        endpoint: &'s str,
        counts_for: &'s EventKey,
        handler: &'s str,
    ) -> StoreFuture<'s, Option<RunStatus>> {
        Box::pin(async move {
            self.deliveries_connection
                .query(async |connection| {
                    worker_queries::run_status(connection, endpoint, counts_for, handler).await
                })
                .await
        })
    }

    fn claim_runs<'s>(&'s self, request: ClaimRequest<'s>) -> StoreFuture<'s, ClaimedBatch> {
        Box::pin(async move {
            self.claims_connection
                .query(async |connection| worker_queries::claim_runs(connection, &request).await)
                .await
        })
    }

    fn complete_attempts<'s>(&'s self, ends: &'s [Completion]) -> StoreFuture<'s, Vec<(i64, i64)>> {
        Box::pin(async move {
            self.completions_connection
                .query(async |connection| worker_queries::complete_attempts(connection, ends).await)
                .await
        })
    }

    fn find_locked_runs<'s>(&'s self, runs: &'s [i64]) -> StoreFuture<'s, Vec<i64>> {
        Box::pin(async move {
            self.completions_connection
                .query(async |connection| worker_queries::find_locked_runs(connection, runs).await)
                .await
        })
    }

    fn renew_leases<'s>(&'s self, held: &'s [(i64, i64)], lease: Duration) -> StoreFuture<'s, ()> {
        Box::pin(async move {
            self.renewals_connection
                .query(async |connection| worker_queries::renew_leases(connection, held, lease).await)
                .await
        })
    }

    fn find_lapsed_runs<'s>(
        &'s self,
        endpoint: &'s str,
        handlers: &'s [&'s str],
    ) -> StoreFuture<'s, Vec<LapsedRun>> {
        Box::pin(async move {
            self.upkeep_connection
                .query(async |connection| {
                    worker_queries::find_lapsed_runs(connection, endpoint, handlers).await
                })
                .await
        })
    }

    fn park_orphans<'s>(
        &'s self,
        endpoint: &'s str,
        handlers: &'s [&'s str],
        after: Duration,
    ) -> StoreFuture<'s, u64> {
        Box::pin(async move {
            repeat_in_batches(|| {
                self.upkeep_connection.query(async |connection| {
                    worker_queries::park_orphans(connection, endpoint, handlers, after).await
                })
            })
            .await
        })
    }

    fn adopt_orphans<'s>(&'s self, endpoint: &'s str, handlers: &'s [&'s str]) -> StoreFuture<'s, u64> {
        Box::pin(async move {
            repeat_in_batches(|| {
                self.upkeep_connection.query(async |connection| {
                    worker_queries::adopt_orphans(connection, endpoint, handlers).await
                })
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
            self.claims_connection
                .query(async |connection| {
                    worker_queries::delay_until_due(connection, endpoint, handlers).await
                })
                .await
        })
    }

    fn free_lanes<'s>(&'s self, endpoint: &'s str) -> StoreFuture<'s, ()> {
        Box::pin(async move {
            let mut next = Some(worker_queries::LaneKey::default());
            while let Some(after) = next {
                next = self
                    .upkeep_connection
                    .query(async |connection| worker_queries::free_lanes(connection, endpoint, &after).await)
                    .await?;
            }
            Ok(())
        })
    }

    fn listen_for_runs_until_dropped<'s>(&'s self, woken: &'s Notify) -> BoxFuture<'s, ()> {
        Box::pin(self.notifier.listen_until_dropped(woken))
    }

    fn announce_new_runs_until_dropped(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.notifier.notify_until_dropped(&self.upkeep_connection))
    }

    delegate_operator_methods!();

    #[cfg(feature = "metrics")]
    fn count_backlog<'s>(&'s self, endpoint: &'s str) -> StoreFuture<'s, BacklogCounts> {
        Box::pin(self.count_backlog(endpoint))
    }

    fn inbox_id(&self) -> StoreFuture<'_, String> {
        Box::pin(self.operators_connection.query(schema::inbox_id))
    }

    fn as_any_engine(&self) -> &(dyn Any + Send + Sync) {
        self
    }

    fn engine_name(&self) -> &'static str {
        <Postgres as Engine>::NAME
    }

    fn close_connections(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            // The handler pool closes first, so that no handler gets a connection that is about to
            // close.
            self.handler_pool.close().await;
            let work_connections = [
                &self.arrivals_connection,
                &self.claims_connection,
                &self.deliveries_connection,
                &self.upkeep_connection,
                &self.renewals_connection,
            ];
            for connection in
                work_connections.into_iter().chain([&self.operators_connection, &self.completions_connection])
            {
                connection.close().await;
            }
        })
    }
}
