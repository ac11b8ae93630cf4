//! The inbox's contract in PostgreSQL.
//!
//! Each query is one statement, which commits by itself, and a list goes to the database as one
//! array for each column. Times are always the database's own: processes send durations, and never
//! times. A statement that locks several rows either locks them in one order or skips rows that
//! another has locked, so that no two statements can wait for each other.

use std::{any::Any, time::Duration};

use futures_util::future::BoxFuture;
use sqlx::Postgres;
use tokio::sync::Notify;

use super::{
    accept::{accept, held_up},
    connections::PostgresStore,
    schema, work,
};
#[cfg(feature = "metrics")]
use crate::inbox::store::Backlog;
use crate::inbox::{
    action::{Acted, Action},
    event_key::EventKey,
    process::Process,
    run::{Filter, Run, RunDetails, Stats},
    settings::Retention,
    store::{
        Accepted, Arrival, Ask, Claims, HandlerKey, Lapsed, Lease, Reply, Settlement, Standing, Store,
        delegate_operator_methods, in_batches,
    },
    tx::Engine,
};

impl Store for PostgresStore {
    fn accept<'s>(
        &'s self,
        endpoint: &'s str,
        arrivals: &'s [Arrival],
        lease: Lease,
    ) -> Reply<'s, Vec<Accepted>> {
        Box::pin(async move {
            let accepted = self
                .accepting
                .ask(async |connection| accept(connection, endpoint, arrivals, lease).await)
                .await?;
            if accepted.iter().any(|accepted| accepted.is_new) {
                self.news.add();
            }
            Ok(accepted)
        })
    }

    fn held_up<'s>(&'s self, endpoint: &'s str, arrivals: &'s [Arrival]) -> Reply<'s, Vec<bool>> {
        Box::pin(async move {
            self.accepting.ask(async |connection| held_up(connection, endpoint, arrivals).await).await
        })
    }

    fn standing<'s>(
        &'s self,
        endpoint: &'s str,
        counts_for: &'s EventKey,
        handler: &'s str,
    ) -> Reply<'s, Option<Standing>> {
        Box::pin(async move {
            self.answering
                .ask(async |connection| work::standing(connection, endpoint, counts_for, handler).await)
                .await
        })
    }

    fn claim<'s>(&'s self, ask: Ask<'s>) -> Reply<'s, Claims> {
        Box::pin(
            async move { self.claiming.ask(async |connection| work::claim(connection, &ask).await).await },
        )
    }

    fn settle<'s>(&'s self, ends: &'s [Settlement]) -> Reply<'s, Vec<(i64, i64)>> {
        Box::pin(
            async move { self.settling.ask(async |connection| work::settle(connection, ends).await).await },
        )
    }

    fn locked<'s>(&'s self, runs: &'s [i64]) -> Reply<'s, Vec<i64>> {
        Box::pin(
            async move { self.settling.ask(async |connection| work::locked(connection, runs).await).await },
        )
    }

    fn renew<'s>(&'s self, held: &'s [(i64, i64)], lease: Duration) -> Reply<'s, ()> {
        Box::pin(async move {
            self.keeping.ask(async |connection| work::renew(connection, held, lease).await).await
        })
    }

    fn lapsed<'s>(&'s self, endpoint: &'s str, handlers: &'s [&'s str]) -> Reply<'s, Vec<Lapsed>> {
        Box::pin(async move {
            self.keeping.ask(async |connection| work::lapsed(connection, endpoint, handlers).await).await
        })
    }

    fn park_orphans<'s>(
        &'s self,
        endpoint: &'s str,
        handlers: &'s [&'s str],
        after: Duration,
    ) -> Reply<'s, u64> {
        Box::pin(async move {
            in_batches(|| {
                self.keeping
                    .ask(async |connection| work::park_orphans(connection, endpoint, handlers, after).await)
            })
            .await
        })
    }

    fn adopt<'s>(&'s self, endpoint: &'s str, handlers: &'s [&'s str]) -> Reply<'s, u64> {
        Box::pin(async move {
            in_batches(|| {
                self.keeping.ask(async |connection| work::adopt(connection, endpoint, handlers).await)
            })
            .await
        })
    }

    fn next_due<'s>(&'s self, endpoint: &'s str, handlers: &'s [&'s str]) -> Reply<'s, Option<Duration>> {
        Box::pin(async move {
            self.claiming.ask(async |connection| work::next_due(connection, endpoint, handlers).await).await
        })
    }

    fn free_lanes<'s>(&'s self, endpoint: &'s str) -> Reply<'s, ()> {
        Box::pin(async move {
            let mut next = Some(work::LaneKey::default());
            while let Some(after) = next {
                next = self
                    .keeping
                    .ask(async |connection| work::free_lanes(connection, endpoint, &after).await)
                    .await?;
            }
            Ok(())
        })
    }

    fn hear<'s>(&'s self, woken: &'s Notify) -> BoxFuture<'s, ()> {
        Box::pin(self.news.hear(woken))
    }

    fn tell(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.news.tell(&self.keeping))
    }

    delegate_operator_methods!();

    #[cfg(feature = "metrics")]
    fn backlog<'s>(&'s self, endpoint: &'s str) -> Reply<'s, Backlog> {
        Box::pin(self.backlog(endpoint))
    }

    fn inbox_id(&self) -> Reply<'_, String> {
        Box::pin(self.asking.ask(schema::inbox_id))
    }

    fn engine(&self) -> &(dyn Any + Send + Sync) {
        self
    }

    fn engine_name(&self) -> &'static str {
        <Postgres as Engine>::NAME
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            // First, so that no handler gets a connection that is about to close.
            self.transactions.close().await;
            let brief = [&self.accepting, &self.claiming, &self.answering, &self.keeping];
            for line in brief.into_iter().chain([&self.asking, &self.settling]) {
                line.close().await;
            }
        })
    }
}
