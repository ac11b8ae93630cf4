//! The store's questions in PostgreSQL's words.
//!
//! Each is one statement, committed by itself; what comes as a list goes over as one array for each column. Time is the database's own in all of
//! them: processes say how long, and never when. Whoever locks several rows either takes them in one order or passes over those that
//! another has locked, so that no two can wait for each other.

use std::{any::Any, borrow::Cow, num::NonZeroU32, sync::Arc, time::Duration};

use futures_util::future::{BoxFuture, join};
use sqlx::{
    PgConnection, PgPool, Postgres, Row,
    postgres::{PgConnectOptions, PgRow},
};
use tokio::sync::{Notify, Semaphore};

#[cfg(feature = "metrics")]
use super::operate::backlog;
use super::{line::Line, milliseconds, news::News, tx};
#[cfg(feature = "metrics")]
use crate::inbox::store::Backlog;
use crate::inbox::{
    operator::{Filter, Run, RunDetails, Stats},
    settings::Retention,
    store::{Arrival, Ask, Claimed, End, Lapsed, Reason, Reply, Settlement, Store},
    tx::Engine,
};

type Found<T> = Result<T, sqlx::Error>;

/// How long one of the questions may take on which the work depends.
const BRIEF: Duration = Duration::from_secs(5);
/// How long an operator's question may take, and one step of the housekeeping.
const LONG: Duration = Duration::from_secs(60);

/// The ways to one database: a line for each kind of work, and a pool for handlers' transactions, which so keep nobody waiting but each other.
#[derive(Debug)]
pub(super) struct PostgresStore {
    pub(super) schema: String,
    accepting: Line,
    settling: Line,
    claiming: Line,
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
            accepting: line(BRIEF),
            settling: line(BRIEF),
            claiming: line(BRIEF),
            keeping: line(BRIEF),
            asking: line(LONG),
            transactions: tx::pool(options, connections),
            places: Arc::new(Semaphore::new(usize::try_from(connections.get()).unwrap_or(usize::MAX))),
            news: News::new(options, schema),
        }
    }
}

impl Store for PostgresStore {
    fn accept<'s>(&'s self, endpoint: &'s str, arrivals: &'s [Arrival]) -> Reply<'s, Vec<bool>> {
        Box::pin(async move {
            let new =
                self.accepting.ask(async |connection| accept(connection, endpoint, arrivals).await).await?;
            if new.contains(&true) {
                self.news.add();
            }
            Ok(new)
        })
    }

    fn claim<'s>(&'s self, ask: Ask<'s>) -> Reply<'s, Vec<Claimed>> {
        Box::pin(async move { self.claiming.ask(async |connection| claim(connection, &ask).await).await })
    }

    fn settle<'s>(&'s self, ends: &'s [Settlement]) -> Reply<'s, Vec<i64>> {
        Box::pin(async move { self.settling.ask(async |connection| settle(connection, ends).await).await })
    }

    fn renew<'s>(&'s self, held: &'s [(i64, i64)], lease: Duration) -> Reply<'s, ()> {
        Box::pin(
            async move { self.keeping.ask(async |connection| renew(connection, held, lease).await).await },
        )
    }

    fn lapsed<'s>(&'s self, endpoint: &'s str, handlers: &'s [&'s str]) -> Reply<'s, Vec<Lapsed>> {
        Box::pin(async move {
            self.keeping.ask(async |connection| lapsed(connection, endpoint, handlers).await).await
        })
    }

    fn park_orphans<'s>(
        &'s self,
        endpoint: &'s str,
        handlers: &'s [&'s str],
        after: Duration,
    ) -> Reply<'s, u64> {
        Box::pin(async move {
            self.keeping
                .ask(async |connection| park_orphans(connection, endpoint, handlers, after).await)
                .await
        })
    }

    fn adopt<'s>(&'s self, endpoint: &'s str, handlers: &'s [&'s str]) -> Reply<'s, u64> {
        Box::pin(async move {
            self.keeping.ask(async |connection| adopt(connection, endpoint, handlers).await).await
        })
    }

    fn next_due<'s>(&'s self, endpoint: &'s str, handlers: &'s [&'s str]) -> Reply<'s, Option<Duration>> {
        Box::pin(async move {
            self.claiming.ask(async |connection| next_due(connection, endpoint, handlers).await).await
        })
    }

    fn listen<'s>(&'s self, woken: &'s Notify) -> BoxFuture<'s, ()> {
        Box::pin(async move {
            join(self.news.tell(&self.keeping), self.news.hear(woken)).await;
        })
    }

    fn prune(&self, retention: Retention, batch: u32) -> Reply<'_, u64> {
        Box::pin(self.prune(retention, batch))
    }

    fn list<'s>(&'s self, filter: &'s Filter) -> Reply<'s, Vec<Run>> {
        Box::pin(self.list(filter))
    }

    fn show(&self, run: i64) -> Reply<'_, Option<RunDetails>> {
        Box::pin(self.show(run))
    }

    fn replay<'s>(&'s self, filter: &'s Filter, actor: &'s str) -> Reply<'s, Vec<i64>> {
        Box::pin(self.replay(filter, actor))
    }

    fn skip<'s>(&'s self, filter: &'s Filter, actor: &'s str, reason: &'s str) -> Reply<'s, Vec<i64>> {
        Box::pin(self.skip(filter, actor, reason))
    }

    fn pause<'s>(&'s self, handler: &'s str, paused: bool, actor: &'s str) -> Reply<'s, bool> {
        Box::pin(self.pause(handler, paused, actor))
    }

    fn stats(&self) -> Reply<'_, Stats> {
        Box::pin(self.stats())
    }

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
            for line in [&self.accepting, &self.claiming, &self.keeping, &self.asking, &self.settling] {
                line.close().await;
            }
            self.transactions.close().await;
        })
    }
}

/// The events in the order of their ids, and then the runs in theirs: batches that have some in common wait for each other, and not in a circle.
async fn accept(connection: &mut PgConnection, endpoint: &str, arrivals: &[Arrival]) -> Found<Vec<bool>> {
    let runs: Vec<_> =
        arrivals.iter().flat_map(|arrival| arrival.runs.iter().map(move |run| (arrival, run))).collect();
    let stored: Vec<String> = sqlx::query_scalar(
        "WITH stored AS ( \
           INSERT INTO events (endpoint, id, form, type, api_version, created, livemode, account, object_id, body, received_at) \
           SELECT $1, id, form, type, api_version, to_timestamp(created::float8 / 1000), livemode, account, object_id, body, now() \
           FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::boolean[], $8::text[], $9::text[], $10::bytea[]) \
             AS arrived (id, form, type, api_version, created, livemode, account, object_id, body) \
           ORDER BY id ON CONFLICT DO NOTHING RETURNING id \
         ), begun AS ( \
           INSERT INTO runs (endpoint, event_id, about, handler, state, run_at, reason, last_error, created_at, finished_at) \
           SELECT $1, event, about, handler, CASE WHEN reason IS NULL THEN 'pending' ELSE 'parked' END, now(), reason, error, now(), \
             CASE WHEN reason IS NOT NULL THEN now() END \
           FROM unnest($11::text[], $12::text[], $13::text[], $14::text[], $15::text[]) AS run (event, about, handler, reason, error) \
           JOIN stored ON stored.id = run.event \
           ORDER BY about, handler ON CONFLICT DO NOTHING \
         ) \
         SELECT id FROM stored",
    )
    .bind(endpoint)
    .bind(column(arrivals, |arrival| text(&arrival.id)))
    .bind(column(arrivals, |arrival| arrival.form))
    .bind(column(arrivals, |arrival| text(&arrival.event_type)))
    .bind(column(arrivals, |arrival| arrival.api_version.as_deref().map(text)))
    .bind(column(arrivals, |arrival| arrival.created.filter(is_a_date)))
    .bind(column(arrivals, |arrival| arrival.livemode))
    .bind(column(arrivals, |arrival| arrival.account.as_deref().map(text)))
    .bind(column(arrivals, |arrival| arrival.object_id.as_deref().map(text)))
    .bind(column(arrivals, |arrival| &arrival.body[..]))
    .bind(column(&runs, |(arrival, _)| text(&arrival.id)))
    .bind(column(&runs, |(_, run)| text(&run.about)))
    .bind(column(&runs, |(_, run)| &*run.handler))
    .bind(column(&runs, |(_, run)| run.parked.as_ref().map(|(reason, _)| reason.as_str())))
    .bind(column(&runs, |(_, run)| run.parked.as_ref().map(|(_, error)| text(error))))
    .fetch_all(connection)
    .await?;
    Ok(new_among(arrivals, stored))
}

/// Which of the arrivals were stored. One id may be there twice, and is new once.
fn new_among(arrivals: &[Arrival], mut stored: Vec<String>) -> Vec<bool> {
    let is_new = |arrival: &Arrival| {
        let at = stored.iter().position(|id| *id == text(&arrival.id));
        at.map(|at| stored.swap_remove(at)).is_some()
    };
    arrivals.iter().map(is_new).collect()
}

/// The runs that are ready, the oldest first, but for those that another claims at the same moment.
async fn claim(connection: &mut PgConnection, ask: &Ask<'_>) -> Found<Vec<Claimed>> {
    let claimed = sqlx::query(
        "WITH ready AS ( \
           SELECT id FROM runs WHERE endpoint = $1 AND state = 'pending' AND run_at <= now() AND handler = ANY($2) \
           AND handler NOT IN (SELECT handler FROM pauses) ORDER BY run_at, id LIMIT $3 FOR UPDATE SKIP LOCKED \
         ), claimed AS ( \
           UPDATE runs AS run SET state = 'running', attempts = attempts + 1, fence = fence + 1, \
             lease_until = now() + $4 * interval '1 millisecond', started_at = now() \
           FROM ready WHERE run.id = ready.id \
           RETURNING run.id, run.endpoint, run.event_id, run.fence, run.attempts, run.handler, run.run_at \
         ) \
         SELECT run.id, fence, attempts, handler, body \
         FROM claimed AS run JOIN events AS event ON event.endpoint = run.endpoint AND event.id = run.event_id \
         ORDER BY run_at, run.id",
    )
    .bind(ask.endpoint)
    .bind(ask.handlers)
    .bind(i64::try_from(ask.limit).unwrap_or(i64::MAX))
    .bind(milliseconds(ask.lease))
    .fetch_all(connection)
    .await?;
    claimed.iter().map(read_claimed).collect()
}

async fn settle(connection: &mut PgConnection, ends: &[Settlement]) -> Found<Vec<i64>> {
    let ended: Vec<_> = ends.iter().map(ended).collect();
    sqlx::query_scalar(
        "WITH ended AS ( \
           SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::float8[], $5::text[], $6::text[], $7::boolean[]) \
             AS ended (id, fence, state, delay, reason, error, given_back) \
         ), held AS ( \
           SELECT run.id FROM runs AS run JOIN ended ON run.id = ended.id AND run.fence = ended.fence \
           WHERE run.state = 'running' ORDER BY run.id FOR UPDATE OF run \
         ) \
         UPDATE runs AS run SET state = ended.state, attempts = run.attempts - given_back::int, \
           run_at = coalesce(now() + delay * interval '1 millisecond', run.run_at), reason = ended.reason, \
           last_error = CASE WHEN given_back THEN run.last_error ELSE ended.error END, lease_until = NULL, \
           finished_at = CASE WHEN ended.state <> 'pending' THEN now() END \
         FROM ended JOIN held ON held.id = ended.id \
         WHERE run.id = ended.id AND run.fence = ended.fence AND run.state = 'running' \
         RETURNING run.id",
    )
    .bind(column(ends, |settlement| settlement.id))
    .bind(column(ends, |settlement| settlement.fence))
    .bind(column(&ended, |ended| ended.state))
    .bind(column(&ended, |ended| ended.delay))
    .bind(column(&ended, |ended| ended.reason))
    .bind(column(&ended, |ended| ended.error))
    .bind(column(&ended, |ended| ended.given_back))
    .fetch_all(connection)
    .await
}

/// A run that is being settled needs no longer lease, and is passed over.
async fn renew(connection: &mut PgConnection, held: &[(i64, i64)], lease: Duration) -> Found<()> {
    sqlx::query(
        "UPDATE runs AS run SET lease_until = now() + $3 * interval '1 millisecond' \
         FROM ( \
           SELECT run.id FROM runs AS run JOIN unnest($1::bigint[], $2::bigint[]) AS held (id, fence) \
           ON run.id = held.id AND run.fence = held.fence WHERE run.state = 'running' FOR UPDATE OF run SKIP LOCKED \
         ) AS held \
         WHERE run.id = held.id",
    )
    .bind(column(held, |(id, _)| *id))
    .bind(column(held, |(_, fence)| *fence))
    .bind(milliseconds(lease))
    .execute(connection)
    .await?;
    Ok(())
}

async fn lapsed(connection: &mut PgConnection, endpoint: &str, handlers: &[&str]) -> Found<Vec<Lapsed>> {
    let rows = sqlx::query(
        "SELECT id, fence, attempts, handler FROM runs \
         WHERE endpoint = $1 AND state = 'running' AND lease_until < now() AND handler = ANY($2) LIMIT 100",
    )
    .bind(endpoint)
    .bind(handlers)
    .fetch_all(connection)
    .await?;
    let lapsed = |row: &PgRow| {
        Ok(Lapsed {
            id: row.try_get("id")?,
            fence: row.try_get("fence")?,
            attempt: read_attempts(row)?,
            handler: row.try_get("handler")?,
        })
    };
    rows.iter().map(lapsed).collect()
}

async fn park_orphans(
    connection: &mut PgConnection,
    endpoint: &str,
    handlers: &[&str],
    after: Duration,
) -> Found<u64> {
    let parked = sqlx::query(
        "UPDATE runs SET state = 'parked', reason = $1, lease_until = NULL, finished_at = now() \
         WHERE id IN ( \
           SELECT id FROM runs WHERE endpoint = $2 AND handler <> ALL($3) \
           AND ((state = 'pending' AND run_at < now() - $4 * interval '1 millisecond') \
             OR (state = 'running' AND lease_until < now() - $4 * interval '1 millisecond')) \
           FOR UPDATE SKIP LOCKED)",
    )
    .bind(Reason::NoHandler.as_str())
    .bind(endpoint)
    .bind(handlers)
    .bind(milliseconds(after))
    .execute(connection)
    .await?;
    Ok(parked.rows_affected())
}

async fn adopt(connection: &mut PgConnection, endpoint: &str, handlers: &[&str]) -> Found<u64> {
    let adopted = sqlx::query(
        "UPDATE runs SET state = 'pending', reason = NULL, run_at = now(), finished_at = NULL \
         WHERE id IN ( \
           SELECT id FROM runs WHERE endpoint = $1 AND state = 'parked' AND reason = $2 AND handler = ANY($3) \
           FOR UPDATE SKIP LOCKED)",
    )
    .bind(endpoint)
    .bind(Reason::NoHandler.as_str())
    .bind(handlers)
    .execute(connection)
    .await?;
    Ok(adopted.rows_affected())
}

async fn next_due(
    connection: &mut PgConnection,
    endpoint: &str,
    handlers: &[&str],
) -> Found<Option<Duration>> {
    let due: Option<f64> = sqlx::query_scalar(
        "SELECT extract(epoch FROM run_at - now())::float8 FROM runs WHERE endpoint = $1 AND state = 'pending' \
         AND handler = ANY($2) AND handler NOT IN (SELECT handler FROM pauses) ORDER BY run_at LIMIT 1",
    )
    .bind(endpoint)
    .bind(handlers)
    .fetch_optional(connection)
    .await?;
    Ok(due.map(seconds))
}

/// How an attempt ended, as the columns of the statement.
struct Ended<'e> {
    state: &'static str,
    /// How long the run waits, in milliseconds.
    delay: Option<f64>,
    reason: Option<&'static str>,
    error: Option<&'e str>,
    given_back: bool,
}

fn ended(settlement: &Settlement) -> Ended<'_> {
    let given_back = settlement.end == End::GiveBack;
    let (state, delay, reason, error) = match &settlement.end {
        End::Done { note } => ("done", None, None, note.as_deref()),
        End::Retry { after, error } => ("pending", Some(milliseconds(*after)), None, Some(&**error)),
        End::Park { reason, error } => ("parked", None, Some(reason.as_str()), Some(&**error)),
        End::GiveBack => ("pending", Some(0.0), None, None),
    };
    Ended { state, delay, reason, error, given_back }
}

/// One column of many rows, which goes over as one array.
pub(super) fn column<'r, R, T>(rows: &'r [R], cell: impl FnMut(&'r R) -> T) -> Vec<T> {
    rows.iter().map(cell).collect()
}

/// A text without the one character that PostgreSQL refuses.
fn text(text: &str) -> Cow<'_, str> {
    match text.contains('\0') {
        true => text.replace('\0', "\u{fffd}").into(),
        false => text.into(),
    }
}

/// Whether a time (in milliseconds) is one of those that PostgreSQL has: here until the year 9999.
fn is_a_date(created: &i64) -> bool {
    (0..253_402_300_800_000).contains(created)
}

/// A time that the database has counted, none if it has passed.
pub(super) fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::ZERO)
}

pub(super) fn read_attempts(row: &PgRow) -> Found<u32> {
    Ok(u32::try_from(row.try_get::<i32, _>("attempts")?).unwrap_or_default())
}

fn read_claimed(row: &PgRow) -> Found<Claimed> {
    Ok(Claimed {
        id: row.try_get("id")?,
        fence: row.try_get("fence")?,
        attempt: read_attempts(row)?,
        handler: row.try_get("handler")?,
        body: row.try_get::<Option<Vec<u8>>, _>("body")?.map(Into::into),
    })
}
