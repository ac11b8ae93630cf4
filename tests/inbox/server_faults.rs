//! What a server can do to an inbox that a file cannot: go away, lose connections, fall silent, and be shared.

use std::{process::Command, thread, time::Duration};

use stripe_hooks::{
    EventId, InboxTx, PostgresInbox, PostgresInboxBuilder, State, on_event,
    sqlx::{self, Postgres},
};

use crate::{
    bench::{Bench, Gate, PATIENCE, Seen, deliver, event, until},
    cluster::{self, Cluster},
    database::Database,
    process::Process,
    proxy::{Cut, Proxy},
    switch,
};

/// A bench on the shared server, and the way to it through a proxy.
async fn behind_proxy() -> Option<(Bench, Proxy, String)> {
    let cluster = cluster::shared()?;
    let bench = Bench::postgres()?.with_ledger().await;
    let proxy = Proxy::to(cluster.port());
    let address = proxy.address(&bench.database.place());
    Some((bench, proxy, address))
}

/// A bench on a server of its own, for the test to stop.
async fn on_own_server() -> Option<(Bench, Cluster)> {
    let cluster = Cluster::start(cluster::programs()?);
    let bench = Bench::on(Database::Server(cluster.database())).with_ledger().await;
    Some((bench, cluster))
}

/// Each of these events was booked once, and its run is done.
async fn is_booked_once(bench: &Bench, ids: &[&str]) {
    let runs = bench.ended().await;
    assert!(runs.iter().all(|run| run.state == "done"), "{runs:#?}");
    assert_eq!(bench.database.texts("SELECT event FROM ledger ORDER BY event").await, ids);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accept_that_is_cut_off_at_its_commit_is_answered_503_and_runs_once() {
    for cut in [Cut::Before, Cut::After] {
        let Some((bench, proxy, address)) = behind_proxy().await else { return };
        let process = Process::start_at(&address, &[]);
        proxy.cut(cut, "INSERT INTO events");
        assert_eq!(process.deliver("evt_1", "charge.succeeded"), Some(503), "{cut:?}");
        assert_eq!(proxy.cuts(), 1);
        let stored = i64::from(cut == Cut::After);
        assert_eq!(bench.count("SELECT count(*) FROM stripe_hooks_events").await, stored, "{cut:?}");
        process.deliver_until_taken("evt_1", "charge.succeeded");
        is_booked_once(&bench, &["evt_1"]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settlement_that_is_cut_off_at_its_commit_is_written_again_and_counts_once() {
    for cut in [Cut::Before, Cut::After] {
        let Some((bench, proxy, address)) = behind_proxy().await else { return };
        let process = Process::start_at(&address, &[("LEASE_MS", "20000")]);
        proxy.cut(cut, "WITH ended");
        assert_eq!(process.deliver("evt_1", "charge.captured"), Some(200));
        assert_eq!(bench.ended().await[0].brief(), ("note", "done", 1), "{cut:?}");
        let finished = "SELECT CAST(finished_at AS TEXT) FROM stripe_hooks_runs";
        let first = bench.database.texts(finished).await;
        process.signal("-TERM");
        process.wait_for("stopped");
        assert_eq!(proxy.cuts(), 1);
        assert_eq!(bench.database.texts(finished).await, first, "it was done twice");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transactional_handler_that_is_cut_off_at_its_commit_has_one_effect() {
    for (cut, attempts) in [(Cut::Before, 2), (Cut::After, 1)] {
        let Some((bench, proxy, address)) = behind_proxy().await else { return };
        let process = Process::start_at(&address, &[("LEASE_MS", "20000")]);
        proxy.cut(cut, "finished_at = clock_timestamp()");
        assert_eq!(process.deliver("evt_1", "charge.succeeded"), Some(200));
        is_booked_once(&bench, &["evt_1"]).await;
        assert_eq!(proxy.cuts(), 1);
        assert_eq!(bench.runs().await[0].brief(), ("book", "done", attempts), "{cut:?}");
        process.signal("-TERM");
        process.wait_for("stopped");
        is_booked_once(&bench, &["evt_1"]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_network_swallows_everything_the_answer_is_503_and_the_lease_passes_on() {
    let Some((bench, proxy, address)) = behind_proxy().await else { return };
    let go = bench.go("go");
    let cut_off = Process::start_at(&address, &[("GRACE_MS", "100"), go.variable()]);
    assert_eq!(cut_off.deliver("evt_slow", "charge.refunded"), Some(200));
    cut_off.wait_for("booked evt_slow");
    assert_eq!(cut_off.deliver("evt_plain", "charge.updated"), Some(200));
    cut_off.wait_for("begun evt_plain");
    proxy.fall_silent();
    assert_eq!(cut_off.deliver("evt_late", "charge.succeeded"), Some(503));
    // Nobody renews the leases, and another process takes over.
    let other = Process::start(&bench, &[]);
    let runs = bench.ended().await;
    assert_eq!([runs[0].brief(), runs[1].brief()], [("book_slowly", "done", 2), ("last", "done", 2)]);
    let finished = "SELECT CAST(finished_at AS TEXT) FROM stripe_hooks_runs WHERE counts_for_id <> 'evt_late' ORDER BY id";
    let before = bench.database.texts(finished).await;
    drop(other);
    proxy.recover();
    go.give();
    cut_off.deliver_until_taken("evt_late", "charge.succeeded");
    is_booked_once(&bench, &["evt_late", "evt_slow"]).await;
    cut_off.signal("-TERM");
    cut_off.wait_for("stopped");
    drop(cut_off);
    is_booked_once(&bench, &["evt_late", "evt_slow"]).await;
    assert_eq!(bench.database.texts(finished).await, before, "a stale result changed a row");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transactional_handler_that_stood_still_past_its_lease_leaves_nothing_behind() {
    let Some(bench) = Bench::postgres() else { return };
    let bench = bench.with_ledger().await;
    let go = bench.go("go");
    let first = Process::start(&bench, &[go.variable()]);
    assert_eq!(first.deliver("evt_1", "charge.refunded"), Some(200));
    first.wait_for("booked evt_1");
    first.stand_still();
    let second = Process::start(&bench, &[]);
    second.wait_for("ended evt_1");
    is_booked_once(&bench, &["evt_1"]).await;
    assert_eq!(bench.runs().await[0].brief(), ("book_slowly", "done", 2));
    let row = "SELECT CAST(run AS TEXT) FROM stripe_hooks_runs AS run";
    let before = bench.database.texts(row).await;
    go.give();
    first.go_on();
    first.wait_for("ended evt_1");
    first.signal("-TERM");
    first.wait_for("stopped");
    is_booked_once(&bench, &["evt_1"]).await;
    assert_eq!(bench.database.texts(row).await, before);
}

/// Stops the server, for so long, while events come in; the same process goes on by itself.
async fn goes_on_after(signal: &str, away: Duration) {
    let Some((bench, mut cluster)) = on_own_server().await else { return };
    let mut process = Process::start(&bench, &[]);
    assert_eq!(process.deliver("evt_1", "charge.succeeded"), Some(200));
    assert_eq!(process.deliver("evt_2", "charge.refunded"), Some(200));
    process.wait_for("booked evt_2");
    assert_eq!(process.deliver("evt_3", "charge.captured"), Some(200));
    cluster.stop(signal);
    if !away.is_zero() {
        assert_eq!(process.deliver("evt_4", "charge.succeeded"), Some(503));
        thread::sleep(away);
        assert_eq!(process.deliver("evt_4", "charge.succeeded"), Some(503));
    }
    cluster.start_again();
    process.deliver_until_taken("evt_4", "charge.succeeded");
    is_booked_once(&bench, &["evt_1", "evt_2", "evt_4"]).await;
    assert_eq!(bench.runs().await.len(), 4);
    assert!(!process.is_gone(), "it did not live on");
    process.signal("-TERM");
    process.wait_for("stopped");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_goes_on_by_itself_when_the_database_was_restarted() {
    goes_on_after("INT", Duration::ZERO).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_goes_on_by_itself_when_the_database_crashed_and_was_away_for_a_while() {
    goes_on_after("QUIT", Duration::from_secs(3)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_goes_on_by_itself_when_the_database_was_away_for_40_seconds() {
    if !switch::is_on(switch::LONG) {
        return;
    }
    goes_on_after("INT", Duration::from_secs(40)).await;
}

#[derive(stripe_hooks::EndpointName)]
struct Waiting;

#[on_event("charge.succeeded", name = "waits", endpoint = Waiting)]
async fn waits(State(seen): State<Seen>, State(gate): State<Gate>) {
    if seen.add("begun") == 1 {
        let _ = gate.0.acquire().await;
    }
}

/// An inbox that does not look for work by itself.
fn deaf(bench: &Bench) -> PostgresInboxBuilder {
    PostgresInbox::builder(bench.database.place()).poll_interval(Duration::from_secs(3_600))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_hears_of_what_another_has_stored_also_when_the_database_was_restarted() {
    let Some((bench, mut cluster)) = on_own_server().await else { return };
    let busy = deaf(&bench).workers(1).open().unwrap();
    let busy = bench.builder::<Waiting>().inbox(busy).build().unwrap();
    assert_eq!(deliver(&busy, &event("evt_0", "charge.succeeded")).await, 200);
    until("the start of the handler", async || bench.seen.times("begun") > 0).await;
    let free = deaf(&bench).simulate_another_process().open().unwrap();
    let free = bench.builder::<Waiting>().inbox(free).build().unwrap();
    let (bench, busy) = (&bench, &busy);
    let is_done_by_the_other = async |id: &str, count| {
        // So that it listens, and does not look because it has only begun to.
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        until("a 200", async || deliver(busy, &event(id, "charge.succeeded")).await == 200).await;
        let done =
            |runs: &[crate::bench::Run]| runs.iter().filter(|run| run.state == "done").count() == count;
        bench.runs_when("its end", done).await;
    };
    is_done_by_the_other("evt_1", 1).await;
    cluster.stop("INT");
    cluster.start_again();
    is_done_by_the_other("evt_2", 2).await;
    is_done_by_the_other("evt_3", 3).await;
    bench.gate.0.add_permits(1);
    bench.ended().await;
    for endpoint in [busy, &free] {
        endpoint.shutdown(PATIENCE).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_only_works_hears_of_what_one_that_only_accepts_has_stored() {
    let Some(bench) = Bench::postgres() else { return };
    let accepting = deaf(&bench).accept_only().open().unwrap();
    let working = deaf(&bench).work_only().simulate_another_process().open().unwrap();
    let door = bench.builder::<Waiting>().inbox(accepting).build().unwrap();
    let worker = bench.builder::<Waiting>().inbox(working).build().unwrap();
    bench.gate.0.add_permits(1);
    for (count, id) in ["evt_1", "evt_2"].into_iter().enumerate() {
        // So that it listens, and does not look because it has only begun to.
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        assert_eq!(deliver(&door, &event(id, "charge.succeeded")).await, 200);
        let done = |runs: &[crate::bench::Run]| runs.iter().filter(|run| run.state == "done").count() > count;
        bench.runs_when("its end", done).await;
    }
    for endpoint in [&door, &worker] {
        endpoint.shutdown(PATIENCE).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_processes_share_the_work_on_what_one_of_them_takes_in() {
    let Some(bench) = Bench::postgres() else {
        return;
    };
    let go = bench.go("go");
    let variables = [("WORKERS", "15"), ("LEASE_MS", "20000"), go.variable()];
    let processes: Vec<_> = (0..3).map(|_| Process::start(&bench, &variables)).collect();
    for id in 0..45 {
        assert_eq!(processes[0].deliver(&format!("evt_{id}"), "charge.updated"), Some(200));
    }
    // None of them has ended, so that each process has as many as it has places for.
    for process in &processes {
        (0..15).for_each(|_| drop(process.wait_for("begun ")));
    }
    go.give();
    let runs = bench.ended().await;
    assert!(runs.iter().all(|run| run.brief() == ("last", "done", 1)), "{runs:#?}");
}

#[derive(stripe_hooks::EndpointName)]
struct Holding;

#[on_event("charge.succeeded", endpoint = Holding)]
async fn holds(id: EventId, State(gate): State<Gate>, tx: &mut InboxTx<Postgres>) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO ledger VALUES ($1)").bind(id.as_str()).execute(&mut **tx).await?;
    let _ = gate.0.acquire().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn transactions_that_hold_all_of_their_connections_keep_neither_deliveries_nor_leases_waiting() {
    let Some(bench) = Bench::postgres() else { return };
    let bench = bench.with_ledger().await;
    let inbox = PostgresInbox::builder(bench.database.place())
        .connections(2)
        .workers(16)
        .lease(Duration::from_secs(1))
        .open()
        .unwrap();
    let endpoint = bench.builder::<Holding>().inbox(inbox).build().unwrap();
    let ids: Vec<_> = (10..30).map(|id| format!("evt_{id}")).collect();
    for id in &ids[..16] {
        assert_eq!(deliver(&endpoint, &event(id, "charge.succeeded")).await, 200);
    }
    let all_run = |runs: &[crate::bench::Run]| runs.iter().all(|run| run.state == "running");
    bench.runs_when("the claim of all", all_run).await;
    // Longer than a lease, which is renewed meanwhile.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    for id in &ids[16..] {
        assert_eq!(deliver(&endpoint, &event(id, "charge.succeeded")).await, 200);
    }
    assert!(endpoint.inbox().unwrap().stats().await.unwrap().handlers[0].running == 16);
    bench.gate.0.add_permits(20);
    let runs = bench.ended().await;
    assert!(runs.iter().all(|run| run.brief() == ("holds", "done", 1)), "{runs:#?}");
    assert_eq!(bench.database.texts("SELECT event FROM ledger ORDER BY event").await, ids);
}

/// Runs a program with its clock set so.
fn shifted(shift: &str) -> Command {
    let mut command = Command::new("faketime");
    command.args(["--exclude-monotonic", "-f", shift]);
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_whose_clock_is_an_hour_off_works_as_all_others_do() {
    if Command::new("faketime").arg("--version").output().is_err() {
        // The rest of the proof is that no question holds a time of the process's clock, which a test of the crate looks for.
        switch::skip("install faketime");
        return;
    }
    for (ahead, shift) in [(3_600, "+1h"), (-3_600, "-1h")] {
        let Some(bench) = Bench::postgres() else { return };
        let bench = bench.with_ledger().await;
        let mut command = shifted(shift);
        let go = bench.go("go");
        // So long that what takes it away from its process is only a clock that is off.
        let variables = [("LEASE_MS", "30000"), go.variable()];
        command.envs(variables);
        let off = Process::start_ahead(command, &bench, ahead);
        // Who starts looks at once for what others have left.
        let right = Process::start(&bench, &variables);
        for (process, name) in [(&off, "off"), (&right, "right")] {
            for id in 0..8 {
                assert_eq!(process.deliver(&format!("evt_{name}_{id}"), "charge.updated"), Some(200));
            }
        }
        bench.runs_when("their beginning", |runs| runs.iter().all(|run| run.state == "running")).await;
        let mut command = shifted(shift);
        command.envs(variables);
        let off_too = Process::start_ahead(command, &bench, ahead);
        let right_too = Process::start(&bench, &variables);
        for process in [&off_too, &right_too] {
            process.deliver_until_taken("evt_booked", "charge.succeeded");
        }
        bench.runs_when("what was booked", |runs| runs[16].state == "done").await;
        // Their leases pass by the database's clock, whoever has taken them.
        let odd = "SELECT count(*) FROM stripe_hooks_runs WHERE state = 'running' \
             AND NOT lease_until - now() BETWEEN interval '0' AND interval '30 seconds'";
        assert_eq!(bench.count(odd).await, 0);
        go.give();
        let runs = bench.ended().await;
        assert!(runs.iter().all(|run| run.state == "done" && run.attempts == 1), "{runs:#?}");
        assert_eq!(bench.count("SELECT count(*) FROM ledger").await, 1);
        let near = "abs(extract(epoch FROM clock_timestamp() - received_at)) < 600";
        let odd = format!("SELECT count(*) FROM stripe_hooks_events WHERE NOT ({near})");
        assert_eq!(bench.count(odd).await, 0);
        let odd = "SELECT count(*) FROM stripe_hooks_runs WHERE NOT (finished_at >= started_at AND finished_at - created_at < '10 minutes')";
        assert_eq!(bench.count(odd).await, 0);
    }
}
