//! An inbox for one test: its database, the calls of its handlers, and queries of its tables.

use std::{
    collections::BTreeMap,
    ops::RangeInclusive,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use sqlx::Row;
use stripe_hooks::{Endpoint, EndpointBuilder, EndpointName};
use tempfile::TempDir;
use tokio::sync::Semaphore;

pub(crate) use crate::waiting::{WAIT_TIMEOUT, wait_until};

use crate::database::{AnyBuilder, TestDatabase};

/// A database with an inbox, which may be opened again and again.
pub(crate) struct TestInbox {
    pub(crate) database: TestDatabase,
    pub(crate) call_counts: CallCounts,
    /// Lets handlers go on that wait for it.
    pub(crate) handler_gate: HandlerGate,
    folder: TempDir,
}

/// Where handlers wait until a test lets them go on.
#[derive(Clone)]
pub(crate) struct HandlerGate(pub(crate) Arc<Semaphore>);

/// A file for which the handlers of another process wait.
pub(crate) struct GoFile(String);

impl GoFile {
    /// What tells a process to wait for it.
    pub(crate) fn environment_variable(&self) -> (&str, &str) {
        ("GO", &self.0)
    }

    /// Makes them go on.
    pub(crate) fn create_file(&self) {
        std::fs::write(&self.0, []).unwrap();
    }
}

/// Number of calls, by what was called.
#[derive(Clone, Default)]
pub(crate) struct CallCounts(Arc<Mutex<BTreeMap<String, usize>>>);

impl CallCounts {
    /// Counts a call, and returns the number of calls of the same name so far.
    pub(crate) fn count_call(&self, what: impl Into<String>) -> usize {
        let mut calls = self.0.lock().unwrap();
        let times = calls.entry(what.into()).or_default();
        *times += 1;
        *times
    }

    pub(crate) fn calls_of(&self, what: &str) -> usize {
        self.0.lock().unwrap().get(what).copied().unwrap_or_default()
    }
}

impl TestInbox {
    /// With an inbox in a file.
    pub(crate) fn sqlite() -> Self {
        Self::on_database(TestDatabase::new_file())
    }

    /// With an inbox on a server, unless there is none: the test is then to return at once.
    pub(crate) fn postgres() -> Option<Self> {
        TestDatabase::new_server_database().map(Self::on_database)
    }

    pub(crate) fn on_database(database: TestDatabase) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            database,
            call_counts: CallCounts::default(),
            handler_gate: HandlerGate(Arc::new(Semaphore::new(0))),
            folder,
        }
    }

    /// A new one of the same kind.
    pub(crate) fn new_of_same_engine(&self) -> Self {
        Self::on_database(self.database.new_of_same_engine())
    }

    /// With the application's ledger beside the inbox.
    pub(crate) async fn with_ledger(self) -> Self {
        drop(self.open_inbox().open());
        self.execute_sql("CREATE TABLE ledger (event TEXT NOT NULL)").await;
        self
    }

    /// The file of an inbox that is in one.
    pub(crate) fn sqlite_file(&self) -> PathBuf {
        self.database.address().into()
    }

    /// A folder for the test's own files.
    pub(crate) fn own_folder(&self) -> &Path {
        self.folder.path()
    }

    /// A file into which the handlers of other processes write what they do.
    pub(crate) fn journal_file(&self) -> PathBuf {
        self.folder.path().join("journal")
    }

    /// The file of this name, which makes the handlers of a process go on that was told to wait for it.
    pub(crate) fn go_file(&self, name: &str) -> GoFile {
        GoFile(self.folder.path().join(name).to_str().unwrap().to_owned())
    }

    /// The builder of the inbox, which looks for work often.
    pub(crate) fn open_inbox(&self) -> AnyBuilder {
        self.database.builder().poll_interval(Duration::from_millis(20))
    }

    /// An endpoint with the handlers of `Name`.
    pub(crate) fn build_endpoint<Name: EndpointName>(&self) -> Endpoint {
        self.endpoint_builder::<Name>().inbox(self.open_inbox()).build().unwrap()
    }

    pub(crate) fn endpoint_builder<Name: EndpointName>(&self) -> EndpointBuilder {
        delivery::endpoint_builder::<Name>().state(self.call_counts.clone()).state(self.handler_gate.clone())
    }

    /// Returns the integer that the query gives.
    pub(crate) async fn query_integer(&self, sql: impl AsRef<str>) -> i64 {
        self.database.query_integer(sql).await
    }

    /// Changes the tables behind the inbox's back.
    pub(crate) async fn execute_sql(&self, sql: impl AsRef<str>) {
        self.database.execute_sql(sql).await;
    }

    /// Inserts events with the ids `{id_prefix}_{n}`, and a run of each at the endpoint `Name`.
    /// `columns` gives the run's other columns as SQL expressions of `n`.
    pub(crate) async fn insert_events<Name: EndpointName>(
        &self,
        id_prefix: &str,
        numbers: RangeInclusive<i64>,
        then: &str,
        columns: &[(&str, &str)],
    ) {
        let endpoint = Name::NAME;
        let body =
            self.database.bytes_literal(event_json(id_prefix, "charge.updated").to_string().as_bytes());
        let (first, last) = numbers.into_inner();
        let numbers = format!(
            "WITH RECURSIVE numbers (n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})"
        );
        self.execute_sql(format!(
            "{numbers} INSERT INTO stripe_hooks_events (endpoint, id, form, source, type, body, received_at) \
             SELECT '{endpoint}', '{id_prefix}_' || n, 'snapshot', 'delivered', 'charge.updated', {body}, {then} FROM numbers"
        ))
        .await;
        let (columns, cells): (Vec<_>, Vec<_>) = columns.iter().copied().unzip();
        let (columns, cells) = (columns.join(", "), cells.join(", "));
        self.execute_sql(format!(
            "{numbers} INSERT INTO stripe_hooks_runs (event, endpoint, counts_for_id, counts_for_type, run_at, created_at, {columns}) \
             SELECT key, event.endpoint, event.id, event.type, {then}, {then}, {cells} \
             FROM numbers JOIN stripe_hooks_events AS event ON event.id = '{id_prefix}_' || n"
        ))
        .await;
    }

    /// All runs, in the order in which they came.
    pub(crate) async fn all_runs(&self) -> Vec<RunRow> {
        let sql = "SELECT handler, state, CAST(attempts AS BIGINT) AS attempts, result, reason, error FROM stripe_hooks_runs ORDER BY id";
        self.database.query_rows(sql, read_run, read_run).await
    }

    /// Waits until the runs are as wanted, and returns them.
    pub(crate) async fn wait_for_runs(&self, what: &str, wanted: impl Fn(&[RunRow]) -> bool) -> Vec<RunRow> {
        let deadline = Instant::now() + WAIT_TIMEOUT;
        loop {
            let runs = self.all_runs().await;
            if wanted(&runs) {
                return runs;
            }
            assert!(Instant::now() < deadline, "{what} did not come about: {runs:#?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until every run has ended.
    pub(crate) async fn wait_until_ended(&self) -> Vec<RunRow> {
        let ended = |runs: &[RunRow]| runs.iter().all(|run| run.state == "done" || run.state == "parked");
        self.wait_for_runs("the end of all runs", |runs| !runs.is_empty() && ended(runs)).await
    }
}

/// What a row says of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RunRow {
    pub(crate) handler: String,
    pub(crate) state: String,
    pub(crate) attempts: i64,
    pub(crate) result: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) error: Option<String>,
}

impl RunRow {
    /// Handler, state and attempts.
    pub(crate) fn summary(&self) -> (&str, &str, i64) {
        (&self.handler, &self.state, self.attempts)
    }
}

fn read_run<R: Row>(row: &R) -> RunRow
where
    for<'r> &'r str: sqlx::ColumnIndex<R>,
    for<'r> String: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    for<'r> Option<String>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    for<'r> i64: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
{
    RunRow {
        handler: row.get::<String, _>("handler").rsplit("::").next().unwrap().to_owned(),
        state: row.get("state"),
        attempts: row.get("attempts"),
        result: row.get("result"),
        reason: row.get("reason"),
        error: row.get("error"),
    }
}

/// An event of this id.
pub(crate) fn event_json(id: &str, event_type: &str) -> Value {
    let object = json!({"id": format!("obj_{id}"), "object": "charge"});
    let mut event = delivery::snapshot_event(event_type, &object);
    event["id"] = json!(id);
    event
}

/// Delivers the event, and returns the status of the answer.
pub(crate) async fn deliver_event(endpoint: &Endpoint, event: &Value) -> u16 {
    delivery::deliver_event(endpoint, event).await.status()
}

/// Gives each of these tests two names, one for each engine.
macro_rules! on_both_engines {
    ($($(#[$attribute:meta])* $test:ident),+ $(,)?) => {
        $(mod $test {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            $(#[$attribute])*
            async fn sqlite() {
                super::$test($crate::test_inbox::TestInbox::sqlite()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            $(#[$attribute])*
            async fn postgres() {
                if let Some(test_inbox) = $crate::test_inbox::TestInbox::postgres() {
                    super::$test(test_inbox).await;
                }
            }
        })+
    };
}

pub(crate) use on_both_engines;
