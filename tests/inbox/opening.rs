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
fn assert_open_refused(bench: &TestInbox, words: &str) {
    let before = fs::read(bench.sqlite_file()).ok();
    let error = SqliteInbox::open(bench.sqlite_file()).unwrap_err();
    assert!(error.is_inbox());
    let error = error.to_string();
    assert!(error.contains(words), "{error}");
    assert!(error.contains(&*bench.sqlite_file().to_string_lossy()), "{error}");
    assert!(fs::read(bench.sqlite_file()).ok() == before, "the file was changed");
}

#[test]
fn an_empty_file_is_refused() {
    let bench = TestInbox::sqlite();
    fs::write(bench.sqlite_file(), "").unwrap();
    assert_open_refused(&bench, "the file is empty, which an inbox never is");
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let bench = TestInbox::sqlite();
    fs::write(bench.sqlite_file(), "not a database, but long enough to have a header. ".repeat(200)).unwrap();
    assert_open_refused(&bench, "is damaged, and was left as it is");
}

#[tokio::test]
async fn a_database_that_was_cut_or_overwritten_is_refused() {
    let bench = TestInbox::sqlite();
    drop(bench.open_inbox().open());
    bench.execute_sql("INSERT INTO stripe_hooks_events (endpoint, id, form, source, type, body, received_at) VALUES ('e', 'i', 'snapshot', 'delivered', 't', randomblob(90000), 1); PRAGMA wal_checkpoint(TRUNCATE)").await;
    let whole = fs::read(bench.sqlite_file()).unwrap();
    fs::write(bench.sqlite_file(), &whole[..whole.len() / 2]).unwrap();
    assert_open_refused(&bench, "damaged");
    let mut overwritten = whole.clone();
    overwritten[4096..20_000].fill(0x5a);
    fs::write(bench.sqlite_file(), overwritten).unwrap();
    assert_open_refused(&bench, "damaged");
    fs::write(bench.sqlite_file(), whole).unwrap();
    drop(bench.open_inbox().open());
}

#[test]
fn a_log_whose_file_is_gone_is_refused() {
    let bench = TestInbox::sqlite();
    fs::write(bench.sqlite_file().with_extension("db-wal"), "what was not yet in the file").unwrap();
    assert_open_refused(&bench, "is missing, and its log");
    assert!(!bench.sqlite_file().exists());
}

#[tokio::test]
async fn a_schema_from_the_future_is_refused() {
    let bench = TestInbox::sqlite();
    drop(bench.open_inbox().open());
    bench.execute_sql("UPDATE stripe_hooks_schema SET version = 4711; PRAGMA wal_checkpoint(TRUNCATE)").await;
    assert_open_refused(
        &bench,
        "has schema version 4711, and this program knows 1; a newer program has used it",
    );
}

#[test]
fn a_folder_that_is_not_there_is_refused() {
    let bench = TestInbox::sqlite();
    let error = SqliteInbox::open(bench.sqlite_file().with_file_name("no").join("events.db")).unwrap_err();
    assert!(error.to_string().contains("cannot be used"), "{error}");
}

#[tokio::test]
async fn an_application_keeps_its_own_tables_beside_the_inbox() {
    let bench = TestInbox::sqlite();
    let options = SqliteConnectOptions::new().filename(bench.sqlite_file()).create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql("CREATE TABLE orders (id); INSERT INTO orders VALUES (7)")
        .execute(&mut connection)
        .await
        .unwrap();
    for _ in 0..2 {
        drop(bench.open_inbox().open());
    }
    let order: i64 = sqlx::query_scalar("SELECT id FROM orders").fetch_one(&mut connection).await.unwrap();
    assert_eq!(order, 7);
    assert!(bench.all_runs().await.is_empty());
}

#[test]
fn many_that_open_a_new_file_at_once_get_the_same_one() {
    let bench = TestInbox::sqlite();
    thread::scope(|scope| {
        let opening: Vec<_> =
            (0..8).map(|_| scope.spawn(|| SqliteInbox::open(bench.sqlite_file()))).collect();
        for opened in opening {
            drop(opened.join().unwrap().unwrap());
        }
    });
    let names: Vec<_> = fs::read_dir(bench.sqlite_file().parent().unwrap())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(names.iter().all(|name| name.starts_with("events.db") && !name.contains("new")), "{names:?}");
}

#[derive(stripe_hooks::EndpointName)]
struct ReopenedEndpoint;

#[stripe_hooks::on_event("charge.succeeded", endpoint = ReopenedEndpoint)]
async fn of_reopened() {}

async fn what_was_stored_is_there_when_the_inbox_is_opened_again(bench: TestInbox) {
    for expected in 1..=3 {
        let endpoint = bench.build_endpoint::<ReopenedEndpoint>();
        assert_eq!(
            deliver_event(&endpoint, &event_json(&format!("evt_{expected}"), "charge.succeeded")).await,
            200
        );
        assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.succeeded")).await, 200);
        assert_eq!(bench.wait_until_ended().await.len(), expected);
        endpoint.shutdown(crate::test_inbox::WAIT_TIMEOUT).await.unwrap();
    }
}

#[tokio::test]
async fn an_operators_tool_makes_no_file_and_changes_none() {
    let bench = TestInbox::sqlite();
    let refused = |words: &str| {
        let error = SqliteInbox::builder(bench.sqlite_file()).open_existing().unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    };
    refused("there is no such file; name the one that the receiver opens");
    assert!(!bench.sqlite_file().exists());
    drop(bench.open_inbox().open());
    let inbox = SqliteInbox::builder(bench.sqlite_file()).open_existing().unwrap().operator();
    assert_eq!(inbox.stats().await.unwrap().oldest_ready, None);
    bench.execute_sql("UPDATE stripe_hooks_schema SET version = 0").await;
    refused("start the receiver of this version first, which brings it up to date");
}

async fn three_processes_that_start_at_once_make_the_tables_together(bench: TestInbox) {
    let processes: Vec<_> = thread::scope(|scope| {
        let starting: Vec<_> = (0..3).map(|_| scope.spawn(|| ChildProcess::start(&bench, &[]))).collect();
        starting.into_iter().map(|started| started.join().unwrap()).collect()
    });
    for (id, process) in processes.iter().enumerate() {
        assert_eq!(process.deliver(&format!("evt_{id}"), "charge.captured"), Some(200));
    }
    assert_eq!(bench.wait_until_ended().await.len(), 3);
    let table = match bench.database {
        TestDatabase::File(_) => "stripe_hooks_schema",
        TestDatabase::Server(_) => "stripe_hooks_schema_version",
    };
    assert_eq!(bench.query_count(format!("SELECT count(*) FROM {table} WHERE version = 1")).await, 1);
}
