//! Opening an inbox: what is created, what is kept, and what is refused.

use std::{fs, thread};

use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use stripe_hooks::SqliteInbox;

use crate::{
    child_process::ChildProcess,
    database::TestDatabase,
    test_inbox::{TestInbox, deliver_event, event_json, on_both_engines},
};

on_both_engines! {
    what_was_stored_is_there_when_the_inbox_is_opened_again,
    three_processes_that_start_at_once_make_the_tables_together,
}

/// Refused with these words, and left as it was.
fn assert_open_refused(test_inbox: &TestInbox, words: &str) {
    let before = fs::read(test_inbox.sqlite_file()).ok();
    let error = SqliteInbox::open(test_inbox.sqlite_file()).unwrap_err();
    assert!(error.is_inbox());
    let error = error.to_string();
    assert!(error.contains(words), "{error}");
    assert!(error.contains(&*test_inbox.sqlite_file().to_string_lossy()), "{error}");
    assert!(fs::read(test_inbox.sqlite_file()).ok() == before, "the file was changed");
}

#[test]
fn an_empty_file_is_refused() {
    let test_inbox = TestInbox::sqlite();
    fs::write(test_inbox.sqlite_file(), "").unwrap();
    assert_open_refused(&test_inbox, "the file is empty, which an inbox never is");
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let test_inbox = TestInbox::sqlite();
    fs::write(test_inbox.sqlite_file(), "not a database, but long enough to have a header. ".repeat(200))
        .unwrap();
    assert_open_refused(&test_inbox, "is damaged, and was left as it is");
}

#[tokio::test]
async fn a_database_that_was_cut_or_overwritten_is_refused() {
    let test_inbox = TestInbox::sqlite();
    drop(test_inbox.open_inbox().open());
    test_inbox.execute_sql("INSERT INTO stripe_hooks_events (endpoint, id, form, source, type, body, received_at) VALUES ('e', 'i', 'snapshot', 'delivered', 't', randomblob(90000), 1); PRAGMA wal_checkpoint(TRUNCATE)").await;
    let whole = fs::read(test_inbox.sqlite_file()).unwrap();
    fs::write(test_inbox.sqlite_file(), &whole[..whole.len() / 2]).unwrap();
    assert_open_refused(&test_inbox, "damaged");
    let mut overwritten = whole.clone();
    overwritten[4096..20_000].fill(0x5a);
    fs::write(test_inbox.sqlite_file(), overwritten).unwrap();
    assert_open_refused(&test_inbox, "damaged");
    fs::write(test_inbox.sqlite_file(), whole).unwrap();
    drop(test_inbox.open_inbox().open());
}

#[test]
fn a_log_whose_file_is_gone_is_refused() {
    let test_inbox = TestInbox::sqlite();
    fs::write(test_inbox.sqlite_file().with_extension("db-wal"), "what was not yet in the file").unwrap();
    assert_open_refused(&test_inbox, "is missing, and its log");
    assert!(!test_inbox.sqlite_file().exists());
}

#[tokio::test]
async fn a_schema_from_the_future_is_refused() {
    let test_inbox = TestInbox::sqlite();
    drop(test_inbox.open_inbox().open());
    test_inbox
        .execute_sql("UPDATE stripe_hooks_schema SET version = 4711; PRAGMA wal_checkpoint(TRUNCATE)")
        .await;
    assert_open_refused(
        &test_inbox,
        "has schema version 4711, and this program knows 1; a newer program has used it",
    );
}

#[test]
fn a_folder_that_is_not_there_is_refused() {
    let test_inbox = TestInbox::sqlite();
    let error =
        SqliteInbox::open(test_inbox.sqlite_file().with_file_name("no").join("events.db")).unwrap_err();
    assert!(error.to_string().contains("cannot be used"), "{error}");
}

#[tokio::test]
async fn an_application_keeps_its_own_tables_beside_the_inbox() {
    let test_inbox = TestInbox::sqlite();
    let options = SqliteConnectOptions::new().filename(test_inbox.sqlite_file()).create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql("CREATE TABLE orders (id); INSERT INTO orders VALUES (7)")
        .execute(&mut connection)
        .await
        .unwrap();
    for _ in 0..2 {
        drop(test_inbox.open_inbox().open());
    }
    let order: i64 = sqlx::query_scalar("SELECT id FROM orders").fetch_one(&mut connection).await.unwrap();
    assert_eq!(order, 7);
    assert!(test_inbox.all_runs().await.is_empty());
}

#[test]
fn many_that_open_a_new_file_at_once_get_the_same_one() {
    let test_inbox = TestInbox::sqlite();
    thread::scope(|scope| {
        let opening: Vec<_> =
            (0..8).map(|_| scope.spawn(|| SqliteInbox::open(test_inbox.sqlite_file()))).collect();
        for opened in opening {
            drop(opened.join().unwrap().unwrap());
        }
    });
    let names: Vec<_> = fs::read_dir(test_inbox.sqlite_file().parent().unwrap())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(names.iter().all(|name| name.starts_with("events.db") && !name.contains("new")), "{names:?}");
}

#[derive(stripe_hooks::EndpointName)]
struct ReopenedEndpoint;

#[stripe_hooks::on_event("charge.succeeded", endpoint = ReopenedEndpoint)]
async fn of_reopened() {}

async fn what_was_stored_is_there_when_the_inbox_is_opened_again(test_inbox: TestInbox) {
    for expected in 1..=3 {
        let endpoint = test_inbox.build_endpoint::<ReopenedEndpoint>();
        assert_eq!(
            deliver_event(&endpoint, &event_json(&format!("evt_{expected}"), "charge.succeeded")).await,
            200
        );
        assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.succeeded")).await, 200);
        assert_eq!(test_inbox.wait_until_ended().await.len(), expected);
        endpoint.shutdown(crate::test_inbox::WAIT_TIMEOUT).await.unwrap();
    }
}

#[tokio::test]
async fn an_operators_tool_makes_no_file_and_changes_none() {
    let test_inbox = TestInbox::sqlite();
    let refused = |words: &str| {
        let error = SqliteInbox::builder(test_inbox.sqlite_file()).open_existing().unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    };
    refused("there is no such file; name the one that the receiver opens");
    assert!(!test_inbox.sqlite_file().exists());
    drop(test_inbox.open_inbox().open());
    let inbox = SqliteInbox::builder(test_inbox.sqlite_file()).open_existing().unwrap().operator();
    assert_eq!(inbox.stats().await.unwrap().oldest_ready, None);
    test_inbox.execute_sql("UPDATE stripe_hooks_schema SET version = 0").await;
    refused("start the receiver of this version first, which brings it up to date");
}

async fn three_processes_that_start_at_once_make_the_tables_together(test_inbox: TestInbox) {
    let processes: Vec<_> = thread::scope(|scope| {
        let starting: Vec<_> =
            (0..3).map(|_| scope.spawn(|| ChildProcess::start(&test_inbox, &[]))).collect();
        starting.into_iter().map(|started| started.join().unwrap()).collect()
    });
    for (id, process) in processes.iter().enumerate() {
        assert_eq!(process.deliver(&format!("evt_{id}"), "charge.captured"), Some(200));
    }
    assert_eq!(test_inbox.wait_until_ended().await.len(), 3);
    let table = match test_inbox.database {
        TestDatabase::File(_) => "stripe_hooks_schema",
        TestDatabase::Server(_) => "stripe_hooks_schema_version",
    };
    assert_eq!(test_inbox.query_integer(format!("SELECT count(*) FROM {table} WHERE version = 1")).await, 1);
}
