//! A line: one connection for one kind of work, which no other kind of work can take.
//!
//! A pool of sqlx pings each connection that comes back, and waits for the answer without a limit.
//! On a network that drops packets, that would take the slots of the pool one by one. A line gives
//! each query a time limit, and never reuses a connection whose query was not answered.

use std::{
    io, mem,
    num::NonZeroU32,
    time::{Duration, Instant},
};

use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::{sync::Mutex, time::timeout};

use super::address::DatabaseAddress;

/// Time limit for a new connection, and for the wait for one of the pool.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Idle time after which a connection is pinged before it is used.
const IDLE_BEFORE_PING: Duration = Duration::from_secs(1);
/// Time limit for a ping, for the check of a connection that comes back, and for the answer to a
/// BEGIN that nobody waits for any more.
pub(super) const PING_TIMEOUT: Duration = Duration::from_secs(2);
/// Age at which a connection is replaced, so that the line follows a server's name to a new
/// address.
const MAX_CONNECTION_AGE: Duration = Duration::from_secs(30 * 60);

pub(super) struct DedicatedConnection {
    address: DatabaseAddress,
    /// The settings that each new connection gets.
    on_connect: String,
    /// Time limit of one query.
    query_timeout: Duration,
    state: Mutex<ConnectionState>,
}

/// The state of the connection.
enum ConnectionState {
    Disconnected,
    Connected(LiveConnection),
}

struct LiveConnection {
    connection: PgConnection,
    connected_at: Instant,
    last_used: Instant,
}

impl DedicatedConnection {
    /// Prepares a connection that looks up names in the schema, and gives each query this time
    /// limit.
    pub(super) fn new(address: &DatabaseAddress, schema: &str, limit: Duration) -> Self {
        // Each of the inbox's queries has an index. The planner's statistics of a table that was
        // empty a minute ago would mislead it.
        let on_connect = format!(
            "{SESSION_SETTINGS}; SET search_path = \"{schema}\"; SET statement_timeout = {}; SET enable_seqscan = off; SET jit = off; \
             SET default_transaction_isolation = 'read committed'",
            limit.as_millis()
        );
        Self {
            address: address.clone(),
            on_connect,
            query_timeout: limit,
            state: Mutex::new(ConnectionState::Disconnected),
        }
    }

    /// Sets the lock timeout of its queries.
    pub(super) fn with_lock_timeout(mut self, limit: Duration) -> Self {
        self.on_connect += &format!("; SET lock_timeout = {}", limit.as_millis());
        self
    }

    /// Runs the query once all earlier queries on this connection have finished.
    pub(super) async fn query<T>(
        &self,
        run_query: impl AsyncFnOnce(&mut PgConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, sqlx::Error> {
        let mut state = self.state.lock().await;
        let asked = async {
            let mut live = self.take_connection(&mut state).await?;
            let answer = run_query(&mut live.connection).await?;
            live.last_used = Instant::now();
            *state = ConnectionState::Connected(live);
            Ok(answer)
        };
        with_query_timeout(self.query_timeout, asked).await
    }

    /// Takes the connection if it still answers, or opens a new one.
    async fn take_connection(&self, state: &mut ConnectionState) -> Result<LiveConnection, sqlx::Error> {
        match mem::replace(state, ConnectionState::Disconnected) {
            ConnectionState::Connected(mut live) if live.connected_at.elapsed() < MAX_CONNECTION_AGE => {
                let was_idle = live.last_used.elapsed() > IDLE_BEFORE_PING;
                if !was_idle || with_query_timeout(PING_TIMEOUT, live.connection.ping()).await.is_ok() {
                    return Ok(live);
                }
            }
            ConnectionState::Connected(live) => {
                let _ = with_query_timeout(PING_TIMEOUT, live.connection.close()).await;
            }
            ConnectionState::Disconnected => {}
        }
        let mut connection = with_query_timeout(CONNECT_TIMEOUT, self.address.options()?.connect()).await?;
        // `PostgresInbox` has checked the schema's name.
        sqlx::raw_sql(AssertSqlSafe(&*self.on_connect)).execute(&mut connection).await?;
        let now = Instant::now();
        Ok(LiveConnection { connection, connected_at: now, last_used: now })
    }

    /// Closes the connection. The next query connects again.
    pub(super) async fn close(&self) {
        let state = mem::replace(&mut *self.state.lock().await, ConnectionState::Disconnected);
        if let ConnectionState::Connected(live) = state {
            let _ = with_query_timeout(PING_TIMEOUT, live.connection.close()).await;
        }
    }
}

/// The settings of every connection of the inbox. The server notices within half a minute that a
/// client is gone, and releases its locks. A commit is on the disk before it is answered, whatever
/// a role's settings say.
const SESSION_SETTINGS: &str = "SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; \
     SET tcp_user_timeout = 30000; \
     SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

/// The answer, or an error once the time limit has passed.
pub(super) async fn with_query_timeout<T>(
    limit: Duration,
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    let timeout_error = || io::Error::new(io::ErrorKind::TimedOut, format!("no answer within {limit:?}"));
    timeout(limit, answer).await.unwrap_or_else(|_| Err(timeout_error().into()))
}

/// Makes the server check every two seconds, in the middle of a query, whether its client is still
/// there.
const CLIENT_CHECK_SETTING: &str =
    "SELECT set_config(name, '2s', false) FROM pg_settings WHERE name = 'client_connection_check_interval'";

// A connection that an attempt gave up while it began may need this limit twice. The first time is
// for the answer to BEGIN, and the attempt's permit is held as long. The second is for the check on
// the connection's return, and the next handler waits for it in the pool. The sum leaves the pool
// time to connect again.
const _: () = assert!(2 * PING_TIMEOUT.as_millis() < CONNECT_TIMEOUT.as_millis());

/// Gives a row if a transaction is open, and an error if one has failed. Both times are equal only
/// in the first statement of a transaction.
const OPEN_TRANSACTION_QUERY: &str = "SELECT WHERE now() <> statement_timestamp()";

/// The pool for handlers' transactions, whose connections look up names as the application does.
/// Each connection must answer within a time limit, before a handler gets it and when it comes
/// back. The pool closes a connection that comes back with an open transaction that sqlx does not
/// know of.
pub(super) fn new_pool(options: PgConnectOptions, connections: NonZeroU32) -> PgPool {
    PgPoolOptions::new()
        .max_connections(connections.get())
        .acquire_timeout(CONNECT_TIMEOUT)
        .test_before_acquire(false)
        .after_connect(|connection, _| {
            Box::pin(async {
                sqlx::raw_sql(SESSION_SETTINGS).execute(&mut *connection).await?;
                // A server that supports this stops a query whose client is gone. Not every system
                // supports it.
                let _ = sqlx::raw_sql(CLIENT_CHECK_SETTING).execute(connection).await;
                Ok(())
            })
        })
        .before_acquire(|connection, seen| {
            Box::pin(async move {
                if seen.idle_for > IDLE_BEFORE_PING {
                    with_query_timeout(PING_TIMEOUT, connection.ping()).await?;
                }
                Ok(true)
            })
        })
        .after_release(|connection, _| {
            Box::pin(async {
                let open = with_query_timeout(
                    PING_TIMEOUT,
                    sqlx::raw_sql(OPEN_TRANSACTION_QUERY).execute(connection),
                )
                .await?;
                Ok(open.rows_affected() == 0)
            })
        })
        .connect_lazy_with(options)
}
