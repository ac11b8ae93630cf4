//! What a server can do to an inbox that a file cannot: go away, lose connections, fall silent, and be shared.

use std::{process::Command, thread, time::Duration};

use stripe_hooks::{
    EventId, InboxTx, PostgresInbox, PostgresInboxBuilder, State, on_event,
    sqlx::{self, Postgres},
};

use crate::{
    child_process::ChildProcess,
    database::TestDatabase,
    environment,
    postgres_cluster::{self, PostgresCluster},
    postgres_proxy::{CutPoint, PostgresProxy},
    test_inbox::{CallCounts, HandlerGate, TestInbox, WAIT_TIMEOUT, deliver_event, event_json, wait_until},
};

/// Returns a test inbox on the shared server, a proxy before the server, and the address of the
/// database through the proxy.
async fn test_inbox_behind_proxy() -> Option<(TestInbox, PostgresProxy, String)> {
    let cluster = postgres_cluster::shared_cluster()?;
    let test_inbox = TestInbox::postgres()?.with_ledger().await;
    let proxy = PostgresProxy::start(cluster.port());
    let address = proxy.address(&test_inbox.database.address());
    Some((test_inbox, proxy, address))
}

/// Returns a test inbox on a server of its own, and the server, for the test to stop.
async fn test_inbox_on_own_server() -> Option<(TestInbox, PostgresCluster)> {
    let cluster = PostgresCluster::start(postgres_cluster::postgres_programs()?);
    let test_inbox =
        TestInbox::on_database(TestDatabase::Server(cluster.create_database())).with_ledger().await;
    Some((test_inbox, cluster))
}

/// Each of these events was booked once, and its run is done.
async fn assert_booked_once(test_inbox: &TestInbox, ids: &[&str]) {
    let runs = test_inbox.wait_until_ended().await;
    assert!(runs.iter().all(|run| run.state == "done"), "{runs:#?}");
    assert_eq!(test_inbox.database.query_texts("SELECT event FROM ledger ORDER BY event").await, ids);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accept_that_is_cut_off_at_its_commit_is_answered_503_and_runs_once() {
    for cut in [CutPoint::BeforeCommit, CutPoint::AfterCommit] {
        let Some((test_inbox, proxy, address)) = test_inbox_behind_proxy().await else { return };
        let process = ChildProcess::start_at(&address, &[]);
        proxy.cut_at_commit(cut, "INSERT INTO events");
        assert_eq!(process.deliver("evt_1", "charge.succeeded"), Some(503), "{cut:?}");
        assert_eq!(proxy.count_cuts(), 1);
        let stored = i64::from(cut == CutPoint::AfterCommit);
        assert_eq!(
            test_inbox.query_integer("SELECT count(*) FROM stripe_hooks_events").await,
            stored,
            "{cut:?}"
        );
        process.deliver_until_taken("evt_1", "charge.succeeded");
        assert_booked_once(&test_inbox, &["evt_1"]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settlement_that_is_cut_off_at_its_commit_is_written_again_and_counts_once() {
    for cut in [CutPoint::BeforeCommit, CutPoint::AfterCommit] {
        let Some((test_inbox, proxy, address)) = test_inbox_behind_proxy().await else { return };
        let process = ChildProcess::start_at(&address, &[("LEASE_MS", "20000")]);
        proxy.cut_at_commit(cut, "WITH ended");
        assert_eq!(process.deliver("evt_1", "charge.captured"), Some(200));
        assert_eq!(test_inbox.wait_until_ended().await[0].summary(), ("note", "done", 1), "{cut:?}");
        let finished = "SELECT CAST(finished_at AS TEXT) FROM stripe_hooks_runs";
        let first = test_inbox.database.query_texts(finished).await;
        process.send_signal("-TERM");
        process.wait_for_line("stopped");
        assert_eq!(proxy.count_cuts(), 1);
        assert_eq!(test_inbox.database.query_texts(finished).await, first, "it was done twice");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transactional_handler_that_is_cut_off_at_its_commit_has_one_effect() {
    for (cut, attempts) in [(CutPoint::BeforeCommit, 2), (CutPoint::AfterCommit, 1)] {
        let Some((test_inbox, proxy, address)) = test_inbox_behind_proxy().await else { return };
        let process = ChildProcess::start_at(&address, &[("LEASE_MS", "20000")]);
        proxy.cut_at_commit(cut, "finished_at = clock_timestamp()");
        assert_eq!(process.deliver("evt_1", "charge.succeeded"), Some(200));
        assert_booked_once(&test_inbox, &["evt_1"]).await;
        assert_eq!(proxy.count_cuts(), 1);
        assert_eq!(test_inbox.all_runs().await[0].summary(), ("book", "done", attempts), "{cut:?}");
        process.send_signal("-TERM");
        process.wait_for_line("stopped");
        assert_booked_once(&test_inbox, &["evt_1"]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_network_swallows_everything_the_answer_is_503_and_the_lease_passes_on() {
    let Some((test_inbox, proxy, address)) = test_inbox_behind_proxy().await else { return };
    let go = test_inbox.go_file("go");
    let cut_off = ChildProcess::start_at(&address, &[("GRACE_MS", "100"), go.environment_variable()]);
    assert_eq!(cut_off.deliver("evt_slow", "charge.refunded"), Some(200));
    cut_off.wait_for_line("booked evt_slow");
    assert_eq!(cut_off.deliver("evt_plain", "charge.updated"), Some(200));
    cut_off.wait_for_line("begun evt_plain");
    proxy.silence_connections();
    assert_eq!(cut_off.deliver("evt_late", "charge.succeeded"), Some(503));
    // Nobody renews the leases, and another process takes over.
    let other = ChildProcess::start(&test_inbox, &[]);
    let runs = test_inbox.wait_until_ended().await;
    assert_eq!([runs[0].summary(), runs[1].summary()], [("book_slowly", "done", 2), ("last", "done", 2)]);
    let finished = "SELECT CAST(finished_at AS TEXT) FROM stripe_hooks_runs WHERE counts_for_id <> 'evt_late' ORDER BY id";
    let before = test_inbox.database.query_texts(finished).await;
    drop(other);
    proxy.accept_connections();
    go.create_file();
    cut_off.deliver_until_taken("evt_late", "charge.succeeded");
    assert_booked_once(&test_inbox, &["evt_late", "evt_slow"]).await;
    cut_off.send_signal("-TERM");
    cut_off.wait_for_line("stopped");
    drop(cut_off);
    assert_booked_once(&test_inbox, &["evt_late", "evt_slow"]).await;
    assert_eq!(test_inbox.database.query_texts(finished).await, before, "a stale result changed a row");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transactional_handler_that_stood_still_past_its_lease_leaves_nothing_behind() {
    let Some(test_inbox) = TestInbox::postgres() else { return };
    let test_inbox = test_inbox.with_ledger().await;
    let go = test_inbox.go_file("go");
    let first = ChildProcess::start(&test_inbox, &[go.environment_variable()]);
    assert_eq!(first.deliver("evt_1", "charge.refunded"), Some(200));
    first.wait_for_line("booked evt_1");
    first.pause_process();
    let second = ChildProcess::start(&test_inbox, &[]);
    second.wait_for_line("ended evt_1");
    assert_booked_once(&test_inbox, &["evt_1"]).await;
    assert_eq!(test_inbox.all_runs().await[0].summary(), ("book_slowly", "done", 2));
    let row = "SELECT CAST(run AS TEXT) FROM stripe_hooks_runs AS run";
    let before = test_inbox.database.query_texts(row).await;
    go.create_file();
    first.resume_process();
    first.wait_for_line("ended evt_1");
    first.send_signal("-TERM");
    first.wait_for_line("stopped");
    assert_booked_once(&test_inbox, &["evt_1"]).await;
    assert_eq!(test_inbox.database.query_texts(row).await, before);
}

/// Stops the server, for so long, while events come in; the same process goes on by itself.
async fn check_recovery_after(signal: &str, away: Duration) {
    let Some((test_inbox, mut cluster)) = test_inbox_on_own_server().await else { return };
    let mut process = ChildProcess::start(&test_inbox, &[]);
    assert_eq!(process.deliver("evt_1", "charge.succeeded"), Some(200));
    assert_eq!(process.deliver("evt_2", "charge.refunded"), Some(200));
    process.wait_for_line("booked evt_2");
    assert_eq!(process.deliver("evt_3", "charge.captured"), Some(200));
    cluster.stop(signal);
    if !away.is_zero() {
        assert_eq!(process.deliver("evt_4", "charge.succeeded"), Some(503));
        thread::sleep(away);
        assert_eq!(process.deliver("evt_4", "charge.succeeded"), Some(503));
    }
    cluster.restart();
    process.deliver_until_taken("evt_4", "charge.succeeded");
    assert_booked_once(&test_inbox, &["evt_1", "evt_2", "evt_4"]).await;
    assert_eq!(test_inbox.all_runs().await.len(), 4);
    assert!(!process.has_exited(), "it did not live on");
    process.send_signal("-TERM");
    process.wait_for_line("stopped");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_goes_on_by_itself_when_the_database_was_restarted() {
    check_recovery_after("INT", Duration::ZERO).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_goes_on_by_itself_when_the_database_crashed_and_was_away_for_a_while() {
    check_recovery_after("QUIT", Duration::from_secs(3)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_goes_on_by_itself_when_the_database_was_away_for_40_seconds() {
    if !environment::is_enabled(environment::LONG_TESTS_VARIABLE) {
        return;
    }
    check_recovery_after("INT", Duration::from_secs(40)).await;
}

#[derive(stripe_hooks::EndpointName)]
struct WaitingEndpoint;

#[on_event("charge.succeeded", name = "waits", endpoint = WaitingEndpoint)]
async fn waits(State(calls): State<CallCounts>, State(gate): State<HandlerGate>) {
    if calls.count_call("begun") == 1 {
        let _ = gate.0.acquire().await;
    }
}

/// The builder of an inbox that claims runs only when a notification wakes it.
fn inbox_without_polling(test_inbox: &TestInbox) -> PostgresInboxBuilder {
    PostgresInbox::builder(test_inbox.database.address()).poll_interval(Duration::from_secs(3_600))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_hears_of_what_another_has_stored_also_when_the_database_was_restarted() {
    let Some((test_inbox, mut cluster)) = test_inbox_on_own_server().await else { return };
    let busy = inbox_without_polling(&test_inbox).workers(1).open().unwrap();
    let busy = test_inbox.endpoint_builder::<WaitingEndpoint>().inbox(busy).build().unwrap();
    assert_eq!(deliver_event(&busy, &event_json("evt_0", "charge.succeeded")).await, 200);
    wait_until("the start of the handler", async || test_inbox.call_counts.calls_of("begun") > 0).await;
    let free = inbox_without_polling(&test_inbox).simulate_another_process().open().unwrap();
    let free = test_inbox.endpoint_builder::<WaitingEndpoint>().inbox(free).build().unwrap();
    let (test_inbox, busy) = (&test_inbox, &busy);
    let is_done_by_the_other = async |id: &str, count| {
        // So that it listens, and does not look because it has only begun to.
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        wait_until("a 200", async || deliver_event(busy, &event_json(id, "charge.succeeded")).await == 200)
            .await;
        let done = |runs: &[crate::test_inbox::RunRow]| {
            runs.iter().filter(|run| run.state == "done").count() == count
        };
        test_inbox.wait_for_runs("its end", done).await;
    };
    is_done_by_the_other("evt_1", 1).await;
    cluster.stop("INT");
    cluster.restart();
    is_done_by_the_other("evt_2", 2).await;
    is_done_by_the_other("evt_3", 3).await;
    test_inbox.handler_gate.0.add_permits(1);
    test_inbox.wait_until_ended().await;
    for endpoint in [busy, &free] {
        endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_only_works_hears_of_what_one_that_only_accepts_has_stored() {
    let Some(test_inbox) = TestInbox::postgres() else { return };
    let accepting = inbox_without_polling(&test_inbox).accept_only().open().unwrap();
    let working = inbox_without_polling(&test_inbox).work_only().simulate_another_process().open().unwrap();
    let receiver = test_inbox.endpoint_builder::<WaitingEndpoint>().inbox(accepting).build().unwrap();
    let worker = test_inbox.endpoint_builder::<WaitingEndpoint>().inbox(working).build().unwrap();
    test_inbox.handler_gate.0.add_permits(1);
    for (count, id) in ["evt_1", "evt_2"].into_iter().enumerate() {
        // So that it listens, and does not look because it has only begun to.
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        assert_eq!(deliver_event(&receiver, &event_json(id, "charge.succeeded")).await, 200);
        let done = |runs: &[crate::test_inbox::RunRow]| {
            runs.iter().filter(|run| run.state == "done").count() > count
        };
        test_inbox.wait_for_runs("its end", done).await;
    }
    for endpoint in [&receiver, &worker] {
        endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_processes_share_the_work_on_what_one_of_them_takes_in() {
    let Some(test_inbox) = TestInbox::postgres() else {
        return;
    };
    let go = test_inbox.go_file("go");
    let variables = [("WORKERS", "15"), ("LEASE_MS", "20000"), go.environment_variable()];
    let processes: Vec<_> = (0..3).map(|_| ChildProcess::start(&test_inbox, &variables)).collect();
    for id in 0..45 {
        assert_eq!(processes[0].deliver(&format!("evt_{id}"), "charge.updated"), Some(200));
    }
    // None of them has ended, so that each process has as many as it has places for.
    for process in &processes {
        (0..15).for_each(|_| drop(process.wait_for_line("begun ")));
    }
    go.create_file();
    let runs = test_inbox.wait_until_ended().await;
    assert!(runs.iter().all(|run| run.summary() == ("last", "done", 1)), "{runs:#?}");
}

#[derive(stripe_hooks::EndpointName)]
struct HoldingEndpoint;

#[on_event("charge.succeeded", endpoint = HoldingEndpoint)]
async fn holds(
    id: EventId,
    State(gate): State<HandlerGate>,
    tx: &mut InboxTx<Postgres>,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO ledger VALUES ($1)").bind(id.as_str()).execute(&mut **tx).await?;
    let _ = gate.0.acquire().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn transactions_that_hold_all_of_their_connections_keep_neither_deliveries_nor_leases_waiting() {
    let Some(test_inbox) = TestInbox::postgres() else { return };
    let test_inbox = test_inbox.with_ledger().await;
    let inbox = PostgresInbox::builder(test_inbox.database.address())
        .connections(2)
        .workers(16)
        .lease(Duration::from_secs(1))
        .open()
        .unwrap();
    let endpoint = test_inbox.endpoint_builder::<HoldingEndpoint>().inbox(inbox).build().unwrap();
    let ids: Vec<_> = (10..30).map(|id| format!("evt_{id}")).collect();
    for id in &ids[..16] {
        assert_eq!(deliver_event(&endpoint, &event_json(id, "charge.succeeded")).await, 200);
    }
    let all_run = |runs: &[crate::test_inbox::RunRow]| runs.iter().all(|run| run.state == "running");
    test_inbox.wait_for_runs("the claim of all", all_run).await;
    // Longer than a lease, which is renewed meanwhile.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    for id in &ids[16..] {
        assert_eq!(deliver_event(&endpoint, &event_json(id, "charge.succeeded")).await, 200);
    }
    assert!(endpoint.inbox().unwrap().stats().await.unwrap().handlers[0].running == 16);
    test_inbox.handler_gate.0.add_permits(20);
    let runs = test_inbox.wait_until_ended().await;
    assert!(runs.iter().all(|run| run.summary() == ("holds", "done", 1)), "{runs:#?}");
    assert_eq!(test_inbox.database.query_texts("SELECT event FROM ledger ORDER BY event").await, ids);
}

/// Runs a program with its clock set so.
fn command_with_shifted_clock(shift: &str) -> Command {
    let mut command = Command::new("faketime");
    command.args(["--exclude-monotonic", "-f", shift]);
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_whose_clock_is_an_hour_off_works_as_all_others_do() {
    if Command::new("faketime").arg("--version").output().is_err() {
        // The rest of the proof is that no query holds a time of the process's clock, which a test
        // of the crate looks for.
        environment::print_skipped("install faketime");
        return;
    }
    for (ahead, shift) in [(3_600, "+1h"), (-3_600, "-1h")] {
        let Some(test_inbox) = TestInbox::postgres() else { return };
        let test_inbox = test_inbox.with_ledger().await;
        let mut command = command_with_shifted_clock(shift);
        let go = test_inbox.go_file("go");
        // So long that what takes it away from its process is only a clock that is off.
        let variables = [("LEASE_MS", "30000"), go.environment_variable()];
        command.envs(variables);
        let off = ChildProcess::start_ahead(command, &test_inbox, ahead);
        // Who starts looks at once for what others have left.
        let right = ChildProcess::start(&test_inbox, &variables);
        for (process, name) in [(&off, "off"), (&right, "right")] {
            for id in 0..8 {
                assert_eq!(process.deliver(&format!("evt_{name}_{id}"), "charge.updated"), Some(200));
            }
        }
        test_inbox
            .wait_for_runs("their beginning", |runs| runs.iter().all(|run| run.state == "running"))
            .await;
        let mut command = command_with_shifted_clock(shift);
        command.envs(variables);
        let off_too = ChildProcess::start_ahead(command, &test_inbox, ahead);
        let right_too = ChildProcess::start(&test_inbox, &variables);
        for process in [&off_too, &right_too] {
            process.deliver_until_taken("evt_booked", "charge.succeeded");
        }
        test_inbox.wait_for_runs("what was booked", |runs| runs[16].state == "done").await;
        // Their leases pass by the database's clock, whoever has taken them.
        let odd = "SELECT count(*) FROM stripe_hooks_runs WHERE state = 'running' \
             AND NOT lease_until - now() BETWEEN interval '0' AND interval '30 seconds'";
        assert_eq!(test_inbox.query_integer(odd).await, 0);
        go.create_file();
        let runs = test_inbox.wait_until_ended().await;
        assert!(runs.iter().all(|run| run.state == "done" && run.attempts == 1), "{runs:#?}");
        assert_eq!(test_inbox.query_integer("SELECT count(*) FROM ledger").await, 1);
        let near = "abs(extract(epoch FROM clock_timestamp() - received_at)) < 600";
        let odd = format!("SELECT count(*) FROM stripe_hooks_events WHERE NOT ({near})");
        assert_eq!(test_inbox.query_integer(odd).await, 0);
        let odd = "SELECT count(*) FROM stripe_hooks_runs WHERE NOT (finished_at >= started_at AND finished_at - created_at < '10 minutes')";
        assert_eq!(test_inbox.query_integer(odd).await, 0);
    }
}
