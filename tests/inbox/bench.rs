//! The bench on which these tests work: an inbox in a file of its own, what its handlers saw, and a look into its tables.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use sqlx::{Connection, Row, SqliteConnection, sqlite::SqliteConnectOptions};
use stripe_hooks::{Endpoint, EndpointBuilder, SqliteInbox};
use tempfile::TempDir;

/// Longer than anything here takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A folder with an inbox, which may be opened again and again.
pub(crate) struct Bench {
    folder: TempDir,
    pub(crate) seen: Seen,
}

/// How often each thing was seen.
#[derive(Clone, Default)]
pub(crate) struct Seen(Arc<Mutex<BTreeMap<String, usize>>>);

impl Seen {
    /// Counts it, and says which time this is.
    pub(crate) fn add(&self, what: impl Into<String>) -> usize {
        let mut seen = self.0.lock().unwrap();
        let times = seen.entry(what.into()).or_default();
        *times += 1;
        *times
    }

    pub(crate) fn times(&self, what: &str) -> usize {
        self.0.lock().unwrap().get(what).copied().unwrap_or_default()
    }
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), seen: Seen::default() }
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("events.db")
    }

    /// A file into which the handlers of other processes write what they do.
    pub(crate) fn journal(&self) -> PathBuf {
        self.folder.path().join("journal")
    }

    /// The inbox, which looks for work often.
    pub(crate) fn inbox(&self) -> SqliteInbox {
        SqliteInbox::open(self.file()).unwrap().poll_interval(Duration::from_millis(20))
    }

    /// An endpoint with the handlers of `Name`.
    pub(crate) fn endpoint<Name: 'static>(&self) -> Endpoint {
        self.builder::<Name>().inbox(self.inbox()).build().unwrap()
    }

    pub(crate) fn builder<Name: 'static>(&self) -> EndpointBuilder {
        delivery::endpoint::<Name>().state(self.seen.clone())
    }

    pub(crate) async fn connect(&self) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(self.file()).busy_timeout(PATIENCE);
        SqliteConnection::connect_with(&options).await.unwrap()
    }

    /// What one question to the tables gives.
    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&mut self.connect().await).await.unwrap()
    }

    /// Changes the tables behind the inbox's back.
    pub(crate) async fn execute(&self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(&mut self.connect().await).await.unwrap();
    }

    /// All runs, in the order in which they came.
    pub(crate) async fn runs(&self) -> Vec<Run> {
        let sql = "SELECT handler, state, attempts, reason, last_error FROM stripe_hooks_runs ORDER BY id";
        let rows = sqlx::query(sql).fetch_all(&mut self.connect().await).await.unwrap();
        let run = |row: &sqlx::sqlite::SqliteRow| Run {
            handler: row.get::<String, _>("handler").rsplit("::").next().unwrap().to_owned(),
            state: row.get("state"),
            attempts: row.get("attempts"),
            reason: row.get("reason"),
            error: row.get("last_error"),
        };
        rows.iter().map(run).collect()
    }

    /// Waits until the runs are as wanted, and returns them.
    pub(crate) async fn runs_when(&self, what: &str, wanted: impl Fn(&[Run]) -> bool) -> Vec<Run> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let runs = self.runs().await;
            if wanted(&runs) {
                return runs;
            }
            assert!(Instant::now() < deadline, "{what} did not come about: {runs:#?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until every run has ended.
    pub(crate) async fn ended(&self) -> Vec<Run> {
        let ended = |runs: &[Run]| runs.iter().all(|run| run.state == "done" || run.state == "parked");
        self.runs_when("the end of all runs", |runs| !runs.is_empty() && ended(runs)).await
    }
}

/// What a row says of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) handler: String,
    pub(crate) state: String,
    pub(crate) attempts: i64,
    pub(crate) reason: Option<String>,
    pub(crate) error: Option<String>,
}

impl Run {
    /// Handler, state and attempts.
    pub(crate) fn brief(&self) -> (&str, &str, i64) {
        (&self.handler, &self.state, self.attempts)
    }
}

/// An event of this id.
pub(crate) fn event(id: &str, event_type: &str) -> Value {
    let object = json!({"id": format!("obj_{id}"), "object": "charge"});
    let mut event = delivery::snapshot(event_type, &object);
    event["id"] = json!(id);
    event
}

/// Delivers the event, and returns the status of the answer.
pub(crate) async fn deliver(endpoint: &Endpoint, event: &Value) -> u16 {
    delivery::deliver(endpoint, event).await.status()
}
