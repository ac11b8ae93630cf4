//! The properties of a handler's transaction on a server, which do not depend on the settings of
//! the database and of its roles.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use stripe_hooks::{
    Endpoint, EventId, InboxTx, PostgresInbox, State, on_event,
    sqlx::{self, AssertSqlSafe, Postgres},
};

use crate::{
    postgres_cluster,
    postgres_proxy::{PostgresProxy, WithheldUntil},
    test_inbox::{CallCounts, TestInbox, WAIT_TIMEOUT, deliver_event, event_json, wait_until},
    transactions::has_transaction_ended_error,
};

#[derive(stripe_hooks::EndpointName)]
struct SettingsEndpoint;

#[on_event("charge.succeeded", name = "probes", timeout = "7s", endpoint = SettingsEndpoint)]
async fn probes(State(calls): State<CallCounts>, tx: &mut InboxTx<Postgres>) -> Result<(), sqlx::Error> {
    for setting in ["transaction_isolation", "statement_timeout", "idle_in_transaction_session_timeout"] {
        let value: String =
            sqlx::query_scalar("SELECT current_setting($1)").bind(setting).fetch_one(&mut **tx).await?;
        calls.count_call(format!("{setting} = {value}"));
    }
    Ok(())
}

/// Runs a query that takes far longer than the handler's timeout.
#[on_event("charge.failed", name = "hangs", timeout = "4s", retries = 0, endpoint = SettingsEndpoint)]
async fn hangs(id: EventId, tx: &mut InboxTx<Postgres>) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO ledger VALUES ($1)").bind(id.as_str()).execute(&mut **tx).await?;
    sqlx::query("SELECT pg_sleep(600)").execute(&mut **tx).await.map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_sees_what_was_committed_before_each_query_and_none_outlasts_its_attempt() {
    let Some(test_inbox) = TestInbox::postgres() else { return };
    let test_inbox = test_inbox.with_ledger().await;
    let database = test_inbox.database.query_texts("SELECT current_database()::text").await.remove(0);
    for setting in ["default_transaction_isolation = serializable", "statement_timeout = 0"] {
        test_inbox.execute_sql(format!("ALTER DATABASE {database} SET {setting}")).await;
    }
    let endpoint = test_inbox.build_endpoint::<SettingsEndpoint>();
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.succeeded")).await, 200);
    assert_eq!(test_inbox.wait_until_ended().await[0].summary(), ("probes", "done", 1));
    // The handler's timeout, and five seconds for a future that does not stop at once.
    for setting in [
        "transaction_isolation = read committed",
        "statement_timeout = 12s",
        "idle_in_transaction_session_timeout = 12s",
    ] {
        assert_eq!(test_inbox.call_counts.calls_of(setting), 1, "not {setting}");
    }
    endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_cancels_a_query_whose_handler_timed_out() {
    let Some(test_inbox) = TestInbox::postgres() else { return };
    let test_inbox = test_inbox.with_ledger().await;
    let endpoint = test_inbox.build_endpoint::<SettingsEndpoint>();
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.failed")).await, 200);
    let sleeping = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' \
         AND query = 'SELECT pg_sleep(600)'";
    wait_until("the start of the query", async || test_inbox.query_integer(sleeping).await > 0).await;
    wait_until("the end of the query", async || test_inbox.query_integer(sleeping).await == 0).await;
    assert_eq!(test_inbox.wait_until_ended().await[0].summary(), ("hangs", "parked", 1));
    assert_eq!(test_inbox.query_integer("SELECT count(*) FROM ledger").await, 0);
    endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
}

#[derive(stripe_hooks::EndpointName)]
struct ChainingEndpoint;

/// Replaces its own transaction by another one, with the SQL that the event's id spells.
#[on_event("charge.succeeded", name = "goes_on_in_another", retries = 0, endpoint = ChainingEndpoint)]
async fn goes_on_in_another(id: EventId, tx: &mut InboxTx<Postgres>) -> Result<(), sqlx::Error> {
    let sql = id.as_str().replace('_', " ");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut **tx).await?;
    sqlx::query("INSERT INTO ledger VALUES ($1)").bind(id.as_str()).execute(&mut **tx).await.map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_that_goes_on_in_another_transaction_is_not_done() {
    let Some(test_inbox) = TestInbox::postgres() else { return };
    let test_inbox = test_inbox.with_ledger().await;
    let endpoint = test_inbox.build_endpoint::<ChainingEndpoint>();
    for sql in ["COMMIT; BEGIN", "ROLLBACK; BEGIN", "COMMIT AND CHAIN", "ROLLBACK AND CHAIN"] {
        assert_eq!(
            deliver_event(&endpoint, &event_json(&sql.replace(' ', "_"), "charge.succeeded")).await,
            200
        );
        let run = test_inbox.wait_until_ended().await.pop().unwrap();
        assert_eq!(run.summary(), ("goes_on_in_another", "parked", 1), "{sql}");
        assert!(has_transaction_ended_error(&run), "{sql}: {run:?}");
    }
    assert_eq!(test_inbox.query_integer("SELECT count(*) FROM ledger").await, 0);
    endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
}

/// First words of the statement that begins a handler's transaction. No other statement begins with
/// them.
const BEGIN_STATEMENT: &str = "BEGIN ISOLATION LEVEL";

#[derive(stripe_hooks::EndpointName)]
struct AbandonedBeginEndpoint;

/// A handler's first probe of its transaction.
#[derive(Debug, Clone, Copy)]
struct ConnectionProbe {
    /// The server process of the connection.
    backend_pid: i32,
    /// Seconds from the beginning of the transaction to the claim of the run. The number is not
    /// positive, because the claim comes first.
    begin_to_claim_seconds: f64,
}

type ConnectionProbes = Arc<Mutex<Vec<ConnectionProbe>>>;

/// A state that each attempt has a copy of. If it has a proxy, the proxy passes on the withheld
/// answers as soon as the attempt is dropped.
#[derive(Clone)]
struct ReleaseOnDrop(Option<PostgresProxy>);

impl Drop for ReleaseOnDrop {
    fn drop(&mut self) {
        if let Some(proxy) = &self.0 {
            proxy.release_answers();
        }
    }
}

/// Makes several attempts. One of them times out while it waits for the answer to BEGIN.
#[on_event("charge.succeeded", name = "begins", timeout = "1s", backoff = "1ms", endpoint = AbandonedBeginEndpoint)]
async fn begins(
    State(_attempt): State<ReleaseOnDrop>,
    State(probes): State<ConnectionProbes>,
    tx: &mut InboxTx<Postgres>,
) -> Result<(), sqlx::Error> {
    let probe = sqlx::query_as(
        "SELECT pg_backend_pid(), extract(epoch FROM started_at - now())::float8 FROM stripe_hooks.runs WHERE state = 'running'",
    );
    let (backend_pid, begin_to_claim_seconds) = probe.fetch_one(&mut **tx).await?;
    probes.lock().unwrap().push(ConnectionProbe { backend_pid, begin_to_claim_seconds });
    Ok(())
}

#[on_event("charge.failed", name = "never_begins", endpoint = AbandonedBeginEndpoint)]
async fn never_begins(State(_attempt): State<ReleaseOnDrop>, _tx: &mut InboxTx<Postgres>) {}

/// Returns an endpoint whose handlers share one connection to the server, through a proxy.
async fn with_one_connection(
    releases_on_drop: bool,
) -> Option<(TestInbox, Endpoint, PostgresProxy, ConnectionProbes)> {
    let test_inbox = TestInbox::postgres()?.with_ledger().await;
    let (proxy, probes) =
        (PostgresProxy::start(postgres_cluster::shared_cluster()?.port()), ConnectionProbes::default());
    let inbox = PostgresInbox::builder(proxy.address(&test_inbox.database.address()))
        .connections(1)
        .poll_interval(Duration::from_millis(20))
        .open()
        .unwrap();
    let attempt = ReleaseOnDrop(releases_on_drop.then(|| proxy.clone()));
    let builder =
        test_inbox.endpoint_builder::<AbandonedBeginEndpoint>().state(attempt).state(Arc::clone(&probes));
    Some((test_inbox, builder.inbox(inbox).build().unwrap(), proxy, probes))
}

/// Delivers an event whose first attempt times out while the server's answer to its BEGIN is
/// withheld. Returns the backend that had the connection, and the probe of the next attempt.
async fn abandon_begin(
    (test_inbox, endpoint, proxy, probes): &(TestInbox, Endpoint, PostgresProxy, ConnectionProbes),
    until: WithheldUntil,
) -> (i32, ConnectionProbe) {
    let before = probes.lock().unwrap().len();
    assert_eq!(
        deliver_event(endpoint, &event_json(&format!("evt_before_{before}"), "charge.succeeded")).await,
        200
    );
    test_inbox.wait_until_ended().await;
    let withheld = proxy.withheld();
    proxy.withhold_answers(BEGIN_STATEMENT, until);
    assert_eq!(deliver_event(endpoint, &event_json(&format!("evt_{before}"), "charge.succeeded")).await, 200);
    let runs = test_inbox.wait_until_ended().await;
    assert!(runs.iter().all(|run| run.state == "done"), "{runs:#?}");
    assert_eq!(proxy.withheld(), withheld + 1);
    let probes = probes.lock().unwrap();
    let [.., first, next] = **probes else { panic!("{probes:?}") };
    let ConnectionProbe { backend_pid: backend, begin_to_claim_seconds: too_old } = next;
    assert!(
        too_old <= 0.0,
        "a handler works in a transaction that began {too_old:.3} s before its run was claimed, on the connection of backend {backend}; \
         backend {} had executed the BEGIN that was abandoned",
        first.backend_pid
    );
    (first.backend_pid, next)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_begin_that_is_abandoned_is_rolled_back_and_its_connection_goes_on() {
    let Some(parts) = with_one_connection(true).await else { return };
    // On a machine that hangs for two seconds, the connection is closed.
    let mut goes_on = false;
    for _ in 0..5 {
        let (backend, next) = abandon_begin(&parts, WithheldUntil::Released).await;
        goes_on |= next.backend_pid == backend;
        if goes_on {
            break;
        }
    }
    assert!(goes_on, "the connection is never used again: {:?}", parts.3.lock().unwrap());
    parts.1.shutdown(WAIT_TIMEOUT).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_begin_whose_answer_comes_when_its_connection_comes_back_is_used_by_nobody() {
    let Some(parts) = with_one_connection(false).await else { return };
    abandon_begin(&parts, WithheldUntil::NextMessage).await;
    parts.1.shutdown(WAIT_TIMEOUT).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_begin_that_is_never_answered_takes_no_connection_from_the_next() {
    let Some(parts) = with_one_connection(false).await else { return };
    abandon_begin(&parts, WithheldUntil::Closed).await;
    parts.1.shutdown(WAIT_TIMEOUT).await.unwrap();
}

/// Stops the inbox while a handler waits for the answer to its BEGIN.
async fn check_stop_during_begin(held: WithheldUntil) {
    let Some((test_inbox, endpoint, proxy, _)) = with_one_connection(held == WithheldUntil::Released).await
    else {
        return;
    };
    // The inbox's thread lives for as long as this handle.
    let operator = endpoint.inbox().unwrap();
    proxy.withhold_answers(BEGIN_STATEMENT, held);
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.failed")).await, 200);
    test_inbox.wait_for_runs("the answer to its BEGIN", |_| proxy.withheld() == 1).await;
    endpoint.shutdown(Duration::ZERO).await.unwrap();
    assert_eq!(test_inbox.all_runs().await[0].summary(), ("never_begins", "pending", 0));
    let connected = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    wait_until("the end of all connections", async || test_inbox.query_integer(connected).await == 0).await;
    drop(operator);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inbox_that_stops_while_a_handler_begins_leaves_no_transaction() {
    check_stop_during_begin(WithheldUntil::Released).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inbox_that_stops_while_a_begin_is_never_answered_leaves_no_connection() {
    check_stop_during_begin(WithheldUntil::Closed).await;
}
