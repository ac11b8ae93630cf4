//! The two databases in one set of words: a file of SQLite's and a database of a PostgreSQL server.
//!
//! SQL names a table `stripe_hooks_<table>`; a server's tables become `stripe_hooks.<table>`.

use std::{path::PathBuf, time::Duration};

use sqlx::{
    AssertSqlSafe, Connection, PgConnection, SqliteConnection, postgres::PgRow, sqlite::SqliteConnectOptions,
    sqlite::SqliteRow,
};
use stripe_hooks::{
    PostgresInbox, PostgresInboxBuilder, SqliteInbox, SqliteInboxBuilder,
    inbox::{Inbox, PreparedInbox},
};
use tempfile::TempDir;

use crate::{postgres_cluster, waiting::WAIT_TIMEOUT};

/// Where an inbox is, which may be opened again and again.
pub(crate) enum TestDatabase {
    File(TempDir),
    Server(String),
}

/// Runs the code with a connection to the database, and with the SQL as the database understands
/// it.
macro_rules! with_connection {
    ($database:expr, $sql:expr, |$connection:ident, $query:ident| $code:expr) => {{
        let sql = $database.translate_sql(&$sql);
        match $database {
            TestDatabase::File(_) => {
                let $connection = &mut $database.file_connection().await;
                let $query = AssertSqlSafe(sql);
                $code
            }
            TestDatabase::Server(url) => {
                let $connection = &mut PgConnection::connect(url).await.unwrap();
                let $query = AssertSqlSafe(sql);
                $code
            }
        }
    }};
}

impl TestDatabase {
    pub(crate) fn new_file() -> Self {
        Self::File(tempfile::tempdir().unwrap())
    }

    /// A new database of the server that the tests share, unless there is none: the test is then to return at once.
    pub(crate) fn new_server_database() -> Option<Self> {
        Some(Self::Server(postgres_cluster::shared_cluster()?.create_database()))
    }

    /// A new database of the same kind.
    pub(crate) fn new_of_same_engine(&self) -> Self {
        match self {
            Self::File(_) => Self::new_file(),
            Self::Server(_) => Self::new_server_database().unwrap(),
        }
    }

    /// The file, or the address.
    pub(crate) fn address(&self) -> String {
        match self {
            Self::File(folder) => file_path(folder).to_str().unwrap().to_owned(),
            Self::Server(url) => url.clone(),
        }
    }

    /// The files of a database that is in files, with their folder.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let Self::File(folder) = self else { return Vec::new() };
        let files = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path());
        files.chain([folder.path().to_owned()]).collect()
    }

    pub(crate) fn builder(&self) -> AnyBuilder {
        match self {
            Self::File(folder) => AnyBuilder::Sqlite(SqliteInbox::builder(file_path(folder))),
            Self::Server(url) => AnyBuilder::Postgres(PostgresInbox::builder(url)),
        }
    }

    pub(crate) async fn execute_sql(&self, sql: impl AsRef<str>) {
        with_connection!(self, sql, |connection, query| {
            let done = sqlx::raw_sql(query).execute(connection).await;
            done.map(|_| ()).unwrap();
        });
    }

    /// Checks that the database refuses the SQL because a unique index would have two equal rows.
    pub(crate) async fn assert_unique_violation(&self, sql: impl AsRef<str>) {
        with_connection!(self, sql, |connection, query| {
            let error = sqlx::raw_sql(query).execute(connection).await.unwrap_err();
            assert!(error.as_database_error().unwrap().is_unique_violation(), "{error}");
        });
    }

    /// Returns the integer that the query gives.
    pub(crate) async fn query_integer(&self, sql: impl AsRef<str>) -> i64 {
        with_connection!(self, sql, |connection, query| {
            sqlx::query_scalar(query).fetch_one(connection).await.unwrap()
        })
    }

    pub(crate) async fn query_texts(&self, sql: impl AsRef<str>) -> Vec<String> {
        with_connection!(self, sql, |connection, query| {
            sqlx::query_scalar(query).fetch_all(connection).await.unwrap()
        })
    }

    pub(crate) async fn query_blobs(&self, sql: impl AsRef<str>) -> Vec<Vec<u8>> {
        with_connection!(self, sql, |connection, query| {
            sqlx::query_scalar(query).fetch_all(connection).await.unwrap()
        })
    }

    /// Rows, read with what reads either kind.
    pub(crate) async fn query_rows<T>(
        &self,
        sql: impl AsRef<str>,
        of_file: fn(&SqliteRow) -> T,
        of_server: fn(&PgRow) -> T,
    ) -> Vec<T> {
        let sql = AssertSqlSafe(self.translate_sql(&sql));
        match self {
            Self::File(_) => {
                let rows = sqlx::query(sql).fetch_all(&mut self.file_connection().await).await.unwrap();
                rows.iter().map(of_file).collect()
            }
            Self::Server(url) => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                sqlx::query(sql).fetch_all(&mut connection).await.unwrap().iter().map(of_server).collect()
            }
        }
    }

    /// A moment so many seconds from now, as the database writes it.
    pub(crate) fn time_literal(&self, seconds: i64) -> String {
        match self {
            Self::File(_) => format!("(unixepoch() + {seconds}) * 1000"),
            Self::Server(_) => format!("now() + interval '{seconds} seconds'"),
        }
    }

    /// Bytes, as the database writes them.
    pub(crate) fn bytes_literal(&self, bytes: &[u8]) -> String {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        match self {
            Self::File(_) => format!("X'{hex}'"),
            Self::Server(_) => format!("'\\x{hex}'::bytea"),
        }
    }

    /// A column that holds a moment, in milliseconds since the Unix epoch.
    pub(crate) fn milliseconds_expression(&self, column: &str) -> String {
        match self {
            Self::File(_) => column.to_owned(),
            Self::Server(_) => format!("(extract(epoch FROM {column}) * 1000)::bigint"),
        }
    }

    /// Keeps all others from storing events and changing runs.
    pub(crate) async fn lock_events_and_runs(&self) -> HeldLock {
        self.lock_tables("stripe_hooks.events, stripe_hooks.runs").await
    }

    /// Keeps others from storing events, and lets those work that a server can let.
    pub(crate) async fn lock_arrivals(&self) -> HeldLock {
        self.lock_tables("stripe_hooks.events").await
    }

    async fn lock_tables(&self, tables: &str) -> HeldLock {
        match self {
            Self::File(_) => {
                let mut connection = self.file_connection().await;
                sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut connection).await.unwrap();
                HeldLock::File(connection)
            }
            Self::Server(url) => {
                let sql = format!("BEGIN; LOCK TABLE {tables}");
                loop {
                    let mut connection = PgConnection::connect(url).await.unwrap();
                    match sqlx::raw_sql(AssertSqlSafe(&*sql)).execute(&mut connection).await {
                        Ok(_) => return HeldLock::Server(connection),
                        // An inbox at work takes some tables in the other order: one of the two gives way.
                        Err(error) => assert!(error.to_string().contains("deadlock"), "{error}"),
                    }
                }
            }
        }
    }

    pub(crate) async fn file_connection(&self) -> SqliteConnection {
        let Self::File(folder) = self else { panic!("not in a file") };
        let options = SqliteConnectOptions::new().filename(file_path(folder)).busy_timeout(WAIT_TIMEOUT);
        SqliteConnection::connect_with(&options).await.unwrap()
    }

    /// Returns the SQL with the names that the tables have in this database.
    fn translate_sql(&self, sql: &impl AsRef<str>) -> String {
        match self {
            Self::File(_) => sql.as_ref().to_owned(),
            Self::Server(_) => sql.as_ref().replace("stripe_hooks_", "stripe_hooks."),
        }
    }
}

fn file_path(folder: &TempDir) -> PathBuf {
    folder.path().join("events.db")
}

/// What keeps others from writing, for as long as it lives.
pub(crate) enum HeldLock {
    File(SqliteConnection),
    Server(PgConnection),
}

impl HeldLock {
    pub(crate) async fn release(self) {
        match self {
            Self::File(mut connection) => {
                sqlx::raw_sql("ROLLBACK").execute(&mut connection).await.unwrap();
            }
            Self::Server(connection) => connection.close().await.unwrap(),
        }
    }
}

/// The builder of an inbox in either.
pub(crate) enum AnyBuilder {
    Sqlite(SqliteInboxBuilder),
    Postgres(PostgresInboxBuilder),
}

/// The settings that tests change.
macro_rules! forward_settings {
    ($($setting:ident($($argument:ident: $Type:ty)?)),+) => {
        impl AnyBuilder {
            $(pub(crate) fn $setting(self $(, $argument: $Type)?) -> Self {
                match self {
                    Self::Sqlite(builder) => Self::Sqlite(builder.$setting($($argument)?)),
                    Self::Postgres(builder) => Self::Postgres(builder.$setting($($argument)?)),
                }
            })+
        }
    };
}

forward_settings!(
    accept_only(),
    accept_timeout(time: Duration),
    keep_bodies(time: Duration),
    keep_ids(time: Duration),
    lease(time: Duration),
    park_orphans_after(time: Duration),
    poll_interval(time: Duration),
    simulate_another_process(),
    workers(workers: usize)
);

impl AnyBuilder {
    /// With so many connections for handlers' transactions, of which a file has one.
    pub(crate) fn connections(self, connections: u32) -> Self {
        match self {
            Self::Sqlite(builder) => Self::Sqlite(builder),
            Self::Postgres(builder) => Self::Postgres(builder.connections(connections)),
        }
    }

    pub(crate) fn open(self) -> AnyInbox {
        match self {
            Self::Sqlite(builder) => AnyInbox::Sqlite(builder.open().unwrap()),
            Self::Postgres(builder) => AnyInbox::Postgres(builder.open().unwrap()),
        }
    }

    pub(crate) fn operator(self) -> Inbox {
        self.open().operator()
    }
}

impl From<AnyBuilder> for PreparedInbox {
    fn from(builder: AnyBuilder) -> Self {
        builder.open().into()
    }
}

/// An inbox in either.
#[derive(Debug, Clone)]
pub(crate) enum AnyInbox {
    Sqlite(SqliteInbox),
    Postgres(PostgresInbox),
}

impl AnyInbox {
    pub(crate) fn operator(&self) -> Inbox {
        match self {
            Self::Sqlite(inbox) => inbox.operator(),
            Self::Postgres(inbox) => inbox.operator(),
        }
    }
}

impl From<AnyInbox> for PreparedInbox {
    fn from(inbox: AnyInbox) -> Self {
        match inbox {
            AnyInbox::Sqlite(inbox) => inbox.into(),
            AnyInbox::Postgres(inbox) => inbox.into(),
        }
    }
}
