//! What becomes of a run: done, tried again, or parked.

use std::time::Duration;

use serde_json::json;
use stripe_hooks::{Outcome, Rejection, State, objects::Charge, on_event};

use crate::bench::{Bench, Run, Seen, deliver, event};

struct Ends;

#[on_event("charge.succeeded", endpoint = Ends)]
async fn fails_twice(State(seen): State<Seen>) -> Outcome {
    match seen.add("fails twice") {
        1 | 2 => Outcome::retry_after(Duration::ZERO, "not yet"),
        _ => Outcome::done(),
    }
}

#[on_event("charge.succeeded", endpoint = Ends)]
async fn ignores() -> Outcome {
    Outcome::ignore("not one of ours")
}

#[on_event("charge.succeeded", endpoint = Ends)]
async fn rejects() -> Outcome {
    Outcome::reject("it will never work")
}

#[on_event("charge.succeeded", endpoint = Ends)]
async fn panics() {
    panic!("as if by a mistake");
}

#[on_event("charge.succeeded", endpoint = Ends)]
async fn cannot_decode(_: Charge) {}

#[on_event("charge.succeeded", endpoint = Ends)]
fn blocks_its_thread(State(seen): State<Seen>) {
    std::thread::sleep(Duration::from_millis(50));
    seen.add("blocked");
}

fn of<'r>(runs: &'r [Run], handler: &str) -> &'r Run {
    runs.iter().find(|run| run.handler == handler).unwrap()
}

#[tokio::test]
async fn each_end_of_a_handler_has_its_meaning() {
    let bench = Bench::new();
    let endpoint = bench.endpoint::<Ends>();
    assert_eq!(deliver(&endpoint, &event("evt_1", "charge.succeeded")).await, 200);
    let settled = |run: &Run| match &*run.handler {
        "panics" => run.attempts == 1 && run.state == "pending",
        _ => run.state == "done" || run.state == "parked",
    };
    let runs = bench.runs_when("the end of each", |runs| runs.iter().all(settled)).await;
    assert_eq!(of(&runs, "fails_twice").brief(), ("fails_twice", "done", 3));
    assert_eq!(of(&runs, "fails_twice").error, None);
    assert_eq!(of(&runs, "ignores").brief(), ("ignores", "done", 1));
    assert_eq!(of(&runs, "ignores").error.as_deref(), Some("not one of ours"));
    assert_eq!(of(&runs, "rejects").brief(), ("rejects", "parked", 1));
    assert_eq!(of(&runs, "rejects").reason.as_deref(), Some("rejected"));
    assert_eq!(of(&runs, "rejects").error.as_deref(), Some("it will never work"));
    assert_eq!(of(&runs, "panics").error.as_deref(), Some("the handler panicked"));
    assert_eq!(of(&runs, "cannot_decode").brief(), ("cannot_decode", "parked", 1));
    assert_eq!(of(&runs, "cannot_decode").reason.as_deref(), Some("undecodable"));
    let error = of(&runs, "cannot_decode").error.clone().unwrap();
    assert!(error.starts_with("data.object") && error.contains("API version"), "{error}");
    assert_eq!(of(&runs, "blocks_its_thread").brief(), ("blocks_its_thread", "done", 1));
}

#[tokio::test]
async fn what_a_handler_says_is_not_kept_where_it_is_not_logged() {
    let bench = Bench::new();
    let endpoint = bench.builder::<Ends>().log_handler_errors(false).inbox(bench.inbox()).build().unwrap();
    assert_eq!(deliver(&endpoint, &event("evt_1", "charge.succeeded")).await, 200);
    let runs = bench
        .runs_when("its end", |runs| runs.iter().any(|run| run.handler == "rejects" && run.state == "parked"))
        .await;
    assert_eq!(of(&runs, "rejects").error.as_deref(), Some("(not logged)"));
}

struct Odd;

/// Refuses every event.
struct Picky;

impl<'cx, E: stripe_hooks::EventType> stripe_hooks::FromEvent<'cx, E> for Picky {
    fn from_event(_: &stripe_hooks::EventContext<'cx>) -> Result<Self, Rejection> {
        Err(Rejection::new("not today"))
    }
}

#[on_event("charge.succeeded", endpoint = Odd)]
async fn is_picky(_: Picky) {}

#[tokio::test]
async fn a_reason_of_the_applications_own_is_tried_again() {
    let bench = Bench::new();
    let endpoint = bench.endpoint::<Odd>();
    assert_eq!(deliver(&endpoint, &event("evt_1", "charge.succeeded")).await, 200);
    let tried = |runs: &[Run]| runs.iter().all(|run| run.error.is_some() || run.state == "done");
    let runs = bench.runs_when("one attempt each", tried).await;
    assert_eq!(of(&runs, "is_picky").brief(), ("is_picky", "pending", 1));
    assert_eq!(of(&runs, "is_picky").error.as_deref(), Some("not today"));
}

struct Left;

#[on_event("charge.succeeded", name = "left", endpoint = Left)]
async fn left(State(seen): State<Seen>) {
    seen.add("left");
}

/// Stores an event whose run nobody works on, because another process has stored it.
async fn left_behind(bench: &Bench, run: &'static str) {
    drop(bench.inbox());
    let endpoint = std::any::type_name::<Left>();
    let mut connection = bench.connect().await;
    sqlx::query("INSERT INTO stripe_hooks_events (endpoint, id, form, type, body, received_at) VALUES (?, 'evt_1', 'snapshot', 't', ?, 1)")
        .bind(endpoint)
        .bind(event("evt_1", "charge.succeeded").to_string().into_bytes())
        .execute(&mut connection)
        .await
        .unwrap();
    sqlx::query(
        "INSERT INTO stripe_hooks_runs (endpoint, event_id, about, handler, state, attempts, fence, run_at, lease_until, reason, created_at) \
         SELECT ?1, 'evt_1', 'evt_1', value->>0, value->>1, value->>2, value->>2, 1, value->>3, value->>4, 1 FROM json_each('[' || ?2 || ']')",
    )
    .bind(endpoint)
    .bind(run)
    .execute(&mut connection)
    .await
    .unwrap();
}

#[tokio::test]
async fn a_run_of_a_process_that_died_begins_again_and_its_attempt_has_counted() {
    let bench = Bench::new();
    left_behind(&bench, r#"["left", "running", 4, 1000, null]"#).await;
    let _endpoint = bench.endpoint::<Left>();
    let back = bench.runs_when("its return", |runs| runs[0].state == "pending").await;
    assert_eq!(back[0].brief(), ("left", "pending", 4));
    assert_eq!(back[0].error.as_deref(), Some("its process ended, or did not renew its lease"));
    bench.execute("UPDATE stripe_hooks_runs SET run_at = 0").await;
    assert_eq!(bench.ended().await[0].brief(), ("left", "done", 5));
}

#[tokio::test]
async fn a_run_that_took_its_process_down_with_each_attempt_is_parked_at_its_limit() {
    let bench = Bench::new();
    left_behind(&bench, r#"["left", "running", 21, 1000, null]"#).await;
    let _endpoint = bench.endpoint::<Left>();
    let run = bench.ended().await.remove(0);
    assert_eq!((run.brief(), run.reason.as_deref()), (("left", "parked", 21), Some("gave_up")));
    assert_eq!(bench.seen.times("left"), 0);
}

#[tokio::test]
async fn a_run_whose_lease_has_not_passed_is_left_to_its_process() {
    let bench = Bench::new();
    left_behind(&bench, r#"["left", "running", 1, 9000000000000, null]"#).await;
    let endpoint = bench.endpoint::<Left>();
    assert_eq!(deliver(&endpoint, &event("evt_2", "charge.succeeded")).await, 200);
    bench.runs_when("the other's end", |runs| runs[1].state == "done").await;
    assert_eq!(bench.runs().await[0].brief(), ("left", "running", 1));
}

#[tokio::test]
async fn a_run_whose_handler_is_gone_is_parked_once_it_has_waited_long_enough() {
    let bench = Bench::new();
    left_behind(&bench, r#"["gone", "pending", 0, null, null], ["gone too", "running", 1, 5, null]"#).await;
    let _endpoint = bench.endpoint::<Left>();
    let runs = bench.ended().await;
    assert!(
        runs.iter().all(|run| run.state == "parked" && run.reason.as_deref() == Some("no_handler")),
        "{runs:?}"
    );
}

#[tokio::test]
async fn a_run_whose_handler_is_gone_waits_while_another_version_may_have_it() {
    let bench = Bench::new();
    left_behind(&bench, r#"["gone", "pending", 0, null, null]"#).await;
    let inbox = bench.inbox().park_orphans_after(Duration::from_secs(u64::MAX / 1_000));
    let endpoint = bench.builder::<Left>().inbox(inbox).build().unwrap();
    assert_eq!(deliver(&endpoint, &event("evt_2", "charge.succeeded")).await, 200);
    bench.runs_when("the other's end", |runs| runs[1].state == "done").await;
    assert_eq!(bench.runs().await[0].brief(), ("gone", "pending", 0));
}

#[tokio::test]
async fn a_run_that_was_parked_for_want_of_its_handler_goes_on_when_the_handler_is_back() {
    let bench = Bench::new();
    left_behind(&bench, r#"["left", "parked", 0, null, "no_handler"]"#).await;
    let _endpoint = bench.endpoint::<Left>();
    let run = bench.runs_when("its end", |runs| runs[0].state == "done").await.remove(0);
    assert_eq!((run.brief(), run.reason.as_deref()), (("left", "done", 1), None));
}

#[tokio::test]
async fn a_run_whose_handler_does_not_take_the_event_any_more_is_parked() {
    let bench = Bench::new();
    left_behind(&bench, r#"["left", "pending", 0, null, null]"#).await;
    let body = json!({"id": "evt_1", "object": "event", "type": "charge.failed"}).to_string();
    sqlx::query("UPDATE stripe_hooks_events SET body = ?")
        .bind(body.into_bytes())
        .execute(&mut bench.connect().await)
        .await
        .unwrap();
    let _endpoint = bench.endpoint::<Left>();
    let run = bench.ended().await.remove(0);
    assert_eq!((&*run.state, run.reason.as_deref()), ("parked", Some("unhandled")));
}

#[tokio::test]
async fn a_run_whose_body_was_removed_is_parked() {
    let bench = Bench::new();
    left_behind(&bench, r#"["left", "pending", 0, null, null]"#).await;
    bench.execute("UPDATE stripe_hooks_events SET body = NULL").await;
    let _endpoint = bench.endpoint::<Left>();
    let run = bench.ended().await.remove(0);
    assert_eq!((&*run.state, run.reason.as_deref()), ("parked", Some("no_body")));
}

#[tokio::test]
async fn the_worker_outlives_a_database_that_is_away() {
    let bench = Bench::new();
    let endpoint = bench.endpoint::<Left>();
    bench.execute("ALTER TABLE stripe_hooks_runs RENAME TO elsewhere").await;
    assert_eq!(deliver(&endpoint, &event("evt_1", "charge.succeeded")).await, 503);
    tokio::time::sleep(Duration::from_millis(100)).await;
    bench.execute("ALTER TABLE elsewhere RENAME TO stripe_hooks_runs").await;
    assert_eq!(deliver(&endpoint, &event("evt_1", "charge.succeeded")).await, 200);
    assert_eq!(bench.ended().await[0].brief(), ("left", "done", 1));
}
