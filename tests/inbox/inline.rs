//! Inline handlers: stored first, run before the answer, and in the background what fails or takes too long.

use std::time::{Duration, Instant};

use stripe_hooks::{EndpointName, EventId, State, on_event};

use crate::{
    bench::{Bench, Gate, PATIENCE, Run, Seen, deliver, event, on_both},
    database::Database,
};

on_both! {
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
fn sorted(runs: &[Run]) -> Vec<(&str, &str, i64)> {
    let mut brief: Vec<_> = runs.iter().map(Run::brief).collect();
    brief.sort_unstable();
    brief
}

#[derive(stripe_hooks::EndpointName)]
struct Prompt;

#[on_event("checkout.session.completed", name = "fulfils", inline = "20s", endpoint = Prompt)]
async fn fulfils(id: EventId, State(seen): State<Seen>) {
    tokio::time::sleep(Duration::from_millis(30)).await;
    seen.add(id.as_str());
}

#[on_event("checkout.session.completed", name = "blocks", inline = "20s", endpoint = Prompt)]
fn blocks(State(seen): State<Seen>) {
    std::thread::sleep(Duration::from_millis(30));
    seen.add("blocked");
}

async fn an_inline_handler_has_ended_before_the_answer(bench: Bench) {
    let endpoint = bench.endpoint::<Prompt>();
    let sent = event("evt_1", "checkout.session.completed");
    assert_eq!(deliver(&endpoint, &sent).await, 200);
    assert_eq!((bench.seen.times("evt_1"), bench.seen.times("blocked")), (1, 1));
    let runs = bench.runs().await;
    assert_eq!(sorted(&runs), [("blocks", "done", 1), ("fulfils", "done", 1)]);
    // A duplicate runs nothing twice.
    assert_eq!(deliver(&endpoint, &sent).await, 200);
    assert_eq!((bench.seen.times("evt_1"), bench.seen.times("blocked")), (1, 1));
    assert_eq!((endpoint.counts().stored, endpoint.counts().duplicate), (1, 1));
}

async fn of_one_event_from_fifty_callers_at_once_an_inline_handler_runs_once(bench: Bench) {
    let endpoint = bench.endpoint::<Prompt>();
    let callers: Vec<_> = (0..50)
        .map(|_| {
            let endpoint = endpoint.clone();
            tokio::spawn(
                async move { deliver(&endpoint, &event("evt_1", "checkout.session.completed")).await },
            )
        })
        .collect();
    for caller in callers {
        assert_eq!(caller.await.unwrap(), 200);
    }
    bench.ended().await;
    assert_eq!((bench.seen.times("evt_1"), bench.seen.times("blocked")), (1, 1));
}

#[derive(stripe_hooks::EndpointName)]
struct Lingering;

#[on_event("checkout.session.completed", name = "lingers", inline = "50ms", endpoint = Lingering)]
async fn lingers(State(seen): State<Seen>, State(gate): State<Gate>) {
    seen.add("begun");
    let _ = gate.0.acquire().await;
    seen.add("ended");
}

async fn what_runs_over_its_limit_goes_on_in_the_background(bench: Bench) {
    let endpoint = bench.endpoint::<Lingering>();
    assert_eq!(deliver(&endpoint, &event("evt_1", "checkout.session.completed")).await, 200);
    assert_eq!(bench.runs().await[0].brief(), ("lingers", "running", 1));
    bench.gate.0.add_permits(1);
    assert_eq!(bench.ended().await[0].brief(), ("lingers", "done", 1));
    assert_eq!((bench.seen.times("begun"), bench.seen.times("ended")), (1, 1));
}

#[derive(stripe_hooks::EndpointName)]
struct Failing;

#[on_event("checkout.session.completed", name = "fails_first", inline = "20s", backoff = "1ms", endpoint = Failing)]
async fn fails_first(State(seen): State<Seen>) -> Result<(), &'static str> {
    if seen.add("tried") == 1 { Err("as it happens") } else { Ok(()) }
}

#[on_event("checkout.session.completed", name = "panics", inline = "20s", retries = 0, endpoint = Failing)]
async fn panics() {
    panic!("as if by a mistake");
}

#[on_event("checkout.session.completed", name = "hangs", inline = "20s", retries = 0, timeout = "30ms", endpoint = Failing)]
async fn hangs() {
    std::future::pending::<()>().await;
}

async fn what_fails_inline_is_tried_again_in_the_background(bench: Bench) {
    let endpoint = bench.endpoint::<Failing>();
    assert_eq!(deliver(&endpoint, &event("evt_1", "checkout.session.completed")).await, 200);
    let runs = bench.ended().await;
    let expected = [("fails_first", "done", 2), ("hangs", "parked", 1), ("panics", "parked", 1)];
    assert_eq!(sorted(&runs), expected);
}

#[derive(stripe_hooks::EndpointName)]
struct Busy;

#[on_event("charge.updated", name = "keeps_the_worker", endpoint = Busy)]
async fn keeps_the_worker(State(gate): State<Gate>) {
    let _ = gate.0.acquire().await;
}

#[on_event("checkout.session.completed", name = "is_quick", inline = "20s", endpoint = Busy)]
async fn is_quick(State(seen): State<Seen>) {
    seen.add("quick");
}

#[on_event("checkout.session.expired", name = "stays", inline = "1ms", endpoint = Busy)]
async fn stays(State(gate): State<Gate>) {
    let _ = gate.0.acquire().await;
}

async fn an_inline_run_waits_for_no_worker_and_keeps_none_from_others(bench: Bench) {
    let inbox = bench.inbox().workers(1);
    let endpoint = bench.builder::<Busy>().inbox(inbox).build().unwrap();
    assert_eq!(deliver(&endpoint, &event("evt_0", "checkout.session.expired")).await, 200);
    assert_eq!(deliver(&endpoint, &event("evt_1", "charge.updated")).await, 200);
    bench.runs_when("the work", |runs| runs.iter().all(|run| run.state == "running")).await;
    for id in 2..6 {
        assert_eq!(deliver(&endpoint, &event(&format!("evt_{id}"), "checkout.session.completed")).await, 200);
    }
    assert_eq!(bench.seen.times("quick"), 4);
    bench.gate.0.add_permits(10);
    assert!(bench.ended().await.iter().all(|run| run.state == "done" && run.attempts == 1));
}

async fn a_receiver_that_only_accepts_works_on_what_is_inline(bench: Bench) {
    let inbox = || bench.inbox().lease(Duration::from_secs(9));
    let receiver = bench.builder::<Busy>().inbox(inbox().accept_only()).build().unwrap();
    assert_eq!(deliver(&receiver, &event("evt_1", "checkout.session.completed")).await, 200);
    assert_eq!(bench.seen.times("quick"), 1);
    assert_eq!(deliver(&receiver, &event("evt_2", "checkout.session.expired")).await, 200);
    assert_eq!(deliver(&receiver, &event("evt_3", "charge.updated")).await, 200);
    let worker = bench.builder::<Busy>().inbox(inbox().simulate_another_process()).build().unwrap();
    bench.runs_when("the worker's work", |runs| runs[2].state == "running").await;
    // It renews the lease of what takes longer, which a worker so leaves to it.
    let lease = async || {
        let lease = "SELECT CAST(lease_until AS TEXT) FROM stripe_hooks_runs WHERE handler = 'stays' AND state = 'running'";
        bench.database.texts(lease).await
    };
    let (first, deadline) = (lease().await, Instant::now() + PATIENCE);
    while lease().await == first {
        assert!(Instant::now() < deadline, "the lease is not renewed");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(bench.runs().await[1].brief(), ("stays", "running", 1));
    bench.gate.0.add_permits(10);
    assert!(bench.ended().await.iter().all(|run| run.state == "done" && run.attempts == 1));
    worker.shutdown(PATIENCE).await.unwrap();
    receiver.shutdown(PATIENCE).await.unwrap();
}

/// A handler with the transaction of one engine.
macro_rules! handlers {
    ($Engine:ident) => {
        use stripe_hooks::{
            EventId, InboxTx, on_event,
            sqlx::{self, $Engine},
        };

        #[derive(stripe_hooks::EndpointName)]
        pub(super) struct Booking;

        #[on_event("checkout.session.completed", name = "books", inline = "20s", endpoint = Booking)]
        async fn books(id: EventId, tx: &mut InboxTx<$Engine>) -> Result<(), sqlx::Error> {
            sqlx::query("INSERT INTO ledger VALUES ($1)").bind(id.as_str()).execute(&mut **tx).await?;
            Ok(())
        }
    };
}

mod sqlite {
    handlers!(Sqlite);
}

mod postgres {
    handlers!(Postgres);
}

async fn what_an_inline_handler_books_is_there_before_the_answer(bench: Bench) {
    let bench = bench.with_ledger().await;
    let endpoint = match bench.database {
        Database::File(_) => bench.endpoint::<sqlite::Booking>(),
        Database::Server(_) => bench.endpoint::<postgres::Booking>(),
    };
    for id in 0..10 {
        assert_eq!(deliver(&endpoint, &event(&format!("evt_{id}"), "checkout.session.completed")).await, 200);
        assert_eq!(bench.count("SELECT count(*) FROM ledger").await, id + 1);
    }
    assert!(bench.runs().await.iter().all(|run| run.brief() == ("books", "done", 1)));
}

async fn an_inline_run_of_a_paused_handler_waits_until_it_is_resumed(bench: Bench) {
    let endpoint = bench.endpoint::<Busy>();
    let inbox = endpoint.inbox().unwrap();
    inbox.pause(Busy::NAME, "is_quick", "ada").await.unwrap();
    assert_eq!(deliver(&endpoint, &event("evt_1", "checkout.session.completed")).await, 200);
    assert_eq!(bench.runs().await[0].brief(), ("is_quick", "pending", 0));
    inbox.resume(Busy::NAME, "is_quick", "ada").await.unwrap();
    assert_eq!(bench.ended().await[0].brief(), ("is_quick", "done", 1));
}

#[derive(stripe_hooks::EndpointName)]
struct Ending;

#[on_event("checkout.session.completed", name = "ends", inline = "50ms", endpoint = Ending)]
async fn ends(State(seen): State<Seen>, State(gate): State<Gate>) {
    let _ = gate.0.acquire().await;
    seen.add("ended");
}

#[on_event("checkout.session.expired", name = "never_ends", inline = "50ms", endpoint = Ending)]
async fn never_ends() {
    std::future::pending::<()>().await;
}

async fn a_stop_waits_for_what_runs_inline_or_gives_it_back(bench: Bench) {
    let endpoint = bench.endpoint::<Ending>();
    assert_eq!(deliver(&endpoint, &event("evt_1", "checkout.session.completed")).await, 200);
    let stopping = tokio::spawn(async move { endpoint.shutdown(PATIENCE).await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!stopping.is_finished());
    bench.gate.0.add_permits(1);
    stopping.await.unwrap().unwrap();
    assert_eq!((bench.seen.times("ended"), bench.runs().await[0].brief()), (1, ("ends", "done", 1)));
    let endpoint = bench.endpoint::<Ending>();
    assert_eq!(deliver(&endpoint, &event("evt_2", "checkout.session.expired")).await, 200);
    endpoint.shutdown(Duration::from_millis(20)).await.unwrap();
    assert_eq!(bench.runs().await[1].brief(), ("never_ends", "pending", 0));
}
