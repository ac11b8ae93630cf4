//! Inline handlers: stored first, run before the answer, and in the background what fails or takes too long.

use std::time::Duration;

use stripe_hooks::{EndpointName, EventId, State, on_event};

use crate::{
    database::TestDatabase,
    test_inbox::{
        CallCounts, HandlerGate, RunRow, TestInbox, WAIT_TIMEOUT, deliver_event, event_json, on_both_engines,
        wait_until,
    },
};

on_both_engines! {
    an_inline_handler_has_ended_before_the_answer,
    of_one_event_from_fifty_callers_at_once_an_inline_handler_runs_once,
    what_runs_over_its_limit_goes_on_in_the_background,
    what_fails_inline_is_tried_again_in_the_background,
    an_inline_run_waits_for_no_worker_and_keeps_none_from_others,
    what_an_inline_handler_books_is_there_before_the_answer,
    an_inline_run_of_a_paused_handler_waits_until_it_is_resumed,
    a_receiver_that_only_accepts_works_on_what_is_inline,
    a_stop_waits_for_what_runs_inline_or_gives_it_back,
}

/// The runs of one event, whose order among each other nobody promises.
fn sorted_summaries(runs: &[RunRow]) -> Vec<(&str, &str, i64)> {
    let mut brief: Vec<_> = runs.iter().map(RunRow::summary).collect();
    brief.sort_unstable();
    brief
}

#[derive(stripe_hooks::EndpointName)]
struct PromptEndpoint;

#[on_event("checkout.session.completed", name = "fulfils", inline = "20s", endpoint = PromptEndpoint)]
async fn fulfils(id: EventId, State(calls): State<CallCounts>) {
    tokio::time::sleep(Duration::from_millis(30)).await;
    calls.count_call(id.as_str());
}

#[on_event("checkout.session.completed", name = "blocks", inline = "20s", endpoint = PromptEndpoint)]
fn blocks(State(calls): State<CallCounts>) {
    std::thread::sleep(Duration::from_millis(30));
    calls.count_call("blocked");
}

async fn an_inline_handler_has_ended_before_the_answer(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<PromptEndpoint>();
    let sent = event_json("evt_1", "checkout.session.completed");
    assert_eq!(deliver_event(&endpoint, &sent).await, 200);
    assert_eq!(
        (test_inbox.call_counts.calls_of("evt_1"), test_inbox.call_counts.calls_of("blocked")),
        (1, 1)
    );
    let runs = test_inbox.all_runs().await;
    assert_eq!(sorted_summaries(&runs), [("blocks", "done", 1), ("fulfils", "done", 1)]);
    // A duplicate runs nothing twice.
    assert_eq!(deliver_event(&endpoint, &sent).await, 200);
    assert_eq!(
        (test_inbox.call_counts.calls_of("evt_1"), test_inbox.call_counts.calls_of("blocked")),
        (1, 1)
    );
    assert_eq!((endpoint.counts().stored, endpoint.counts().duplicate), (1, 1));
}

async fn of_one_event_from_fifty_callers_at_once_an_inline_handler_runs_once(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<PromptEndpoint>();
    let callers: Vec<_> = (0..50)
        .map(|_| {
            let endpoint = endpoint.clone();
            tokio::spawn(async move {
                deliver_event(&endpoint, &event_json("evt_1", "checkout.session.completed")).await
            })
        })
        .collect();
    for caller in callers {
        assert_eq!(caller.await.unwrap(), 200);
    }
    test_inbox.wait_until_ended().await;
    assert_eq!(
        (test_inbox.call_counts.calls_of("evt_1"), test_inbox.call_counts.calls_of("blocked")),
        (1, 1)
    );
}

#[derive(stripe_hooks::EndpointName)]
struct OverlongInlineEndpoint;

#[on_event("checkout.session.completed", name = "lingers", inline = "50ms", endpoint = OverlongInlineEndpoint)]
async fn lingers(State(calls): State<CallCounts>, State(gate): State<HandlerGate>) {
    calls.count_call("begun");
    let _ = gate.0.acquire().await;
    calls.count_call("ended");
}

async fn what_runs_over_its_limit_goes_on_in_the_background(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<OverlongInlineEndpoint>();
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "checkout.session.completed")).await, 200);
    assert_eq!(test_inbox.all_runs().await[0].summary(), ("lingers", "running", 1));
    test_inbox.handler_gate.0.add_permits(1);
    assert_eq!(test_inbox.wait_until_ended().await[0].summary(), ("lingers", "done", 1));
    assert_eq!((test_inbox.call_counts.calls_of("begun"), test_inbox.call_counts.calls_of("ended")), (1, 1));
}

#[derive(stripe_hooks::EndpointName)]
struct FailingInlineEndpoint;

#[on_event("checkout.session.completed", name = "fails_first", inline = "20s", backoff = "1ms", endpoint = FailingInlineEndpoint)]
async fn fails_first(State(calls): State<CallCounts>) -> Result<(), &'static str> {
    if calls.count_call("tried") == 1 { Err("as it happens") } else { Ok(()) }
}

#[on_event("checkout.session.completed", name = "panics", inline = "20s", retries = 0, endpoint = FailingInlineEndpoint)]
async fn panics() {
    panic!("as if by a mistake");
}

#[on_event("checkout.session.completed", name = "hangs", inline = "20s", retries = 0, timeout = "30ms", endpoint = FailingInlineEndpoint)]
async fn hangs() {
    std::future::pending::<()>().await;
}

async fn what_fails_inline_is_tried_again_in_the_background(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<FailingInlineEndpoint>();
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "checkout.session.completed")).await, 200);
    let runs = test_inbox.wait_until_ended().await;
    let expected = [("fails_first", "done", 2), ("hangs", "parked", 1), ("panics", "parked", 1)];
    assert_eq!(sorted_summaries(&runs), expected);
}

#[derive(stripe_hooks::EndpointName)]
struct BusyEndpoint;

#[on_event("charge.updated", name = "keeps_the_worker", endpoint = BusyEndpoint)]
async fn keeps_the_worker(State(gate): State<HandlerGate>) {
    let _ = gate.0.acquire().await;
}

#[on_event("checkout.session.completed", name = "is_quick", inline = "20s", endpoint = BusyEndpoint)]
async fn is_quick(State(calls): State<CallCounts>) {
    calls.count_call("quick");
}

#[on_event("checkout.session.expired", name = "stays", inline = "1ms", endpoint = BusyEndpoint)]
async fn stays(State(gate): State<HandlerGate>) {
    let _ = gate.0.acquire().await;
}

async fn an_inline_run_waits_for_no_worker_and_keeps_none_from_others(test_inbox: TestInbox) {
    let inbox = test_inbox.open_inbox().workers(1);
    let endpoint = test_inbox.endpoint_builder::<BusyEndpoint>().inbox(inbox).build().unwrap();
    assert_eq!(deliver_event(&endpoint, &event_json("evt_0", "checkout.session.expired")).await, 200);
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.updated")).await, 200);
    test_inbox.wait_for_runs("the work", |runs| runs.iter().all(|run| run.state == "running")).await;
    for id in 2..6 {
        assert_eq!(
            deliver_event(&endpoint, &event_json(&format!("evt_{id}"), "checkout.session.completed")).await,
            200
        );
    }
    assert_eq!(test_inbox.call_counts.calls_of("quick"), 4);
    test_inbox.handler_gate.0.add_permits(10);
    assert!(test_inbox.wait_until_ended().await.iter().all(|run| run.state == "done" && run.attempts == 1));
}

async fn a_receiver_that_only_accepts_works_on_what_is_inline(test_inbox: TestInbox) {
    let inbox = || test_inbox.open_inbox().lease(Duration::from_secs(9));
    let receiver =
        test_inbox.endpoint_builder::<BusyEndpoint>().inbox(inbox().accept_only()).build().unwrap();
    assert_eq!(deliver_event(&receiver, &event_json("evt_1", "checkout.session.completed")).await, 200);
    assert_eq!(test_inbox.call_counts.calls_of("quick"), 1);
    assert_eq!(deliver_event(&receiver, &event_json("evt_2", "checkout.session.expired")).await, 200);
    assert_eq!(deliver_event(&receiver, &event_json("evt_3", "charge.updated")).await, 200);
    let worker = test_inbox
        .endpoint_builder::<BusyEndpoint>()
        .inbox(inbox().simulate_another_process())
        .build()
        .unwrap();
    test_inbox.wait_for_runs("the worker's work", |runs| runs[2].state == "running").await;
    // It renews the lease of what takes longer, which a worker so leaves to it.
    let lease = async || {
        let lease = "SELECT CAST(lease_until AS TEXT) FROM stripe_hooks_runs WHERE handler = 'stays' AND state = 'running'";
        test_inbox.database.query_texts(lease).await
    };
    let first = lease().await;
    wait_until("the renewal of the lease", async || lease().await != first).await;
    assert_eq!(test_inbox.all_runs().await[1].summary(), ("stays", "running", 1));
    test_inbox.handler_gate.0.add_permits(10);
    assert!(test_inbox.wait_until_ended().await.iter().all(|run| run.state == "done" && run.attempts == 1));
    worker.shutdown(WAIT_TIMEOUT).await.unwrap();
    receiver.shutdown(WAIT_TIMEOUT).await.unwrap();
}

/// A handler with the transaction of one engine.
macro_rules! define_handlers {
    ($Engine:ident) => {
        use stripe_hooks::{
            EventId, InboxTx, on_event,
            sqlx::{self, $Engine},
        };

        #[derive(stripe_hooks::EndpointName)]
        pub(super) struct InlineBookingEndpoint;

        #[on_event("checkout.session.completed", name = "books", inline = "20s", endpoint = InlineBookingEndpoint)]
        async fn books(id: EventId, tx: &mut InboxTx<$Engine>) -> Result<(), sqlx::Error> {
            sqlx::query("INSERT INTO ledger VALUES ($1)").bind(id.as_str()).execute(&mut **tx).await?;
            Ok(())
        }
    };
}

mod sqlite {
    define_handlers!(Sqlite);
}

mod postgres {
    define_handlers!(Postgres);
}

async fn what_an_inline_handler_books_is_there_before_the_answer(test_inbox: TestInbox) {
    let test_inbox = test_inbox.with_ledger().await;
    let endpoint = match test_inbox.database {
        TestDatabase::File(_) => test_inbox.build_endpoint::<sqlite::InlineBookingEndpoint>(),
        TestDatabase::Server(_) => test_inbox.build_endpoint::<postgres::InlineBookingEndpoint>(),
    };
    for id in 0..10 {
        assert_eq!(
            deliver_event(&endpoint, &event_json(&format!("evt_{id}"), "checkout.session.completed")).await,
            200
        );
        assert_eq!(test_inbox.query_integer("SELECT count(*) FROM ledger").await, id + 1);
    }
    assert!(test_inbox.all_runs().await.iter().all(|run| run.summary() == ("books", "done", 1)));
}

async fn an_inline_run_of_a_paused_handler_waits_until_it_is_resumed(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<BusyEndpoint>();
    let inbox = endpoint.inbox().unwrap();
    inbox.pause(BusyEndpoint::NAME, "is_quick", "ada").await.unwrap();
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "checkout.session.completed")).await, 200);
    assert_eq!(test_inbox.all_runs().await[0].summary(), ("is_quick", "pending", 0));
    inbox.resume(BusyEndpoint::NAME, "is_quick", "ada").await.unwrap();
    assert_eq!(test_inbox.wait_until_ended().await[0].summary(), ("is_quick", "done", 1));
}

#[derive(stripe_hooks::EndpointName)]
struct EndingEndpoint;

#[on_event("checkout.session.completed", name = "ends", inline = "50ms", endpoint = EndingEndpoint)]
async fn ends(State(calls): State<CallCounts>, State(gate): State<HandlerGate>) {
    let _ = gate.0.acquire().await;
    calls.count_call("ended");
}

#[on_event("checkout.session.expired", name = "never_ends", inline = "50ms", endpoint = EndingEndpoint)]
async fn never_ends() {
    std::future::pending::<()>().await;
}

async fn a_stop_waits_for_what_runs_inline_or_gives_it_back(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<EndingEndpoint>();
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "checkout.session.completed")).await, 200);
    let stopping = tokio::spawn(async move { endpoint.shutdown(WAIT_TIMEOUT).await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!stopping.is_finished());
    test_inbox.handler_gate.0.add_permits(1);
    stopping.await.unwrap().unwrap();
    assert_eq!(
        (test_inbox.call_counts.calls_of("ended"), test_inbox.all_runs().await[0].summary()),
        (1, ("ends", "done", 1))
    );
    let endpoint = test_inbox.build_endpoint::<EndingEndpoint>();
    assert_eq!(deliver_event(&endpoint, &event_json("evt_2", "checkout.session.expired")).await, 200);
    endpoint.shutdown(Duration::from_millis(20)).await.unwrap();
    assert_eq!(test_inbox.all_runs().await[1].summary(), ("never_ends", "pending", 0));
}
