//! Connecting to a server, and its tables: the first process creates them, and a process of an older
//! version refuses them.

use std::thread;

use stripe_hooks::PostgresInbox;

use crate::{
    child_process::ChildProcess,
    database::TestDatabase,
    postgres_cluster::{self, PostgresCluster},
    test_inbox::TestInbox,
};

#[test]
fn many_that_open_a_new_inbox_at_once_all_get_it() {
    let Some(test_inbox) = TestInbox::postgres() else { return };
    let address = test_inbox.database.address();
    thread::scope(|scope| {
        let opening: Vec<_> = (0..12).map(|_| scope.spawn(|| PostgresInbox::connect(&address))).collect();
        for opened in opening {
            drop(opened.join().unwrap().unwrap());
        }
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_from_the_future_is_refused_and_left_as_it_is() {
    let Some(test_inbox) = TestInbox::postgres() else {
        return;
    };
    drop(test_inbox.open_inbox().open());
    test_inbox.execute_sql("UPDATE stripe_hooks_schema_version SET version = 4711").await;
    let error = PostgresInbox::connect(test_inbox.database.address()).unwrap_err();
    assert!(error.is_inbox());
    let error = error.to_string();
    assert!(
        error.starts_with("the inbox in `127.0.0.1:")
            && error.contains(", schema stripe_hooks` has schema version 4711")
            && error.ends_with("has schema version 4711, and this program knows 1; a newer program has used it, so start that one"),
        "{error}"
    );
    assert_eq!(test_inbox.query_integer("SELECT version FROM stripe_hooks_schema_version").await, 4711);
}

#[tokio::test(flavor = "multi_thread")]
async fn inboxes_in_two_schemas_of_one_database_know_nothing_of_each_other() {
    let Some(test_inbox) = TestInbox::postgres() else {
        return;
    };
    for schema in ["first", "select"] {
        for _ in 0..2 {
            drop(PostgresInbox::builder(test_inbox.database.address()).schema(schema).open().unwrap());
        }
    }
    let schemas = test_inbox
        .database
        .query_texts("SELECT schemaname::text FROM pg_tables WHERE tablename = 'runs' ORDER BY schemaname")
        .await;
    assert_eq!(schemas, ["first", "select"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_may_make_nothing_uses_the_tables_that_another_has_made() {
    let Some(test_inbox) = TestInbox::postgres() else { return };
    let address = test_inbox.database.address().replace("//tester@", "//modest@");
    test_inbox.execute_sql("CREATE ROLE modest LOGIN").await;
    let error = PostgresInbox::connect(&address).unwrap_err().to_string();
    assert!(error.contains("permission denied"), "{error}");
    drop(test_inbox.open_inbox().open());
    test_inbox
        .execute_sql(
            "GRANT USAGE ON SCHEMA stripe_hooks TO modest; \
             GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA stripe_hooks TO modest",
        )
        .await;
    let inbox = PostgresInbox::connect(&address).unwrap().operator();
    assert_eq!(inbox.stats().await.unwrap().handlers.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_spoken_to_in_secret_and_asked_to_prove_its_name() {
    let Some(programs) = postgres_cluster::postgres_programs() else { return };
    let cluster = PostgresCluster::start_encrypting(programs);
    let database = cluster.create_database().replace("127.0.0.1", "localhost");
    let error = PostgresInbox::connect(format!("{database}?sslmode=verify-full")).unwrap_err().to_string();
    assert!(error.contains("certificate"), "{error}");
    let certificate = cluster.certificate();
    let database = format!("{database}?sslmode=verify-full&sslrootcert={}", certificate.display());
    let test_inbox = TestInbox::on_database(TestDatabase::Server(database)).with_ledger().await;
    let process = ChildProcess::start(&test_inbox, &[]);
    assert_eq!(process.deliver("evt_1", "charge.succeeded"), Some(200));
    assert_eq!(test_inbox.wait_until_ended().await[0].summary(), ("book", "done", 1));
    let open = "SELECT count(*) FROM pg_stat_ssl WHERE NOT ssl AND pid IN (SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend')";
    assert_eq!(test_inbox.query_integer(open).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operators_tool_makes_no_tables_and_changes_none() {
    let Some(test_inbox) = TestInbox::postgres() else { return };
    let refused = |words: &str| {
        let error =
            PostgresInbox::builder(test_inbox.database.address()).open_existing().unwrap_err().to_string();
        assert!(error.ends_with(words), "{error}");
    };
    refused("there are no tables of an inbox in it; start the receiver first, which makes them");
    assert_eq!(
        test_inbox.query_integer("SELECT count(*) FROM pg_namespace WHERE nspname = 'stripe_hooks'").await,
        0
    );
    drop(test_inbox.open_inbox().open());
    assert!(PostgresInbox::builder(test_inbox.database.address()).schema("other").open_existing().is_err());
    let inbox = PostgresInbox::builder(test_inbox.database.address()).open_existing().unwrap().operator();
    assert_eq!(inbox.stats().await.unwrap().oldest_ready, None);
    test_inbox.execute_sql("UPDATE stripe_hooks_schema_version SET version = 0").await;
    refused("and this program knows 1; start the receiver of this version first, which brings it up to date");
    test_inbox.execute_sql("UPDATE stripe_hooks_schema_version SET version = 2").await;
    refused("a newer program has used it, so start that one");
}
