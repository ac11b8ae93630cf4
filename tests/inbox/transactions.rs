//! Transactional handlers: what they write and the mark *done* are one.

use std::time::Duration;

use stripe_hooks::{
    EventId, InboxTx, Outcome, State, on_event,
    sqlx::{self, Sqlite},
};

use crate::bench::{Bench, PATIENCE, Seen, deliver, event};

async fn write(tx: &mut InboxTx<Sqlite>, id: &EventId) {
    sqlx::query("INSERT INTO ledger VALUES (?)").bind(id.as_str()).execute(&mut **tx).await.unwrap();
}

/// An inbox in a file that also has the application's ledger.
async fn with_ledger() -> Bench {
    let bench = Bench::new();
    drop(bench.inbox());
    bench.execute("CREATE TABLE ledger (event TEXT)").await;
    bench
}

struct Booking;

#[on_event("charge.succeeded", endpoint = Booking)]
async fn books(id: EventId, tx: &mut InboxTx<Sqlite>) {
    write(tx, &id).await;
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut **tx).await.unwrap();
    assert_eq!(synchronous, 2);
}

#[on_event("charge.captured", endpoint = Booking)]
async fn ignores(id: EventId, tx: &mut InboxTx<Sqlite>) -> Outcome {
    write(tx, &id).await;
    Outcome::ignore("noted, and nothing to do")
}

#[on_event("charge.failed", retries = 1, backoff = "1ms", endpoint = Booking)]
async fn fails(id: EventId, tx: &mut InboxTx<Sqlite>) -> Result<(), &'static str> {
    write(tx, &id).await;
    Err("as it happens")
}

#[on_event("charge.refunded", retries = 0, endpoint = Booking)]
async fn panics(id: EventId, tx: &mut InboxTx<Sqlite>) {
    write(tx, &id).await;
    panic!("as if by a mistake");
}

#[on_event("charge.updated", retries = 0, timeout = "50ms", endpoint = Booking)]
async fn hangs(id: EventId, tx: &mut InboxTx<Sqlite>) {
    write(tx, &id).await;
    std::future::pending::<()>().await;
}

#[on_event("charge.expired", endpoint = Booking)]
async fn rejects(id: EventId, tx: &mut InboxTx<Sqlite>) -> Outcome {
    write(tx, &id).await;
    Outcome::reject("it will never work")
}

#[tokio::test]
async fn what_a_handler_writes_stays_if_it_is_done_and_only_then() {
    let bench = with_ledger().await;
    let endpoint = bench.endpoint::<Booking>();
    let events = ["succeeded", "captured", "failed", "refunded", "updated", "expired"];
    for name in events {
        assert_eq!(deliver(&endpoint, &event(&format!("evt_{name}"), &format!("charge.{name}"))).await, 200);
    }
    let runs = bench.ended().await;
    let mut brief: Vec<_> = runs.iter().map(super::bench::Run::brief).collect();
    brief.sort_unstable();
    assert_eq!(
        brief,
        [
            ("books", "done", 1),
            ("fails", "parked", 2),
            ("hangs", "parked", 1),
            ("ignores", "done", 1),
            ("panics", "parked", 1),
            ("rejects", "parked", 1),
        ]
    );
    let written: Vec<String> = sqlx::query_scalar("SELECT event FROM ledger ORDER BY event")
        .fetch_all(&mut bench.connect().await)
        .await
        .unwrap();
    assert_eq!(written, ["evt_captured", "evt_succeeded"]);
    endpoint.shutdown(PATIENCE).await.unwrap();
}

struct Losing;

#[on_event("charge.succeeded", backoff = "1ms", endpoint = Losing)]
async fn loses_its_lease(id: EventId, State(seen): State<Seen>, tx: &mut InboxTx<Sqlite>) {
    write(tx, &id).await;
    if seen.add("begun") == 1 {
        // As if its lease had passed, and another process had claimed the run. In this transaction, because no other can write meanwhile.
        sqlx::query("UPDATE stripe_hooks_runs SET fence = fence + 1").execute(&mut **tx).await.unwrap();
    }
}

#[tokio::test]
async fn what_a_handler_wrote_is_gone_when_its_lease_was_lost() {
    let bench = with_ledger().await;
    let endpoint = bench.endpoint::<Losing>();
    assert_eq!(deliver(&endpoint, &event("evt_1", "charge.succeeded")).await, 200);
    assert_eq!(bench.ended().await[0].brief(), ("loses_its_lease", "done", 2));
    assert_eq!((bench.seen.times("begun"), bench.count("SELECT count(*) FROM ledger").await), (2, 1));
}

struct Many;

#[on_event("charge.succeeded", endpoint = Many)]
async fn takes_its_time(id: EventId, tx: &mut InboxTx<Sqlite>) {
    tokio::time::sleep(Duration::from_millis(10)).await;
    write(tx, &id).await;
}

#[tokio::test]
async fn many_transactional_handlers_at_once_keep_no_delivery_out() {
    let bench = with_ledger().await;
    let endpoint = bench.endpoint::<Many>();
    for id in 0..60 {
        assert_eq!(deliver(&endpoint, &event(&format!("evt_{id}"), "charge.succeeded")).await, 200);
    }
    let runs = bench.ended().await;
    assert!(runs.iter().all(|run| run.state == "done" && run.attempts == 1), "{runs:#?}");
    assert_eq!(bench.count("SELECT count(DISTINCT event) FROM ledger").await, 60);
    assert_eq!(bench.count("SELECT count(*) FROM ledger").await, 60);
}

#[test]
fn a_transaction_without_an_inbox_keeps_an_endpoint_from_being_built() {
    let error = delivery::endpoint::<Many>().build().unwrap_err();
    assert!(error.is_handler());
    let error = error.to_string();
    assert!(
        error.contains("takes_its_time` of `charge.succeeded`")
            && error.contains("asks for a transaction of an inbox in `Sqlite`, and the endpoint has no inbox; give the builder one"),
        "{error}"
    );
}
