//! The store's questions in PostgreSQL's words.
//!
//! Each is one statement, committed by itself; what comes as a list goes over as one array for each column. Time is the database's own in all of
//! them: processes say how long, and never when. Whoever locks several rows either takes them in one order or passes over those that
//! another has locked, so that no two can wait for each other.

use std::{any::Any, borrow::Cow, num::NonZeroU32, sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use sqlx::{PgPool, Postgres, postgres::PgConnectOptions};
use tokio::sync::{Notify, Semaphore};

#[cfg(feature = "metrics")]
use super::operate::backlog;
use super::{
    accept::{accept, held_up},
    line::Line,
    news::News,
    tx, work,
};
#[cfg(feature = "metrics")]
use crate::inbox::store::Backlog;
use crate::inbox::{
    action::{Acted, Action},
    operator::{Filter, Run, RunDetails, Stats},
    settings::Retention,
    store::{
        Accepted, Arrival, Ask, Claims, Lapsed, Reply, Settlement, Standing, Store, in_batches,
        operators_methods,
    },
    tx::Engine,
};

pub(super) type Found<T> = Result<T, sqlx::Error>;

/// How long one of the questions may take on which the work depends.
const BRIEF: Duration = Duration::from_secs(5);
/// How long many events, or the ends of many runs, wait for a lock that another has for the sake of one of them.
const LOCKED: Duration = Duration::from_millis(500);
/// How long an operator's question may take, and one step of the housekeeping.
const LONG: Duration = Duration::from_secs(60);

/// The ways to one database: a line for each kind of work, and a pool for handlers' transactions, which so keep nobody waiting but each other.
pub(super) struct PostgresStore {
    pub(super) schema: String,
    accepting: Line,
    settling: Line,
    claiming: Line,
    /// What deliveries wait for.
    answering: Line,
    /// Leases, what has lapsed, and what is told to others.
    keeping: Line,
    pub(super) asking: Line,
    pub(super) transactions: PgPool,
    /// The places for handlers' transactions: as many as there are connections for them.
    pub(super) places: Arc<Semaphore>,
    pub(super) news: News,
}

impl PostgresStore {
    /// Connects only when it is asked something.
    pub(super) fn new(options: &PgConnectOptions, schema: &str, connections: NonZeroU32) -> Self {
        let line = |limit| Line::new(options, schema, limit);
        Self {
            schema: schema.to_owned(),
            accepting: line(BRIEF).waiting_for_locks(LOCKED),
            settling: line(BRIEF).waiting_for_locks(LOCKED),
            claiming: line(BRIEF),
            answering: line(BRIEF),
            keeping: line(BRIEF),
            asking: line(LONG),
            transactions: tx::pool(options, connections),
            places: Arc::new(Semaphore::new(usize::try_from(connections.get()).unwrap_or(usize::MAX))),
            news: News::new(options, schema),
        }
    }
}

impl Store for PostgresStore {
    fn accept<'s>(
        &'s self,
        endpoint: &'s str,
        arrivals: &'s [Arrival],
        lease: Duration,
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
        about: &'s str,
        handler: &'s str,
    ) -> Reply<'s, Option<Standing>> {
        Box::pin(async move {
            self.answering
                .ask(async |connection| work::standing(connection, endpoint, about, handler).await)
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

    operators_methods!();

    #[cfg(feature = "metrics")]
    fn backlog<'s>(&'s self, endpoint: &'s str) -> Reply<'s, Backlog> {
        Box::pin(
            async move { self.keeping.ask(async |connection| backlog(connection, endpoint).await).await },
        )
    }

    fn engine(&self) -> &(dyn Any + Send + Sync) {
        self
    }

    fn engine_name(&self) -> &'static str {
        <Postgres as Engine>::NAME
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let brief = [&self.accepting, &self.claiming, &self.answering, &self.keeping];
            for line in brief.into_iter().chain([&self.asking, &self.settling]) {
                line.close().await;
            }
            self.transactions.close().await;
        })
    }
}

/// One column of many rows, which goes over as one array.
pub(super) fn column<'r, R, T>(rows: &'r [R], cell: impl FnMut(&'r R) -> T) -> Vec<T> {
    rows.iter().map(cell).collect()
}

/// A text without the one character that PostgreSQL refuses.
pub(super) fn text(text: &str) -> Cow<'_, str> {
    match text.contains('\0') {
        true => text.replace('\0', "\u{fffd}").into(),
        false => text.into(),
    }
}

/// A time that the database has counted, none if it has passed.
pub(super) fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::ZERO)
}
