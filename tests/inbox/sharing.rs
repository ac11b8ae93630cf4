//! A handle that several endpoints share, and the names of the endpoints on one inbox.

use std::{
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

use stripe_hooks::{
    Endpoint, EndpointName, Error, State,
    inbox::{Filter, PreparedInbox},
    on_event,
};

use crate::{
    database::TestDatabase,
    test_inbox::{
        CallCounts, HandlerGate, TestInbox, WAIT_TIMEOUT, deliver_event, event_json, on_both_engines,
        wait_until,
    },
};

on_both_engines! {
    a_long_queue_of_one_endpoint_takes_no_slot_for_good,
    endpoints_of_one_handle_share_its_workers_and_its_connections,
    a_shutdown_leaves_the_other_endpoints_at_work_and_the_last_one_closes_the_connections,
    a_process_that_only_accepts_is_in_the_table_until_its_last_endpoint_has_left,
    endpoints_that_are_dropped_close_the_connections_once_their_runs_have_ended,
    a_handle_whose_endpoints_have_ended_is_good_for_another_one_and_for_operators,
    a_second_endpoint_of_one_name_is_refused_until_the_first_has_been_shut_down,
    a_second_endpoint_of_one_name_is_refused_until_the_first_has_been_dropped,
    a_shutdown_that_fails_frees_the_name_too,
    of_endpoints_of_one_name_that_are_built_at_once_one_is,
    an_inbox_has_one_id_for_good,
}

#[derive(EndpointName)]
struct LongEndpoint;

#[on_event("charge.succeeded", endpoint = LongEndpoint)]
async fn slow(State(calls): State<CallCounts>, State(gate): State<HandlerGate>) {
    calls.count_call("slow");
    gate.0.acquire().await.unwrap().forget();
}

#[derive(EndpointName)]
struct ShortEndpoint;

#[on_event("charge.succeeded", endpoint = ShortEndpoint)]
async fn also_slow(State(calls): State<CallCounts>, State(gate): State<HandlerGate>) {
    calls.count_call("short");
    gate.0.acquire().await.unwrap().forget();
}

async fn deliver_all(endpoint: &Endpoint, count: usize) {
    for id in 0..count {
        assert_eq!(deliver_event(endpoint, &event_json(&format!("evt_{id}"), "charge.succeeded")).await, 200);
    }
}

fn pair(test_inbox: &TestInbox, inbox: impl Into<PreparedInbox> + Clone) -> (Endpoint, Endpoint) {
    let long = test_inbox.endpoint_builder::<LongEndpoint>().inbox(inbox.clone()).build().unwrap();
    let short = test_inbox.endpoint_builder::<ShortEndpoint>().inbox(inbox).build().unwrap();
    (long, short)
}

async fn a_long_queue_of_one_endpoint_takes_no_slot_for_good(test_inbox: TestInbox) {
    // Endpoints look for work when they are woken, and not because some time has passed.
    let inbox = test_inbox.open_inbox().poll_interval(Duration::from_secs(3_600)).workers(2).open();
    let (long, short) = pair(&test_inbox, inbox);
    deliver_all(&long, 30).await;
    wait_until("the start of two", async || test_inbox.call_counts.calls_of("slow") == 2).await;
    deliver_all(&short, 3).await;
    let begun = |calls: &CallCounts| calls.calls_of("slow") + calls.calls_of("short");
    // Each end of a run lets one begin. The endpoint may be about to look when the first one ends.
    for ends in 1..=3 {
        test_inbox.handler_gate.0.add_permits(1);
        wait_until("the next start", async || begun(&test_inbox.call_counts) == 2 + ends).await;
    }
    assert!(test_inbox.call_counts.calls_of("short") > 0, "it was starved");
    test_inbox.handler_gate.0.add_permits(1_000);
    let runs = test_inbox.wait_until_ended().await;
    assert_eq!((runs.len(), begun(&test_inbox.call_counts)), (33, 33));
    long.shutdown(WAIT_TIMEOUT).await.unwrap();
    short.shutdown(WAIT_TIMEOUT).await.unwrap();
}

/// The connections that inboxes have to the server, as SQL.
const CONNECTIONS: &str = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'stripe-hooks' \
     AND datname = current_database()";

async fn endpoints_of_one_handle_share_its_workers_and_its_connections(test_inbox: TestInbox) {
    let (long, short) = pair(&test_inbox, test_inbox.open_inbox().workers(4).open());
    deliver_all(&long, 8).await;
    deliver_all(&short, 8).await;
    wait_until("four at work", async || {
        test_inbox.call_counts.calls_of("slow") + test_inbox.call_counts.calls_of("short") == 4
    })
    .await;
    let running = "SELECT count(*) FROM stripe_hooks_runs WHERE state = 'running'";
    assert_eq!(test_inbox.query_integer(running).await, 4);
    if let TestDatabase::Server(_) = test_inbox.database {
        let listening = format!("{CONNECTIONS} AND query LIKE 'LISTEN%'");
        wait_until("a listener", async || test_inbox.query_integer(&listening).await == 1).await;
        assert!(test_inbox.query_integer(CONNECTIONS).await <= 7);
    }
    test_inbox.handler_gate.0.add_permits(16);
    assert!(test_inbox.wait_until_ended().await.iter().all(|run| run.attempts == 1));
    long.shutdown(WAIT_TIMEOUT).await.unwrap();
    short.shutdown(WAIT_TIMEOUT).await.unwrap();
}

/// Returns whether no inbox has a connection.
async fn is_closed(test_inbox: &TestInbox) -> bool {
    match &test_inbox.database {
        // The last connection removes the log.
        TestDatabase::File(_) => !test_inbox.sqlite_file().with_extension("db-wal").exists(),
        TestDatabase::Server(_) => test_inbox.query_integer(CONNECTIONS).await == 0,
    }
}

async fn a_shutdown_leaves_the_other_endpoints_at_work_and_the_last_one_closes_the_connections(
    test_inbox: TestInbox,
) {
    test_inbox.handler_gate.0.add_permits(1_000);
    let inbox = test_inbox.open_inbox().open();
    let (long, short) = pair(&test_inbox, inbox.clone());
    deliver_all(&long, 1).await;
    test_inbox.wait_until_ended().await;
    long.shutdown(WAIT_TIMEOUT).await.unwrap();
    assert_eq!(deliver_event(&long, &event_json("evt_0", "charge.succeeded")).await, 503);
    deliver_all(&short, 3).await;
    assert_eq!(test_inbox.wait_until_ended().await.len(), 4);
    assert!(!is_closed(&test_inbox).await);
    short.shutdown(WAIT_TIMEOUT).await.unwrap();
    // The handle is still there.
    wait_until("the end of the connections", async || is_closed(&test_inbox).await).await;
    drop(inbox);
}

async fn a_process_that_only_accepts_is_in_the_table_until_its_last_endpoint_has_left(test_inbox: TestInbox) {
    let (long, short) = pair(&test_inbox, test_inbox.open_inbox().accept_only().open());
    let processes = "SELECT count(*) FROM stripe_hooks_processes";
    wait_until("a check-in", async || test_inbox.query_integer(processes).await == 1).await;
    long.shutdown(WAIT_TIMEOUT).await.unwrap();
    assert_eq!(test_inbox.query_integer(processes).await, 1);
    short.shutdown(WAIT_TIMEOUT).await.unwrap();
    assert_eq!(test_inbox.query_integer(processes).await, 0);
}

async fn endpoints_that_are_dropped_close_the_connections_once_their_runs_have_ended(test_inbox: TestInbox) {
    let inbox = test_inbox.open_inbox().lease(Duration::from_secs(1)).open();
    let (long, short) = pair(&test_inbox, inbox.clone());
    deliver_all(&long, 1).await;
    wait_until("the start", async || test_inbox.call_counts.calls_of("slow") == 1).await;
    drop((long, short));
    // Longer than a lease, which is renewed while the run goes on.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert!(!is_closed(&test_inbox).await);
    test_inbox.handler_gate.0.add_permits(1);
    assert_eq!(test_inbox.wait_until_ended().await[0].summary(), ("slow", "done", 1));
    wait_until("the end of the connections", async || is_closed(&test_inbox).await).await;
    drop(inbox);
}

async fn a_handle_whose_endpoints_have_ended_is_good_for_another_one_and_for_operators(
    test_inbox: TestInbox,
) {
    test_inbox.handler_gate.0.add_permits(1_000);
    let inbox = test_inbox.open_inbox().open();
    let operator = inbox.operator();
    for count in 1..=3 {
        let endpoint = test_inbox.endpoint_builder::<LongEndpoint>().inbox(inbox.clone()).build().unwrap();
        let sent = event_json(&format!("evt_{count}"), "charge.succeeded");
        assert_eq!(deliver_event(&endpoint, &sent).await, 200);
        assert_eq!(test_inbox.wait_until_ended().await.len(), count);
        endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
        assert_eq!(operator.list(&Filter::new()).await.unwrap().len(), count);
    }
}

/// Checks that the endpoint was refused because its name is taken, and that the error says what to
/// do.
fn assert_name_taken(result: Result<Endpoint, Error>) {
    let error = result.unwrap_err();
    assert!(error.is_inbox());
    let error = error.to_string();
    for words in [
        "an endpoint named `inbox::sharing::LongEndpoint` is at work on the inbox in `",
        "` already, and each would run the other's events with its own state",
        "with `.name::<…>()`",
        "`#[derive(EndpointName)] struct …`",
    ] {
        assert!(error.contains(words), "{error}");
    }
}

async fn a_second_endpoint_of_one_name_is_refused_until_the_first_has_been_shut_down(test_inbox: TestInbox) {
    test_inbox.handler_gate.0.add_permits(1_000);
    let inbox = test_inbox.open_inbox().open();
    let first = test_inbox.endpoint_builder::<LongEndpoint>().inbox(inbox.clone()).build().unwrap();
    // Through the same handle, through another one, and where one accepts and the other works.
    assert_name_taken(test_inbox.endpoint_builder::<LongEndpoint>().inbox(inbox.clone()).build());
    assert_name_taken(test_inbox.endpoint_builder::<LongEndpoint>().inbox(test_inbox.open_inbox()).build());
    assert_name_taken(
        test_inbox.endpoint_builder::<LongEndpoint>().inbox(test_inbox.open_inbox().accept_only()).build(),
    );
    // Other names, other inboxes and other processes are fine.
    let others = [
        test_inbox.endpoint_builder::<ShortEndpoint>().inbox(inbox.clone()).build().unwrap(),
        test_inbox
            .endpoint_builder::<LongEndpoint>()
            .inbox(test_inbox.new_of_same_engine().open_inbox())
            .build()
            .unwrap(),
        test_inbox
            .endpoint_builder::<LongEndpoint>()
            .inbox(test_inbox.open_inbox().simulate_another_process())
            .build()
            .unwrap(),
    ];
    deliver_all(&first, 3).await;
    first.shutdown(WAIT_TIMEOUT).await.unwrap();
    let second = test_inbox.endpoint_builder::<LongEndpoint>().inbox(inbox.clone()).build().unwrap();
    assert_name_taken(test_inbox.endpoint_builder::<LongEndpoint>().inbox(inbox).build());
    // The first one is still there, and what is left of it frees no other's name.
    first.shutdown(WAIT_TIMEOUT).await.unwrap();
    drop(first);
    assert_name_taken(test_inbox.endpoint_builder::<LongEndpoint>().inbox(test_inbox.open_inbox()).build());
    for endpoint in others.into_iter().chain([second]) {
        endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
    }
}

async fn a_second_endpoint_of_one_name_is_refused_until_the_first_has_been_dropped(test_inbox: TestInbox) {
    let inbox = test_inbox.open_inbox().open();
    let first = test_inbox.endpoint_builder::<LongEndpoint>().inbox(inbox.clone()).build().unwrap();
    deliver_all(&first, 2).await;
    wait_until("the start of both", async || test_inbox.call_counts.calls_of("slow") == 2).await;
    let clone = first.clone();
    drop(first);
    assert_name_taken(test_inbox.endpoint_builder::<LongEndpoint>().inbox(inbox.clone()).build());
    // At once, although its runs have not ended.
    drop(clone);
    let second = test_inbox.endpoint_builder::<LongEndpoint>().inbox(inbox).build().unwrap();
    assert_eq!(deliver_event(&second, &event_json("evt_new", "charge.succeeded")).await, 200);
    wait_until("the start of the new one", async || test_inbox.call_counts.calls_of("slow") == 3).await;
    test_inbox.handler_gate.0.add_permits(3);
    let runs = test_inbox.wait_until_ended().await;
    assert!(runs.iter().all(|run| run.summary() == ("slow", "done", 1)), "{runs:#?}");
    second.shutdown(WAIT_TIMEOUT).await.unwrap();
}

#[derive(EndpointName)]
struct StubbornEndpoint;

#[on_event("charge.succeeded", endpoint = StubbornEndpoint)]
fn does_not_yield(State(calls): State<CallCounts>) {
    calls.count_call("started");
    let deadline = Instant::now() + WAIT_TIMEOUT;
    while calls.calls_of("let go") == 0 && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(5));
    }
}

async fn a_shutdown_that_fails_frees_the_name_too(test_inbox: TestInbox) {
    let inbox = test_inbox.open_inbox().open();
    let first = test_inbox.endpoint_builder::<StubbornEndpoint>().inbox(inbox.clone()).build().unwrap();
    deliver_all(&first, 1).await;
    wait_until("the start", async || test_inbox.call_counts.calls_of("started") == 1).await;
    assert!(first.shutdown(Duration::ZERO).await.unwrap_err().is_shutdown());
    let second = test_inbox.endpoint_builder::<StubbornEndpoint>().inbox(inbox).build().unwrap();
    test_inbox.call_counts.count_call("let go");
    second.shutdown(WAIT_TIMEOUT).await.unwrap();
}

async fn of_endpoints_of_one_name_that_are_built_at_once_one_is(test_inbox: TestInbox) {
    let inboxes = [(); 4].map(|()| test_inbox.open_inbox().open());
    for _ in 0..20 {
        let start = Barrier::new(inboxes.len());
        let built: Vec<_> = thread::scope(|scope| {
            let build = |inbox| {
                start.wait();
                test_inbox.endpoint_builder::<LongEndpoint>().inbox(inbox).build()
            };
            let building: Vec<_> =
                inboxes.iter().map(|inbox| scope.spawn(move || build(inbox.clone()))).collect();
            building.into_iter().map(|building| building.join().unwrap()).collect()
        });
        let (built, others): (Vec<_>, Vec<_>) = built.into_iter().partition(Result::is_ok);
        assert_eq!((built.len(), others.len()), (1, 3));
        others.into_iter().for_each(assert_name_taken);
    }
}

async fn an_inbox_has_one_id_for_good(test_inbox: TestInbox) {
    let id = async || test_inbox.database.query_texts("SELECT id FROM stripe_hooks_inbox").await;
    drop(test_inbox.open_inbox().open());
    let first = id().await;
    assert!(first.len() == 1 && first[0].len() == 32, "{first:?}");
    drop(test_inbox.open_inbox().open());
    assert_eq!(id().await, first);
    let second_row = "INSERT INTO stripe_hooks_inbox SELECT * FROM stripe_hooks_inbox";
    test_inbox.database.assert_unique_violation(second_row).await;
    let other = test_inbox.new_of_same_engine();
    drop(other.open_inbox().open());
    assert_ne!(other.database.query_texts("SELECT id FROM stripe_hooks_inbox").await, first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_took_the_place_of_the_one_that_was_opened_is_refused() {
    let (test_inbox, other) = (TestInbox::sqlite(), TestInbox::sqlite());
    let inbox = test_inbox.open_inbox().open();
    let endpoint = test_inbox.endpoint_builder::<LongEndpoint>().inbox(inbox.clone()).build().unwrap();
    endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
    drop(other.open_inbox().open());
    wait_until("the end of its log", async || is_closed(&other).await).await;
    std::fs::rename(other.sqlite_file(), test_inbox.sqlite_file()).unwrap();
    let error = test_inbox.endpoint_builder::<LongEndpoint>().inbox(inbox).build().unwrap_err().to_string();
    assert!(error.contains("is not the one that was opened there; open it again"), "{error}");
    test_inbox.build_endpoint::<LongEndpoint>().shutdown(WAIT_TIMEOUT).await.unwrap();
}
