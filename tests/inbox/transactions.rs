//! Transactional handlers: what they write and the mark *done* are one.

use std::collections::BTreeSet;

use crate::{
    database::TestDatabase,
    test_inbox::{RunRow, TestInbox, WAIT_TIMEOUT, deliver_event, event_json, on_both_engines},
};

on_both_engines! {
    what_a_handler_writes_stays_if_it_is_done_and_only_then,
    what_a_handler_wrote_is_gone_when_its_lease_was_lost,
    a_handler_that_ends_its_transaction_is_not_done_and_spoils_no_other,
    a_handler_with_savepoints_is_done,
    many_transactional_handlers_at_once_keep_no_delivery_out,
    a_transaction_of_another_database_keeps_an_endpoint_from_being_built,
    a_transaction_without_an_inbox_keeps_an_endpoint_from_being_built,
}

/// The handlers, with the transactions of one engine.
macro_rules! define_handlers {
    ($Engine:ident, $runs:literal, $synced:literal) => {
        use std::time::Duration;

        use futures_util::FutureExt;
        use stripe_hooks::{
            EventId, InboxTx, Outcome, State, on_event,
            sqlx::{self, Connection, $Engine},
        };

        use crate::test_inbox::CallCounts;

        async fn write(tx: &mut InboxTx<$Engine>, id: &EventId) {
            sqlx::query("INSERT INTO ledger VALUES ($1)").bind(id.as_str()).execute(&mut **tx).await.unwrap();
        }

        #[derive(stripe_hooks::EndpointName)]
        pub(super) struct BookingEndpoint;

        #[on_event("charge.succeeded", endpoint = BookingEndpoint)]
        async fn books(id: EventId, tx: &mut InboxTx<$Engine>) {
            write(tx, &id).await;
            let synced: bool = sqlx::query_scalar($synced).fetch_one(&mut **tx).await.unwrap();
            assert!(synced, "a commit is not on the disk when it is answered");
        }

        #[on_event("charge.captured", endpoint = BookingEndpoint)]
        async fn ignores(id: EventId, tx: &mut InboxTx<$Engine>) -> Outcome {
            write(tx, &id).await;
            Outcome::ignore("noted, and nothing to do")
        }

        #[on_event("charge.failed", retries = 1, backoff = "1ms", endpoint = BookingEndpoint)]
        async fn fails(id: EventId, tx: &mut InboxTx<$Engine>) -> Result<(), &'static str> {
            write(tx, &id).await;
            Err("as it happens")
        }

        #[on_event("charge.refunded", retries = 0, endpoint = BookingEndpoint)]
        async fn panics(id: EventId, tx: &mut InboxTx<$Engine>) {
            write(tx, &id).await;
            panic!("as if by a mistake");
        }

        #[on_event("charge.updated", retries = 0, timeout = "500ms", endpoint = BookingEndpoint)]
        async fn hangs(id: EventId, tx: &mut InboxTx<$Engine>) {
            write(tx, &id).await;
            std::future::pending::<()>().await;
        }

        #[on_event("charge.expired", endpoint = BookingEndpoint)]
        async fn parks(id: EventId, tx: &mut InboxTx<$Engine>) -> Outcome {
            write(tx, &id).await;
            Outcome::park("it will never work")
        }

        #[derive(stripe_hooks::EndpointName)]
        pub(super) struct Losing;

        #[on_event("charge.succeeded", backoff = "1ms", endpoint = Losing)]
        async fn loses_its_lease(id: EventId, State(calls): State<CallCounts>, tx: &mut InboxTx<$Engine>) {
            write(tx, &id).await;
            if calls.count_call("begun") == 1 {
                // As if its lease had passed, and another process had claimed the run. In this transaction, because in a file no other
                // can write meanwhile.
                sqlx::query(concat!("UPDATE ", $runs, " SET fence = fence + 1"))
                    .execute(&mut **tx)
                    .await
                    .unwrap();
            }
        }

        #[derive(stripe_hooks::EndpointName)]
        pub(super) struct Ending;

        /// Ends its transaction as the event's id says.
        #[on_event("charge.failed", retries = 0, endpoint = Ending)]
        async fn ends_it(id: EventId, tx: &mut InboxTx<$Engine>) -> Result<(), sqlx::Error> {
            write(tx, &id).await;
            let gives_up = id.as_str().starts_with("evt_gives_up");
            // sqlx then rolls back the whole transaction.
            while gives_up && tx.begin().now_or_never().is_some() {}
            let sql = match id.as_str() {
                "evt_commit" => "COMMIT",
                "evt_commit_begin" => "COMMIT; BEGIN",
                "evt_rollback" => "ROLLBACK",
                "evt_rollback_begin" => "ROLLBACK; BEGIN",
                "evt_gives_up" => "SELECT 1",
                _ => "BEGIN",
            };
            sqlx::raw_sql(sql).execute(&mut **tx).await?;
            match id.as_str() {
                "evt_gives_up_and_fails" => Err(sqlx::Error::RowNotFound),
                _ => Ok(()),
            }
        }

        #[on_event("charge.succeeded", endpoint = Ending)]
        async fn has_savepoints(id: EventId, tx: &mut InboxTx<$Engine>) -> Result<(), sqlx::Error> {
            let insert = || sqlx::query("INSERT INTO ledger VALUES ($1)").bind(id.as_str());
            let mut inner = tx.begin().await?;
            insert().execute(&mut *inner).await?;
            inner.rollback().await?;
            let mut inner = tx.begin().await?;
            insert().execute(&mut *inner).await?;
            inner.commit().await?;
            sqlx::raw_sql("SAVEPOINT mine").execute(&mut **tx).await?;
            write(tx, &id).await;
            sqlx::raw_sql("ROLLBACK TO SAVEPOINT mine").execute(&mut **tx).await?;
            write(tx, &id).await;
            sqlx::raw_sql("RELEASE SAVEPOINT mine").execute(&mut **tx).await?;
            sqlx::raw_sql("SAVEPOINT left_open").execute(&mut **tx).await.map(drop)
        }

        #[derive(stripe_hooks::EndpointName)]
        pub(super) struct Many;

        #[on_event("charge.succeeded", endpoint = Many)]
        async fn takes_its_time(id: EventId, tx: &mut InboxTx<$Engine>) {
            tokio::time::sleep(Duration::from_millis(10)).await;
            write(tx, &id).await;
        }
    };
}

mod sqlite {
    define_handlers!(Sqlite, "stripe_hooks_runs", "SELECT synchronous = 2 FROM pragma_synchronous");
}

mod postgres {
    define_handlers!(Postgres, "stripe_hooks.runs", "SELECT current_setting('synchronous_commit') = 'on'");
}

/// The builder of an endpoint with the handlers of this name that have the transactions of the test
/// inbox's engine.
macro_rules! endpoint_builder {
    ($test_inbox:expr, $Name:ident) => {
        match $test_inbox.database {
            TestDatabase::File(_) => $test_inbox.endpoint_builder::<sqlite::$Name>(),
            TestDatabase::Server(_) => $test_inbox.endpoint_builder::<postgres::$Name>(),
        }
    };
}

async fn what_a_handler_writes_stays_if_it_is_done_and_only_then(test_inbox: TestInbox) {
    let test_inbox = test_inbox.with_ledger().await;
    let endpoint =
        endpoint_builder!(test_inbox, BookingEndpoint).inbox(test_inbox.open_inbox()).build().unwrap();
    let events = ["succeeded", "captured", "failed", "refunded", "updated", "expired"];
    for name in events {
        assert_eq!(
            deliver_event(&endpoint, &event_json(&format!("evt_{name}"), &format!("charge.{name}"))).await,
            200
        );
    }
    let runs = test_inbox.wait_until_ended().await;
    let mut brief: Vec<_> = runs.iter().map(RunRow::summary).collect();
    brief.sort_unstable();
    assert_eq!(
        brief,
        [
            ("books", "done", 1),
            ("fails", "parked", 2),
            ("hangs", "parked", 1),
            ("ignores", "done", 1),
            ("panics", "parked", 1),
            ("parks", "parked", 1),
        ]
    );
    let written = test_inbox.database.query_texts("SELECT event FROM ledger ORDER BY event").await;
    assert_eq!(written, ["evt_captured", "evt_succeeded"]);
    endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
}

async fn what_a_handler_wrote_is_gone_when_its_lease_was_lost(test_inbox: TestInbox) {
    let test_inbox = test_inbox.with_ledger().await;
    let endpoint = endpoint_builder!(test_inbox, Losing).inbox(test_inbox.open_inbox()).build().unwrap();
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.succeeded")).await, 200);
    assert_eq!(test_inbox.wait_until_ended().await[0].summary(), ("loses_its_lease", "done", 2));
    assert_eq!(
        (
            test_inbox.call_counts.calls_of("begun"),
            test_inbox.query_integer("SELECT count(*) FROM ledger").await
        ),
        (2, 1)
    );
}

async fn a_handler_that_ends_its_transaction_is_not_done_and_spoils_no_other(test_inbox: TestInbox) {
    let test_inbox = test_inbox.with_ledger().await;
    let endpoint =
        endpoint_builder!(test_inbox, Ending).inbox(test_inbox.open_inbox().connections(1)).build().unwrap();
    let ended = [
        "evt_commit",
        "evt_commit_begin",
        "evt_rollback",
        "evt_rollback_begin",
        "evt_gives_up",
        "evt_gives_up_begin",
        "evt_gives_up_and_fails",
    ];
    for id in ended {
        assert_eq!(deliver_event(&endpoint, &event_json(id, "charge.failed")).await, 200);
        let run = test_inbox.wait_until_ended().await.pop().unwrap();
        assert_eq!(run.summary(), ("ends_it", "parked", 1), "{id}");
        assert_eq!(has_transaction_ended_error(&run), !id.ends_with("fails"), "{id}: {run:?}");
        let after = format!("{id}_after");
        assert_eq!(deliver_event(&endpoint, &event_json(&after, "charge.succeeded")).await, 200);
        assert_eq!(
            test_inbox.wait_until_ended().await.pop().unwrap().summary(),
            ("has_savepoints", "done", 1),
            "{id}"
        );
    }
    // Nobody takes back what a handler has committed itself.
    let written = test_inbox.database.query_texts("SELECT DISTINCT event FROM ledger").await;
    let expected = ended.map(|id| format!("{id}_after")).into_iter();
    let expected = expected.chain(["evt_commit", "evt_commit_begin"].map(str::to_owned));
    assert_eq!(BTreeSet::from_iter(written), expected.collect());
    endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
}

/// Returns whether the run's error is the one of an attempt whose transaction ended before its
/// handler did.
pub(crate) fn has_transaction_ended_error(run: &RunRow) -> bool {
    let error = run.error.as_deref().unwrap_or_default();
    error.starts_with("the handler's transaction ended before the handler did")
}

async fn a_handler_with_savepoints_is_done(test_inbox: TestInbox) {
    let test_inbox = test_inbox.with_ledger().await;
    let endpoint = endpoint_builder!(test_inbox, Ending).inbox(test_inbox.open_inbox()).build().unwrap();
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.succeeded")).await, 200);
    assert_eq!(test_inbox.wait_until_ended().await[0].summary(), ("has_savepoints", "done", 1));
    // Written in a savepoint that was committed, and after one was rolled back.
    assert_eq!(test_inbox.database.query_texts("SELECT event FROM ledger").await, ["evt_1", "evt_1"]);
    endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
}

async fn many_transactional_handlers_at_once_keep_no_delivery_out(test_inbox: TestInbox) {
    let test_inbox = test_inbox.with_ledger().await;
    let endpoint =
        endpoint_builder!(test_inbox, Many).inbox(test_inbox.open_inbox().connections(2)).build().unwrap();
    for id in 0..60 {
        assert_eq!(
            deliver_event(&endpoint, &event_json(&format!("evt_{id}"), "charge.succeeded")).await,
            200
        );
    }
    let runs = test_inbox.wait_until_ended().await;
    assert!(runs.iter().all(|run| run.state == "done" && run.attempts == 1), "{runs:#?}");
    assert_eq!(test_inbox.query_integer("SELECT count(DISTINCT event) FROM ledger").await, 60);
    assert_eq!(test_inbox.query_integer("SELECT count(*) FROM ledger").await, 60);
}

async fn a_transaction_of_another_database_keeps_an_endpoint_from_being_built(test_inbox: TestInbox) {
    let (builder, wanted, has) = match test_inbox.database {
        TestDatabase::File(_) => (test_inbox.endpoint_builder::<postgres::Many>(), "Postgres", "Sqlite"),
        TestDatabase::Server(_) => (test_inbox.endpoint_builder::<sqlite::Many>(), "Sqlite", "Postgres"),
    };
    let error = builder.inbox(test_inbox.open_inbox()).build().unwrap_err();
    assert!(error.is_handler());
    let error = error.to_string();
    let words = format!(
        "asks for a transaction of an inbox in `{wanted}`, and the endpoint has one in `{has}`; take an `InboxTx<{has}>`"
    );
    assert!(error.contains(&words), "{error}");
}

async fn a_transaction_without_an_inbox_keeps_an_endpoint_from_being_built(test_inbox: TestInbox) {
    let (builder, wanted) = match test_inbox.database {
        TestDatabase::File(_) => (delivery::endpoint_builder::<sqlite::Many>(), "Sqlite"),
        TestDatabase::Server(_) => (delivery::endpoint_builder::<postgres::Many>(), "Postgres"),
    };
    let error = builder.build().unwrap_err();
    assert!(error.is_handler());
    let error = error.to_string();
    let words = format!(
        "asks for a transaction of an inbox in `{wanted}`, and the endpoint has no inbox; give the builder one"
    );
    assert!(error.contains("takes_its_time` of `charge.succeeded`") && error.contains(&words), "{error}");
}
