//! A line to the database: one connection for one kind of work, which no other kind can take from it.
//!
//! A pool of sqlx asks each connection that comes back whether it is well, and waits for the answer without end. Where the network swallows what is
//! sent, that would take the places of the pool one by one. Here each question has its time, and a connection whose question was not
//! answered is never used again.

use std::{
    io, mem,
    time::{Duration, Instant},
};

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};
use tokio::{sync::Mutex, time::timeout};

/// How long to wait for a new connection.
pub(super) const CONNECTING: Duration = Duration::from_secs(5);
/// How long a connection may have rested to be used without asking whether it is still there.
pub(super) const REST: Duration = Duration::from_secs(1);
/// How long it may take to say that it is.
pub(super) const PULSE: Duration = Duration::from_secs(2);
/// How old a connection becomes: what has moved, such as the name of the server, is noticed by then.
const LIFETIME: Duration = Duration::from_secs(30 * 60);

pub(super) struct Line {
    options: PgConnectOptions,
    /// What is said on each new connection.
    greeting: String,
    /// How long one question may take.
    limit: Duration,
    end: Mutex<End>,
}

/// What is at this end of the line.
enum End {
    Nothing,
    Connection(Live),
    Closed,
}

struct Live {
    connection: PgConnection,
    made: Instant,
    used: Instant,
}

impl Line {
    /// A line whose names are those of the schema, and whose questions take at most so long.
    pub(super) fn new(options: &PgConnectOptions, schema: &str, limit: Duration) -> Self {
        // Each of the inbox's questions has an index, and what the planner thinks of a table that was empty a minute ago is of no use.
        let greeting = format!(
            "{MANNERS}; SET search_path = \"{schema}\"; SET statement_timeout = {}; SET enable_seqscan = off; SET jit = off; \
             SET default_transaction_isolation = 'read committed'",
            limit.as_millis()
        );
        Self { options: options.clone(), greeting, limit, end: Mutex::new(End::Nothing) }
    }

    /// Has a question fail that would have to wait for somebody's lock for longer than this.
    pub(super) fn waiting_for_locks(mut self, limit: Duration) -> Self {
        self.greeting += &format!("; SET lock_timeout = {}", limit.as_millis());
        self
    }

    /// Asks when those have been answered who asked before.
    pub(super) async fn ask<T>(
        &self,
        question: impl AsyncFnOnce(&mut PgConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, sqlx::Error> {
        let mut end = self.end.lock().await;
        let asked = async {
            let mut live = self.live(&mut end).await?;
            let answer = question(&mut live.connection).await?;
            live.used = Instant::now();
            *end = End::Connection(live);
            Ok(answer)
        };
        within(self.limit, asked).await
    }

    /// Takes the connection that is there, if it is well, or makes one.
    async fn live(&self, end: &mut End) -> Result<Live, sqlx::Error> {
        match mem::replace(end, End::Nothing) {
            End::Closed => {
                *end = End::Closed;
                return Err(sqlx::Error::PoolClosed);
            }
            End::Connection(mut live) if live.made.elapsed() < LIFETIME => {
                let rested = live.used.elapsed() > REST;
                if !rested || within(PULSE, live.connection.ping()).await.is_ok() {
                    return Ok(live);
                }
            }
            End::Connection(live) => {
                let _ = within(PULSE, live.connection.close()).await;
            }
            End::Nothing => {}
        }
        let mut connection = within(CONNECTING, self.options.connect()).await?;
        // The schema's name was checked when it was given.
        sqlx::raw_sql(AssertSqlSafe(&*self.greeting)).execute(&mut connection).await?;
        let now = Instant::now();
        Ok(Live { connection, made: now, used: now })
    }

    pub(super) async fn close(&self) {
        let end = mem::replace(&mut *self.end.lock().await, End::Closed);
        if let End::Connection(live) = end {
            let _ = within(PULSE, live.connection.close()).await;
        }
    }
}

/// How every connection of the inbox behaves. The server notices within half a minute that nobody is there any more, and lets go what
/// that connection held; and what was committed is on the disk, whatever a role's settings say.
pub(super) const MANNERS: &str = "SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; \
     SET tcp_user_timeout = 30000; \
     SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

/// The answer, if it comes in time.
pub(super) async fn within<T>(
    limit: Duration,
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    let silence = || io::Error::new(io::ErrorKind::TimedOut, format!("no answer within {limit:?}"));
    timeout(limit, answer).await.unwrap_or_else(|_| Err(silence().into()))
}
