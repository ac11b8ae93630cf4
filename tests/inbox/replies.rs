//! Handlers that reply: their answer is kept, and every delivery of the event gets the same.

use std::time::Duration;

use serde_json::json;
use stripe_hooks::{
    Answer, Endpoint, EventContext, EventId, EventType, FromEvent, Rejection, Reply, State, inbox::Filter,
    on_event,
};

use crate::{
    database::TestDatabase,
    test_inbox::{CallCounts, HandlerGate, RunRow, TestInbox, event_json, on_both_engines, wait_until},
};

on_both_engines! {
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

async fn deliver_for_reply(endpoint: &Endpoint, id: &str) -> Answer {
    delivery::deliver_event(endpoint, &event_json(id, "issuing_authorization.request")).await
}

/// What the answer says.
fn status_and_body(answer: &Answer) -> (u16, &str) {
    (answer.status(), std::str::from_utf8(answer.body()).unwrap())
}

#[derive(stripe_hooks::EndpointName)]
struct DecidingEndpoint;

#[on_event("issuing_authorization.request", name = "decides", inline = "20s", endpoint = DecidingEndpoint)]
async fn decides(id: EventId, State(calls): State<CallCounts>) -> Reply<serde_json::Value> {
    let time = calls.count_call(id.as_str());
    Reply::new(json!({"approved": true, "text": "ä \"\\ \u{1f600}\0", "time": time}))
        .header("Stripe-Version", "2026-10-28.endive")
}

/// Another handler of the event, whose failure is its own.
#[on_event("issuing_authorization.request", name = "fails_beside_it", inline = "20s", retries = 0, endpoint = DecidingEndpoint)]
async fn fails_beside_it() -> Result<(), &'static str> {
    Err("as it happens")
}

async fn a_duplicate_gets_the_answer_that_was_given_byte_for_byte(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<DecidingEndpoint>();
    let first = deliver_for_reply(&endpoint, "evt_1").await;
    let expected = json!({"approved": true, "text": "ä \"\\ \u{1f600}\0", "time": 1}).to_string();
    assert_eq!(status_and_body(&first), (200, &*expected));
    assert!(first.headers().any(|header| header == ("Stripe-Version", "2026-10-28.endive")));
    assert!(first.headers().any(|header| header == ("content-type", "application/json")));
    assert!(deliver_for_reply(&endpoint, "evt_1").await == first);
    endpoint.shutdown(Duration::from_secs(20)).await.unwrap();
    // A process that begins later knows it, too.
    assert!(deliver_for_reply(&test_inbox.build_endpoint::<DecidingEndpoint>(), "evt_1").await == first);
    assert_eq!(test_inbox.call_counts.calls_of("evt_1"), 1);
}

#[test]
fn a_reply_that_is_not_inline_keeps_an_endpoint_with_an_inbox_from_being_built() {
    let test_inbox = TestInbox::sqlite();
    let error =
        test_inbox.endpoint_builder::<LateEndpoint>().inbox(test_inbox.open_inbox()).build().unwrap_err();
    assert!(error.is_handler());
    let error = error.to_string();
    assert!(
        error.contains("handler `replies_late` of `issuing_authorization.request`")
            && error.contains("replies.rs:")
            && error.contains("write `inline` in its attribute"),
        "{error}"
    );
    delivery::endpoint_builder::<LateEndpoint>().build().unwrap();
}

#[derive(stripe_hooks::EndpointName)]
struct LateEndpoint;

#[on_event("issuing_authorization.request", name = "replies_late", endpoint = LateEndpoint)]
async fn replies_late() -> Reply<bool> {
    Reply::new(true)
}

#[derive(stripe_hooks::EndpointName)]
struct SlowEndpoint;

#[on_event("issuing_authorization.request", name = "takes_long", inline = "20s", endpoint = SlowEndpoint)]
async fn takes_long(State(calls): State<CallCounts>, State(gate): State<HandlerGate>) -> Reply<usize> {
    let time = calls.count_call("begun");
    let _ = gate.0.acquire().await;
    Reply::new(time)
}

async fn a_duplicate_that_comes_while_the_first_is_at_work_waits_for_its_answer(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<SlowEndpoint>();
    let callers: Vec<_> = (0..5)
        .map(|_| {
            let endpoint = endpoint.clone();
            tokio::spawn(async move { deliver_for_reply(&endpoint, "evt_1").await })
        })
        .collect();
    wait_until("four duplicates", async || endpoint.counts().duplicate == 4).await;
    assert!(callers.iter().all(|caller| !caller.is_finished()));
    test_inbox.handler_gate.0.add_permits(1);
    for caller in callers {
        assert_eq!(status_and_body(&caller.await.unwrap()), (200, "1"));
    }
    assert_eq!(test_inbox.call_counts.calls_of("begun"), 1);
}

#[derive(stripe_hooks::EndpointName)]
struct TooSlowEndpoint;

#[on_event("issuing_authorization.request", name = "takes_too_long", inline = "100ms", endpoint = TooSlowEndpoint)]
async fn takes_too_long(State(gate): State<HandlerGate>) -> Reply<bool> {
    let _ = gate.0.acquire().await;
    Reply::new(true)
}

async fn when_time_runs_out_the_answer_is_503_and_a_repeat_gets_what_came_of_it(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<TooSlowEndpoint>();
    for _ in 0..2 {
        assert_eq!(deliver_for_reply(&endpoint, "evt_1").await.status(), 503);
    }
    assert_eq!(test_inbox.all_runs().await[0].summary(), ("takes_too_long", "running", 1));
    test_inbox.handler_gate.0.add_permits(1);
    test_inbox.wait_until_ended().await;
    // The limit of the handler holds for reading its answer, too, which may take longer on a busy
    // machine.
    let mut answer = deliver_for_reply(&endpoint, "evt_1").await;
    wait_until("an answer in time", async || {
        if answer.status() == 503 {
            answer = deliver_for_reply(&endpoint, "evt_1").await;
        }
        answer.status() != 503
    })
    .await;
    assert_eq!(status_and_body(&answer), (200, "true"));
}

#[derive(stripe_hooks::EndpointName)]
struct FailingReplyEndpoint;

#[on_event("issuing_authorization.request", name = "fails_first", inline = "20s", backoff = "1ms", endpoint = FailingReplyEndpoint)]
async fn fails_first(
    State(calls): State<CallCounts>,
    State(gate): State<HandlerGate>,
) -> Result<Reply<usize>, &'static str> {
    let time = calls.count_call("begun");
    if time == 1 {
        return Err("as it happens");
    }
    let _ = gate.0.acquire().await;
    Ok(Reply::new(time))
}

async fn a_failure_is_answered_500_and_a_repeat_gets_what_a_retry_replied(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<FailingReplyEndpoint>();
    assert_eq!(deliver_for_reply(&endpoint, "evt_1").await.status(), 500);
    let repeat = tokio::spawn({
        let endpoint = endpoint.clone();
        async move { deliver_for_reply(&endpoint, "evt_1").await }
    });
    test_inbox.wait_for_runs("the retry", |runs| runs[0].summary() == ("fails_first", "running", 2)).await;
    test_inbox.handler_gate.0.add_permits(1);
    assert_eq!(status_and_body(&repeat.await.unwrap()), (200, "2"));
    assert_eq!(test_inbox.wait_until_ended().await[0].summary(), ("fails_first", "done", 2));
}

#[derive(stripe_hooks::EndpointName)]
struct ReplyOutcomesEndpoint;

#[on_event("issuing_authorization.request", name = "ends_so", inline = "20s", retries = 0, endpoint = ReplyOutcomesEndpoint)]
async fn ends_so(
    id: EventId,
    State(calls): State<CallCounts>,
) -> Result<Reply<usize>, Box<dyn std::error::Error + Send + Sync>> {
    match (id.as_str(), calls.count_call(id.as_str())) {
        ("broken", 1) => Err("as it happens".into()),
        ("panics", _) => panic!("as if by a mistake"),
        (_, time) => Ok(Reply::new(time)),
    }
}

async fn a_parked_run_is_answered_500_until_it_is_replayed_or_skipped(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<ReplyOutcomesEndpoint>();
    for id in ["broken", "panics"] {
        for _ in 0..2 {
            assert_eq!(deliver_for_reply(&endpoint, id).await.status(), 500, "{id}");
        }
    }
    let inbox = endpoint.inbox().unwrap();
    inbox.replay(&Filter::new().event("broken"), "ada").await.unwrap();
    assert_eq!(status_and_body(&deliver_for_reply(&endpoint, "broken").await), (200, "2"));
    inbox.skip(&Filter::new().event("panics"), "ada", "decided by hand").await.unwrap();
    assert_eq!(status_and_body(&deliver_for_reply(&endpoint, "panics").await), (200, "ok\n"));
}

#[derive(stripe_hooks::EndpointName)]
struct ReplayedEndpoint;

#[on_event("issuing_authorization.request", name = "counts", inline = "20s", backoff = "1ms", endpoint = ReplayedEndpoint)]
async fn counts(
    State(calls): State<CallCounts>,
    State(gate): State<HandlerGate>,
) -> Result<Reply<usize>, &'static str> {
    let time = calls.count_call("begun");
    gate.0.acquire().await.unwrap().forget();
    if time == 2 { Err("as it happens") } else { Ok(Reply::new(time)) }
}

async fn a_replay_keeps_the_answer_until_the_new_one_replaces_it(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<ReplayedEndpoint>();
    test_inbox.handler_gate.0.add_permits(1);
    assert_eq!(status_and_body(&deliver_for_reply(&endpoint, "evt_1").await), (200, "1"));
    let inbox = endpoint.inbox().unwrap();
    let done = Filter::new().state(stripe_hooks::inbox::RunState::Done);
    assert_eq!(inbox.replay(&done, "ada").await.unwrap().len(), 1);
    for attempt in 1..=2 {
        let begun = |runs: &[RunRow]| runs[0].summary() == ("counts", "running", attempt);
        test_inbox.wait_for_runs("the attempt", begun).await;
        assert_eq!(status_and_body(&deliver_for_reply(&endpoint, "evt_1").await), (200, "1"));
        test_inbox.handler_gate.0.add_permits(1);
    }
    test_inbox.wait_until_ended().await;
    assert_eq!(status_and_body(&deliver_for_reply(&endpoint, "evt_1").await), (200, "3"));
}

#[derive(stripe_hooks::EndpointName)]
struct PrunedEndpoint;

#[on_event("issuing_authorization.request", name = "personal", inline = "20s", endpoint = PrunedEndpoint)]
async fn personal() -> Reply<&'static str> {
    Reply::new("what may be personal")
}

async fn an_answer_is_removed_with_the_body_of_its_event(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<PrunedEndpoint>();
    assert_eq!(deliver_for_reply(&endpoint, "evt_1").await.status(), 200);
    let kept = "SELECT count(*) FROM stripe_hooks_runs WHERE reply LIKE '%personal%'";
    assert_eq!(test_inbox.query_integer(kept).await, 1);
    // The endpoint keeps bodies, because it prunes when it starts, at a moment that nobody knows.
    let retention = test_inbox.open_inbox().keep_bodies(Duration::ZERO).operator();
    wait_until("the end of the first millisecond", async || retention.prune().await.unwrap() > 0).await;
    assert_eq!(
        test_inbox.query_integer("SELECT count(*) FROM stripe_hooks_runs WHERE reply IS NOT NULL").await,
        0
    );
    assert_eq!(status_and_body(&deliver_for_reply(&endpoint, "evt_1").await), (200, "ok\n"));
}

/// A handler with the transaction of one engine.
macro_rules! define_handlers {
    ($Engine:ident) => {
        use stripe_hooks::{
            EventId, InboxTx, Reply, on_event,
            sqlx::{self, $Engine},
        };

        #[derive(stripe_hooks::EndpointName)]
        pub(super) struct ReplyBookingEndpoint;

        #[on_event("issuing_authorization.request", name = "books", inline = "20s", retries = 0, endpoint = ReplyBookingEndpoint)]
        async fn books(id: EventId, tx: &mut InboxTx<$Engine>) -> Result<Reply<bool>, sqlx::Error> {
            sqlx::query("INSERT INTO ledger VALUES ($1)").bind(id.as_str()).execute(&mut **tx).await?;
            Ok(Reply::new(true))
        }
    };
}

mod sqlite {
    define_handlers!(Sqlite);
}

mod postgres {
    define_handlers!(Postgres);
}

async fn an_answer_is_committed_with_what_its_handler_wrote(test_inbox: TestInbox) {
    let test_inbox = test_inbox.with_ledger().await;
    test_inbox.execute_sql("CREATE UNIQUE INDEX once ON ledger (event)").await;
    let endpoint = match test_inbox.database {
        TestDatabase::File(_) => test_inbox.build_endpoint::<sqlite::ReplyBookingEndpoint>(),
        TestDatabase::Server(_) => test_inbox.build_endpoint::<postgres::ReplyBookingEndpoint>(),
    };
    for _ in 0..2 {
        assert_eq!(status_and_body(&deliver_for_reply(&endpoint, "evt_1").await), (200, "true"));
    }
    assert_eq!(test_inbox.query_integer("SELECT count(*) FROM ledger").await, 1);
    assert_eq!(
        test_inbox.query_integer("SELECT count(*) FROM stripe_hooks_runs WHERE reply IS NOT NULL").await,
        1
    );
    // What is rolled back leaves no answer.
    test_inbox.execute_sql("INSERT INTO ledger VALUES ('evt_2')").await;
    assert_eq!(deliver_for_reply(&endpoint, "evt_2").await.status(), 500);
    assert_eq!(
        test_inbox.query_integer("SELECT count(*) FROM stripe_hooks_runs WHERE reply IS NOT NULL").await,
        1
    );
}

#[derive(stripe_hooks::EndpointName)]
struct SilentEndpoint;

/// Has each event ignored.
struct Uninterested;

impl<'cx, E: EventType> FromEvent<'cx, E> for Uninterested {
    fn from_event(_: &EventContext<'cx>) -> Result<Self, Rejection> {
        Err(Rejection::ignore("not one of ours"))
    }
}

#[on_event("issuing_authorization.request", name = "says_nothing", inline = "20s", endpoint = SilentEndpoint)]
async fn says_nothing(_: Uninterested) -> Reply<bool> {
    Reply::new(true)
}

async fn an_event_that_is_ignored_is_answered_200_without_a_reply(test_inbox: TestInbox) {
    let endpoint = test_inbox.build_endpoint::<SilentEndpoint>();
    for _ in 0..2 {
        assert_eq!(status_and_body(&deliver_for_reply(&endpoint, "evt_1").await), (200, "ok\n"));
    }
    assert_eq!(test_inbox.all_runs().await[0].summary(), ("says_nothing", "done", 1));
}
