//! A disk that is full, read-only, or without power.

use std::{
    collections::BTreeSet,
    fs,
    io::Write,
    path::PathBuf,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    thread,
    time::Duration,
};

use stripe_hooks::{
    EventId, InboxTx, SqliteInbox, on_event,
    sqlx::{self, Sqlite},
};

use crate::{
    child_process::ChildProcess,
    database::TestDatabase,
    mount::{TestFileSystem, set_read_only},
    test_inbox::{TestInbox, WAIT_TIMEOUT, deliver_event, event_json},
    transactions::has_transaction_ended_error,
};

async fn test_inbox_on(mount: &TestFileSystem) -> TestInbox {
    TestInbox::on_database(TestDatabase::File(tempfile::tempdir_in(mount.mount_point()).unwrap()))
        .with_ledger()
        .await
}

/// Sends new events until one is not taken; says which were.
fn deliver_until_refused(process: &ChildProcess, name: &str) -> Vec<String> {
    let mut taken = Vec::new();
    loop {
        let id = format!("evt_{name}_{}", taken.len());
        match process.deliver(&id, "charge.succeeded") {
            Some(200) => taken.push(id),
            Some(503) => return taken,
            other => panic!("{other:?}"),
        }
        assert!(taken.len() < 5_000, "it is never refused");
    }
}

/// That the file is whole, and each of these events is done once.
async fn assert_file_intact(test_inbox: &TestInbox, taken: &[String]) {
    let runs = test_inbox.wait_until_ended().await;
    assert!(runs.iter().all(|run| run.state == "done"), "{runs:#?}");
    let verdict = test_inbox.database.query_texts("PRAGMA integrity_check").await;
    assert_eq!(verdict, ["ok"]);
    let mut booked = test_inbox.database.query_texts("SELECT event FROM ledger").await;
    booked.sort_unstable();
    let each: BTreeSet<_> = taken.iter().cloned().collect();
    assert_eq!(booked, Vec::from_iter(each));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_answered_503_and_all_goes_on_when_there_is_room() {
    let Some(mount) = TestFileSystem::in_memory(4) else { return };
    let test_inbox = test_inbox_on(&mount).await;
    let process = ChildProcess::start(&test_inbox, &[]);
    assert_eq!(process.deliver("evt_before", "charge.succeeded"), Some(200));
    let filler = mount.mount_point().join("filler");
    let mut file = fs::File::create(&filler).unwrap();
    for size in [64 * 1024, 512, 1] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
    let mut taken = deliver_until_refused(&process, "full");
    taken.push("evt_before".to_owned());
    drop(file);
    fs::remove_file(filler).unwrap();
    // The same process, by itself.
    process.deliver_until_taken("evt_after", "charge.succeeded");
    taken.push("evt_after".to_owned());
    assert_file_intact(&test_inbox, &taken).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_only_file_is_answered_503_and_all_goes_on_when_it_can_be_written() {
    let Some(mount) = TestFileSystem::on_disk(64) else { return };
    let test_inbox = test_inbox_on(&mount).await;
    let process = ChildProcess::start(&test_inbox, &[]);
    assert_eq!(process.deliver("evt_before", "charge.succeeded"), Some(200));
    test_inbox.wait_until_ended().await;
    let files =
        [test_inbox.sqlite_file(), PathBuf::from(format!("{}-wal", test_inbox.sqlite_file().display()))];
    files.iter().for_each(|file| set_read_only(file, true));
    let taken = deliver_until_refused(&process, "read_only");
    let opened = SqliteInbox::open(test_inbox.sqlite_file());
    files.iter().for_each(|file| set_read_only(file, false));
    assert!(taken.is_empty(), "{taken:?}");
    let error = opened.unwrap_err().to_string();
    assert!(error.contains("cannot be used") && error.contains("readonly"), "{error}");
    process.deliver_until_taken("evt_after", "charge.succeeded");
    assert_file_intact(&test_inbox, &["evt_before".to_owned(), "evt_after".to_owned()]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_200_outlives_a_power_failure() {
    let Some(mount) = TestFileSystem::on_disk(64) else { return };
    let test_inbox = test_inbox_on(&mount).await;
    let process = ChildProcess::start(&test_inbox, &[]);
    let (over, answered_so_far) = (AtomicBool::new(false), AtomicUsize::new(0));
    // Some sync their names into the folder, and none of them syncs this.
    fs::write(mount.mount_point().join("unsynced"), "what nobody has synced").unwrap();
    let (answered, left) = thread::scope(|scope| {
        let (process, over, answered_so_far) = (&process, &over, &answered_so_far);
        let callers: Vec<_> = (0..4)
            .map(|caller| {
                scope.spawn(move || {
                    let ids = (0..).map(|id| format!("evt_{caller}_{id}"));
                    let goes_on = ids.take_while(|_| !over.load(SeqCst));
                    let is_taken = |id: &String| {
                        let is_taken = process.deliver(id, "charge.succeeded") == Some(200);
                        answered_so_far.fetch_add(usize::from(is_taken), SeqCst);
                        is_taken
                    };
                    goes_on.filter(is_taken).collect::<Vec<_>>()
                })
            })
            .collect();
        while answered_so_far.load(SeqCst) < 200 {
            thread::sleep(Duration::from_millis(5));
        }
        process.send_signal("-KILL");
        let left = mount.copy_as_after_power_failure();
        over.store(true, SeqCst);
        (callers.into_iter().flat_map(|caller| caller.join().unwrap()).collect::<BTreeSet<_>>(), left)
    });
    let unsynced = fs::read(left.mount_point().join("unsynced")).unwrap_or_default();
    assert!(unsynced.is_empty(), "what nobody has synced is there, so that this failure was none");

    // The disk's file and its log, as the next start finds them.
    let (lost, found) = (test_inbox.sqlite_file(), TestInbox::sqlite());
    let of_lost = lost.strip_prefix(mount.mount_point()).unwrap();
    for end in ["", "-wal"] {
        let with_end = |path: PathBuf| PathBuf::from(format!("{}{end}", path.display()));
        fs::copy(with_end(left.mount_point().join(of_lost)), with_end(found.sqlite_file())).unwrap();
    }
    let _living = ChildProcess::start(&found, &[]);
    let runs = found.wait_until_ended().await;
    assert!(runs.iter().all(|run| run.state == "done"), "{runs:#?}");
    let booked = found.database.query_texts("SELECT event FROM ledger").await;
    let once: BTreeSet<_> = booked.iter().cloned().collect();
    assert_eq!(booked.len(), once.len(), "an event is booked twice");
    assert!(answered.is_subset(&once), "lost: {:?}", answered.difference(&once));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_that_sqlite_ends_by_itself_spoils_only_itself() {
    let test_inbox = TestInbox::sqlite().with_ledger().await;
    let process = ChildProcess::start(&test_inbox, &[]);
    // What a full disk does, at two points: where an event is stored, and where a handler writes.
    for (table, id) in [("stripe_hooks_events", "evt_1"), ("ledger", "evt_2")] {
        let full = format!(
            "CREATE TRIGGER full BEFORE INSERT ON {table} BEGIN SELECT raise(ROLLBACK, 'as if the disk were full'); END"
        );
        test_inbox.execute_sql(full).await;
        let answer = if table == "ledger" { 200 } else { 503 };
        for _ in 0..3 {
            assert_eq!(process.deliver(id, "charge.succeeded"), Some(answer));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        test_inbox.execute_sql("DROP TRIGGER full").await;
        process.deliver_until_taken(id, "charge.succeeded");
        test_inbox.wait_until_ended().await;
    }
    assert_file_intact(&test_inbox, &["evt_1".to_owned(), "evt_2".to_owned()]).await;
}

#[derive(stripe_hooks::EndpointName)]
struct CarelessEndpoint;

#[on_event("charge.succeeded", retries = 0, endpoint = CarelessEndpoint)]
async fn goes_on_after_an_error(id: EventId, tx: &mut InboxTx<Sqlite>) {
    let written = sqlx::query("INSERT INTO ledger VALUES (?)").bind(id.as_str()).execute(&mut **tx).await;
    assert!(written.is_err());
}

#[tokio::test]
async fn a_handler_that_goes_on_after_its_transaction_has_ended_is_not_done() {
    let test_inbox = TestInbox::sqlite().with_ledger().await;
    test_inbox
        .execute_sql("CREATE TRIGGER full BEFORE INSERT ON ledger BEGIN SELECT raise(ROLLBACK, 'full'); END")
        .await;
    let endpoint = test_inbox.build_endpoint::<CarelessEndpoint>();
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.succeeded")).await, 200);
    let run = test_inbox.wait_until_ended().await.remove(0);
    assert_eq!(run.summary(), ("goes_on_after_an_error", "parked", 1));
    assert!(has_transaction_ended_error(&run), "{run:?}");
    endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
}
