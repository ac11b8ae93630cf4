//! Credentials that change while an inbox is at work, as those of a vault or of a cloud do.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use stripe_hooks::{
    EventId, InboxTx, PostgresInbox, State, on_event,
    sqlx::{self, Postgres, postgres::PgConnectOptions},
};

use crate::{
    database::TestDatabase,
    postgres_cluster::{self, PostgresCluster},
    test_inbox::{CallCounts, TestInbox, WAIT_TIMEOUT, deliver_event, event_json, wait_until},
};

#[derive(stripe_hooks::EndpointName)]
struct ChangingCredentialsEndpoint;

#[on_event("charge.succeeded", endpoint = ChangingCredentialsEndpoint, retries = 50, backoff = "10ms")]
async fn books(id: EventId, tx: &mut InboxTx<Postgres>) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO ledger VALUES ($1)").bind(id.as_str()).execute(&mut **tx).await?;
    Ok(())
}

#[on_event("charge.updated", endpoint = ChangingCredentialsEndpoint)]
async fn notes(id: EventId, State(calls): State<CallCounts>) {
    calls.count_call(id.as_str());
}

/// The credentials, as an application keeps them.
#[derive(Clone)]
struct Credentials {
    options: PgConnectOptions,
    password: Arc<Mutex<String>>,
    calls: Arc<AtomicUsize>,
    panics: Arc<AtomicBool>,
}

impl Credentials {
    fn current(&self) -> PgConnectOptions {
        self.calls.fetch_add(1, SeqCst);
        assert!(!self.panics.load(SeqCst), "no password at hand");
        self.options.clone().password(&self.password.lock().unwrap())
    }

    /// Changes the password, and ends all connections that were made with the old one.
    async fn rotate(&self, test_inbox: &TestInbox, password: &str) {
        test_inbox.execute_sql(format!("ALTER ROLE shop PASSWORD '{password}'")).await;
        *self.password.lock().unwrap() = password.to_owned();
        end_connections(test_inbox).await;
    }
}

async fn end_connections(test_inbox: &TestInbox) {
    test_inbox
        .execute_sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'shop'")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_that_change_while_an_inbox_is_at_work_are_used_for_all_of_its_connections() {
    let Some(programs) = postgres_cluster::postgres_programs() else { return };
    let cluster = PostgresCluster::start_asking(programs, "shop");
    let test_inbox = TestInbox::on_database(TestDatabase::Server(cluster.create_database()));
    test_inbox.execute_sql("CREATE ROLE shop LOGIN SUPERUSER PASSWORD 'first'").await;
    let test_inbox = test_inbox.with_ledger().await;
    let options: PgConnectOptions =
        test_inbox.database.address().replace("//tester@", "//shop@").parse().unwrap();
    let credentials = Credentials {
        options,
        password: Arc::new(Mutex::new("first".to_owned())),
        calls: Arc::default(),
        panics: Arc::default(),
    };
    let wrong = credentials.options.clone().password("wrong");
    let error = PostgresInbox::builder_with(move || wrong.clone()).open().unwrap_err().to_string();
    assert!(error.contains("password authentication failed"), "{error}");

    // It does not look for work by itself within the time of this test.
    let provider = credentials.clone();
    let inbox =
        PostgresInbox::builder_with(move || provider.current()).poll_interval(Duration::from_secs(3_600));
    let endpoint = test_inbox
        .endpoint_builder::<ChangingCredentialsEndpoint>()
        .inbox(inbox.open().unwrap())
        .build()
        .unwrap();
    let goes_on = async |name: &str| {
        let id = format!("evt_{name}");
        let taken = async |id: &str, event_type: &str| {
            wait_until("a 200", async || deliver_event(&endpoint, &event_json(id, event_type)).await == 200)
                .await;
        };
        taken(&id, "charge.succeeded").await;
        taken(&format!("{id}_noted"), "charge.updated").await;
        let booked = format!("SELECT count(*) FROM ledger WHERE event = '{id}'");
        wait_until("its booking", async || test_inbox.query_integer(&booked).await == 1).await;
        wait_until("its note", async || test_inbox.call_counts.calls_of(&format!("{id}_noted")) == 1).await;
        // Another process stores an event, and only a notification tells of it.
        let listening =
            "SELECT count(*) FROM pg_stat_activity WHERE usename = 'shop' AND query LIKE 'LISTEN%'";
        wait_until("a listener", async || test_inbox.query_integer(listening).await == 1).await;
        let other = test_inbox.open_inbox().accept_only().simulate_another_process().open();
        let other =
            test_inbox.endpoint_builder::<ChangingCredentialsEndpoint>().inbox(other).build().unwrap();
        let id = format!("evt_{name}_of_another");
        assert_eq!(deliver_event(&other, &event_json(&id, "charge.updated")).await, 200);
        wait_until("its note", async || test_inbox.call_counts.calls_of(&id) == 1).await;
        other.shutdown(WAIT_TIMEOUT).await.unwrap();
    };
    goes_on("first").await;
    for password in ["second", "third"] {
        credentials.rotate(&test_inbox, password).await;
        goes_on(password).await;
    }

    // A function that panics is an outage, which ends when it gives options again.
    credentials.panics.store(true, SeqCst);
    end_connections(&test_inbox).await;
    let calls = credentials.calls.load(SeqCst);
    // The first 503 may come from a connection that was ended. The next delivery connects again.
    wait_until("a 503 of the function", async || {
        let status = deliver_event(&endpoint, &event_json("evt_away", "charge.updated")).await;
        status == 503 && credentials.calls.load(SeqCst) > calls
    })
    .await;
    credentials.panics.store(false, SeqCst);
    goes_on("again").await;
    endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
    let runs = test_inbox.wait_until_ended().await;
    assert!(runs.iter().all(|run| run.state == "done"), "{runs:#?}");
}
