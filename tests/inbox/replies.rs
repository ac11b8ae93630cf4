//! Handlers that reply: their answer is kept, and every delivery of the event gets the same.

use std::time::Duration;

use serde_json::json;
use stripe_hooks::{
    Answer, Endpoint, EventContext, EventId, EventType, FromEvent, Rejection, Reply, State, inbox::Filter,
    on_event,
};

use crate::{
    bench::{Bench, Gate, Run, Seen, event, on_both, until},
    database::Database,
};

on_both! {
    a_duplicate_gets_the_answer_that_was_given_byte_for_byte,
    a_duplicate_that_comes_while_the_first_is_at_work_waits_for_its_answer,
    when_time_runs_out_the_answer_is_503_and_a_repeat_gets_what_came_of_it,
    a_failure_is_answered_500_and_a_repeat_gets_what_a_retry_replied,
    a_parked_run_is_answered_500_until_it_is_replayed_or_skipped,
    a_replay_keeps_the_answer_until_the_new_one_replaces_it,
    an_answer_is_removed_with_the_body_of_its_event,
    an_answer_is_committed_with_what_its_handler_wrote,
    an_event_that_is_ignored_is_answered_200_without_a_reply,
}

async fn ask(endpoint: &Endpoint, id: &str) -> Answer {
    delivery::deliver(endpoint, &event(id, "issuing_authorization.request")).await
}

/// What the answer says.
fn said(answer: &Answer) -> (u16, &str) {
    (answer.status(), std::str::from_utf8(answer.body()).unwrap())
}

#[derive(stripe_hooks::EndpointName)]
struct Deciding;

#[on_event("issuing_authorization.request", name = "decides", inline = "20s", endpoint = Deciding)]
async fn decides(id: EventId, State(seen): State<Seen>) -> Reply<serde_json::Value> {
    let time = seen.add(id.as_str());
    Reply::new(json!({"approved": true, "text": "ä \"\\ \u{1f600}\0", "time": time}))
        .header("Stripe-Version", "2026-10-28.endive")
}

/// Another handler of the event, whose failure is its own.
#[on_event("issuing_authorization.request", name = "fails_beside_it", inline = "20s", retries = 0, endpoint = Deciding)]
async fn fails_beside_it() -> Result<(), &'static str> {
    Err("as it happens")
}

async fn a_duplicate_gets_the_answer_that_was_given_byte_for_byte(bench: Bench) {
    let endpoint = bench.endpoint::<Deciding>();
    let first = ask(&endpoint, "evt_1").await;
    let expected = json!({"approved": true, "text": "ä \"\\ \u{1f600}\0", "time": 1}).to_string();
    assert_eq!(said(&first), (200, &*expected));
    assert!(first.headers().any(|header| header == ("Stripe-Version", "2026-10-28.endive")));
    assert!(first.headers().any(|header| header == ("content-type", "application/json")));
    assert!(ask(&endpoint, "evt_1").await == first);
    endpoint.shutdown(Duration::from_secs(20)).await.unwrap();
    // A process that begins later knows it, too.
    assert!(ask(&bench.endpoint::<Deciding>(), "evt_1").await == first);
    assert_eq!(bench.seen.times("evt_1"), 1);
}

#[test]
fn a_reply_that_is_not_inline_keeps_an_endpoint_with_an_inbox_from_being_built() {
    let bench = Bench::sqlite();
    let error = bench.builder::<Late>().inbox(bench.inbox()).build().unwrap_err();
    assert!(error.is_handler());
    let error = error.to_string();
    assert!(
        error.contains("handler `replies_late` of `issuing_authorization.request`")
            && error.contains("replies.rs:")
            && error.contains("write `inline` in its attribute"),
        "{error}"
    );
    delivery::endpoint::<Late>().build().unwrap();
}

#[derive(stripe_hooks::EndpointName)]
struct Late;

#[on_event("issuing_authorization.request", name = "replies_late", endpoint = Late)]
async fn replies_late() -> Reply<bool> {
    Reply::new(true)
}

#[derive(stripe_hooks::EndpointName)]
struct Slow;

#[on_event("issuing_authorization.request", name = "takes_long", inline = "20s", endpoint = Slow)]
async fn takes_long(State(seen): State<Seen>, State(gate): State<Gate>) -> Reply<usize> {
    let time = seen.add("begun");
    let _ = gate.0.acquire().await;
    Reply::new(time)
}

async fn a_duplicate_that_comes_while_the_first_is_at_work_waits_for_its_answer(bench: Bench) {
    let endpoint = bench.endpoint::<Slow>();
    let callers: Vec<_> = (0..5)
        .map(|_| {
            let endpoint = endpoint.clone();
            tokio::spawn(async move { ask(&endpoint, "evt_1").await })
        })
        .collect();
    until("four duplicates", async || endpoint.counts().duplicate == 4).await;
    assert!(callers.iter().all(|caller| !caller.is_finished()));
    bench.gate.0.add_permits(1);
    for caller in callers {
        assert_eq!(said(&caller.await.unwrap()), (200, "1"));
    }
    assert_eq!(bench.seen.times("begun"), 1);
}

#[derive(stripe_hooks::EndpointName)]
struct TooSlow;

#[on_event("issuing_authorization.request", name = "takes_too_long", inline = "100ms", endpoint = TooSlow)]
async fn takes_too_long(State(gate): State<Gate>) -> Reply<bool> {
    let _ = gate.0.acquire().await;
    Reply::new(true)
}

async fn when_time_runs_out_the_answer_is_503_and_a_repeat_gets_what_came_of_it(bench: Bench) {
    let endpoint = bench.endpoint::<TooSlow>();
    for _ in 0..2 {
        assert_eq!(ask(&endpoint, "evt_1").await.status(), 503);
    }
    assert_eq!(bench.runs().await[0].brief(), ("takes_too_long", "running", 1));
    bench.gate.0.add_permits(1);
    bench.ended().await;
    // The limit of the handler holds for reading its answer, too, which may take longer on a busy
    // machine.
    let mut answer = ask(&endpoint, "evt_1").await;
    until("an answer in time", async || {
        if answer.status() == 503 {
            answer = ask(&endpoint, "evt_1").await;
        }
        answer.status() != 503
    })
    .await;
    assert_eq!(said(&answer), (200, "true"));
}

#[derive(stripe_hooks::EndpointName)]
struct Failing;

#[on_event("issuing_authorization.request", name = "fails_first", inline = "20s", backoff = "1ms", endpoint = Failing)]
async fn fails_first(
    State(seen): State<Seen>,
    State(gate): State<Gate>,
) -> Result<Reply<usize>, &'static str> {
    let time = seen.add("begun");
    if time == 1 {
        return Err("as it happens");
    }
    let _ = gate.0.acquire().await;
    Ok(Reply::new(time))
}

async fn a_failure_is_answered_500_and_a_repeat_gets_what_a_retry_replied(bench: Bench) {
    let endpoint = bench.endpoint::<Failing>();
    assert_eq!(ask(&endpoint, "evt_1").await.status(), 500);
    let repeat = tokio::spawn({
        let endpoint = endpoint.clone();
        async move { ask(&endpoint, "evt_1").await }
    });
    bench.runs_when("the retry", |runs| runs[0].brief() == ("fails_first", "running", 2)).await;
    bench.gate.0.add_permits(1);
    assert_eq!(said(&repeat.await.unwrap()), (200, "2"));
    assert_eq!(bench.ended().await[0].brief(), ("fails_first", "done", 2));
}

#[derive(stripe_hooks::EndpointName)]
struct Ends;

#[on_event("issuing_authorization.request", name = "ends_so", inline = "20s", retries = 0, endpoint = Ends)]
async fn ends_so(
    id: EventId,
    State(seen): State<Seen>,
) -> Result<Reply<usize>, Box<dyn std::error::Error + Send + Sync>> {
    match (id.as_str(), seen.add(id.as_str())) {
        ("broken", 1) => Err("as it happens".into()),
        ("panics", _) => panic!("as if by a mistake"),
        (_, time) => Ok(Reply::new(time)),
    }
}

async fn a_parked_run_is_answered_500_until_it_is_replayed_or_skipped(bench: Bench) {
    let endpoint = bench.endpoint::<Ends>();
    for id in ["broken", "panics"] {
        for _ in 0..2 {
            assert_eq!(ask(&endpoint, id).await.status(), 500, "{id}");
        }
    }
    let inbox = endpoint.inbox().unwrap();
    inbox.replay(&Filter::new().event("broken"), "ada").await.unwrap();
    assert_eq!(said(&ask(&endpoint, "broken").await), (200, "2"));
    inbox.skip(&Filter::new().event("panics"), "ada", "decided by hand").await.unwrap();
    assert_eq!(said(&ask(&endpoint, "panics").await), (200, "ok\n"));
}

#[derive(stripe_hooks::EndpointName)]
struct Replayed;

#[on_event("issuing_authorization.request", name = "counts", inline = "20s", backoff = "1ms", endpoint = Replayed)]
async fn counts(State(seen): State<Seen>, State(gate): State<Gate>) -> Result<Reply<usize>, &'static str> {
    let time = seen.add("begun");
    gate.0.acquire().await.unwrap().forget();
    if time == 2 { Err("as it happens") } else { Ok(Reply::new(time)) }
}

async fn a_replay_keeps_the_answer_until_the_new_one_replaces_it(bench: Bench) {
    let endpoint = bench.endpoint::<Replayed>();
    bench.gate.0.add_permits(1);
    assert_eq!(said(&ask(&endpoint, "evt_1").await), (200, "1"));
    let inbox = endpoint.inbox().unwrap();
    let done = Filter::new().state(stripe_hooks::inbox::RunState::Done);
    assert_eq!(inbox.replay(&done, "ada").await.unwrap().len(), 1);
    for attempt in 1..=2 {
        let begun = |runs: &[Run]| runs[0].brief() == ("counts", "running", attempt);
        bench.runs_when("the attempt", begun).await;
        assert_eq!(said(&ask(&endpoint, "evt_1").await), (200, "1"));
        bench.gate.0.add_permits(1);
    }
    bench.ended().await;
    assert_eq!(said(&ask(&endpoint, "evt_1").await), (200, "3"));
}

#[derive(stripe_hooks::EndpointName)]
struct Pruned;

#[on_event("issuing_authorization.request", name = "personal", inline = "20s", endpoint = Pruned)]
async fn personal() -> Reply<&'static str> {
    Reply::new("what may be personal")
}

async fn an_answer_is_removed_with_the_body_of_its_event(bench: Bench) {
    let endpoint = bench.endpoint::<Pruned>();
    assert_eq!(ask(&endpoint, "evt_1").await.status(), 200);
    let kept = "SELECT count(*) FROM stripe_hooks_runs WHERE reply LIKE '%personal%'";
    assert_eq!(bench.count(kept).await, 1);
    // The endpoint keeps bodies, because it prunes when it starts, at a moment that nobody knows.
    let retention = bench.inbox().keep_bodies(Duration::ZERO).operator();
    until("the end of the first millisecond", async || retention.prune().await.unwrap() > 0).await;
    assert_eq!(bench.count("SELECT count(*) FROM stripe_hooks_runs WHERE reply IS NOT NULL").await, 0);
    assert_eq!(said(&ask(&endpoint, "evt_1").await), (200, "ok\n"));
}

/// A handler with the transaction of one engine.
macro_rules! handlers {
    ($Engine:ident) => {
        use stripe_hooks::{
            EventId, InboxTx, Reply, on_event,
            sqlx::{self, $Engine},
        };

        #[derive(stripe_hooks::EndpointName)]
        pub(super) struct Booking;

        #[on_event("issuing_authorization.request", name = "books", inline = "20s", retries = 0, endpoint = Booking)]
        async fn books(id: EventId, tx: &mut InboxTx<$Engine>) -> Result<Reply<bool>, sqlx::Error> {
            sqlx::query("INSERT INTO ledger VALUES ($1)").bind(id.as_str()).execute(&mut **tx).await?;
            Ok(Reply::new(true))
        }
    };
}

mod sqlite {
    handlers!(Sqlite);
}

mod postgres {
    handlers!(Postgres);
}

async fn an_answer_is_committed_with_what_its_handler_wrote(bench: Bench) {
    let bench = bench.with_ledger().await;
    bench.execute("CREATE UNIQUE INDEX once ON ledger (event)").await;
    let endpoint = match bench.database {
        Database::File(_) => bench.endpoint::<sqlite::Booking>(),
        Database::Server(_) => bench.endpoint::<postgres::Booking>(),
    };
    for _ in 0..2 {
        assert_eq!(said(&ask(&endpoint, "evt_1").await), (200, "true"));
    }
    assert_eq!(bench.count("SELECT count(*) FROM ledger").await, 1);
    assert_eq!(bench.count("SELECT count(*) FROM stripe_hooks_runs WHERE reply IS NOT NULL").await, 1);
    // What is rolled back leaves no answer.
    bench.execute("INSERT INTO ledger VALUES ('evt_2')").await;
    assert_eq!(ask(&endpoint, "evt_2").await.status(), 500);
    assert_eq!(bench.count("SELECT count(*) FROM stripe_hooks_runs WHERE reply IS NOT NULL").await, 1);
}

#[derive(stripe_hooks::EndpointName)]
struct Silent;

/// Has each event ignored.
struct Uninterested;

impl<'cx, E: EventType> FromEvent<'cx, E> for Uninterested {
    fn from_event(_: &EventContext<'cx>) -> Result<Self, Rejection> {
        Err(Rejection::ignore("not one of ours"))
    }
}

#[on_event("issuing_authorization.request", name = "says_nothing", inline = "20s", endpoint = Silent)]
async fn says_nothing(_: Uninterested) -> Reply<bool> {
    Reply::new(true)
}

async fn an_event_that_is_ignored_is_answered_200_without_a_reply(bench: Bench) {
    let endpoint = bench.endpoint::<Silent>();
    for _ in 0..2 {
        assert_eq!(said(&ask(&endpoint, "evt_1").await), (200, "ok\n"));
    }
    assert_eq!(bench.runs().await[0].brief(), ("says_nothing", "done", 1));
}
