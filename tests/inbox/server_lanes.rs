//! Lanes on a server, where several change them at once.

use std::time::Duration;

use serde_json::json;
use sqlx::Connection;
use stripe_hooks::{
    EndpointName, EventId, InboxTx, State,
    inbox::{Filter, RunState},
    on_event,
    sqlx::{self, Postgres},
};

use crate::{
    lanes::{GuardedEndpoint, OrderLog, OrderlyEndpoint, deliver_all, event_at_second},
    test_inbox::{CallCounts, TestInbox, deliver_event, wait_until},
};

/// Events of a few objects, sent to three inboxes at once while an operator is at work.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_change_lanes_at_once_neither_overlap_nor_wait_for_each_other_in_a_circle() {
    let Some(test_inbox) = TestInbox::postgres() else { return };
    let order_log = OrderLog::default();
    let endpoints: Vec<_> = (0..3)
        .map(|_| {
            let inbox = test_inbox.open_inbox().simulate_another_process();
            test_inbox
                .endpoint_builder::<OrderlyEndpoint>()
                .state(order_log.clone())
                .inbox(inbox)
                .build()
                .unwrap()
        })
        .collect();
    let callers: Vec<_> = (0..9)
        .map(|caller| {
            let endpoint = endpoints[caller % 3].clone();
            tokio::spawn(async move {
                for n in 0..40 {
                    let object = format!("o{}", (n + caller) % 6);
                    let mut event = event_at_second(&object, i64::try_from(n % 7).unwrap());
                    event["id"] = json!(format!("{object}.{caller}.{n}"));
                    assert_eq!(deliver_event(&endpoint, &event).await, 200);
                }
            })
        })
        .collect();
    let inbox = endpoints[0].inbox().unwrap();
    while !callers.iter().all(tokio::task::JoinHandle::is_finished) {
        inbox
            .skip(&Filter::new().state(RunState::Pending).limit(3), "ada", "for the sake of it")
            .await
            .unwrap();
        inbox.replay(&Filter::new().state(RunState::Done).limit(3), "ada").await.unwrap();
    }
    for caller in callers {
        caller.await.unwrap();
    }
    let runs = test_inbox.wait_until_ended().await;
    assert!(runs.len() == 360 && runs.iter().all(|run| run.state == "done"), "{runs:#?}");
    for object in (0..6).map(|object| format!("o{object}")) {
        let lines = order_log.lines_of_object(&object);
        let attempts: Vec<_> = lines.chunks(2).collect();
        assert!(!attempts.is_empty());
        for attempt in attempts {
            let line_parts = |at: usize| attempt.get(at).and_then(|line| line.split_once(' '));
            assert!(
                matches!((line_parts(0), line_parts(1)), (Some(("begun", first)), Some(("ended", second))) if first == second),
                "two runs of one lane at once: {attempt:?} in {lines:#?}"
            );
        }
    }
    let circles = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    assert_eq!(test_inbox.query_integer(circles).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_comes_while_the_one_before_it_ends_is_not_forgotten() {
    let Some(test_inbox) = TestInbox::postgres() else { return };
    let endpoint = test_inbox.build_endpoint::<GuardedEndpoint>();
    endpoint.inbox().unwrap().pause(GuardedEndpoint::NAME, "never", "ada").await.unwrap();
    deliver_all(&endpoint, [event_at_second("a", 1)]).await;
    test_inbox.execute_sql("UPDATE stripe_hooks_runs SET state = 'running'").await;
    let mut ending = sqlx::PgConnection::connect(&test_inbox.database.address()).await.unwrap();
    let sql = "BEGIN; UPDATE stripe_hooks.runs SET state = 'done', result = 'handled'";
    sqlx::raw_sql(sql).execute(&mut ending).await.unwrap();
    let coming = tokio::spawn(async move { deliver_all(&endpoint, [event_at_second("a", 2)]).await });
    let waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
    wait_until("its wait for the end of the one before", async || {
        test_inbox.query_integer(waiting).await > 0
    })
    .await;
    sqlx::raw_sql("COMMIT").execute(&mut ending).await.unwrap();
    coming.await.unwrap();
    let ready = "SELECT count(*) FROM stripe_hooks_runs WHERE state = 'pending' AND NOT blocked";
    assert_eq!(test_inbox.query_integer(ready).await, 1);
}

#[derive(stripe_hooks::EndpointName)]
struct IsolatedEndpoint;

#[on_event("charge.updated", name = "isolated", order = "object", retries = 50, backoff = "1ms", endpoint = IsolatedEndpoint)]
async fn isolated(
    id: EventId,
    State(calls): State<CallCounts>,
    tx: &mut InboxTx<Postgres>,
) -> Result<(), sqlx::Error> {
    sqlx::query("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE").execute(&mut **tx).await?;
    sqlx::query("INSERT INTO ledger VALUES ($1)").bind(id.as_str()).execute(&mut **tx).await?;
    calls.count_call("booked");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lane_goes_on_after_a_transaction_that_saw_nothing_of_it() {
    let Some(test_inbox) = TestInbox::postgres() else { return };
    let test_inbox = test_inbox.with_ledger().await;
    let endpoint = test_inbox
        .endpoint_builder::<IsolatedEndpoint>()
        .inbox(test_inbox.open_inbox().lease(Duration::from_secs(1)))
        .build()
        .unwrap();
    deliver_all(&endpoint, (1..=4).rev().map(|second| event_at_second("a", second))).await;
    let runs = test_inbox.wait_until_ended().await;
    // The server refuses an attempt whose lease is renewed meanwhile, so a run may need a few.
    assert!(runs.iter().all(|run| run.state == "done" && run.attempts <= 10), "{runs:#?}");
    for events in ["event", "DISTINCT event"] {
        assert_eq!(test_inbox.query_integer(format!("SELECT count({events}) FROM ledger")).await, 4);
    }
}
