//! What a handler's transaction is on a server, whatever the settings of the database and of its roles say.

use std::time::Duration;

use stripe_hooks::{
    EventId, InboxTx, State, on_event,
    sqlx::{self, Postgres},
};

use crate::bench::{Bench, PATIENCE, Seen, deliver, event};

struct Settings;

#[on_event("charge.succeeded", name = "looks", timeout = "7s", endpoint = Settings)]
async fn looks(State(seen): State<Seen>, tx: &mut InboxTx<Postgres>) -> Result<(), sqlx::Error> {
    for setting in ["transaction_isolation", "statement_timeout", "idle_in_transaction_session_timeout"] {
        let value: String =
            sqlx::query_scalar("SELECT current_setting($1)").bind(setting).fetch_one(&mut **tx).await?;
        seen.add(format!("{setting} = {value}"));
    }
    Ok(())
}

/// Asks a question that takes far longer than the handler has.
#[on_event("charge.failed", name = "hangs", timeout = "4s", retries = 0, endpoint = Settings)]
async fn hangs(id: EventId, tx: &mut InboxTx<Postgres>) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO ledger VALUES ($1)").bind(id.as_str()).execute(&mut **tx).await?;
    sqlx::query("SELECT pg_sleep(600)").execute(&mut **tx).await.map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_sees_what_was_committed_before_each_question_and_none_outlasts_its_attempt() {
    let Some(bench) = Bench::postgres() else { return };
    let bench = bench.with_ledger().await;
    let database = bench.database.texts("SELECT current_database()::text").await.remove(0);
    for setting in ["default_transaction_isolation = serializable", "statement_timeout = 0"] {
        bench.execute(format!("ALTER DATABASE {database} SET {setting}")).await;
    }
    let endpoint = bench.endpoint::<Settings>();
    assert_eq!(deliver(&endpoint, &event("evt_1", "charge.succeeded")).await, 200);
    assert_eq!(bench.ended().await[0].brief(), ("looks", "done", 1));
    // The timeout, and five seconds for a future that does not stop at once.
    for seen in [
        "transaction_isolation = read committed",
        "statement_timeout = 12s",
        "idle_in_transaction_session_timeout = 12s",
    ] {
        assert_eq!(bench.seen.times(seen), 1, "not {seen}");
    }
    endpoint.shutdown(PATIENCE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_stops_a_question_whose_handler_was_given_up() {
    let Some(bench) = Bench::postgres() else { return };
    let bench = bench.with_ledger().await;
    let endpoint = bench.endpoint::<Settings>();
    assert_eq!(deliver(&endpoint, &event("evt_1", "charge.failed")).await, 200);
    let sleeping = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' \
         AND query = 'SELECT pg_sleep(600)'";
    let deadline = tokio::time::Instant::now() + PATIENCE;
    let mut was_seen = false;
    loop {
        let is_there = bench.count(sleeping).await > 0;
        if was_seen && !is_there {
            break;
        }
        was_seen |= is_there;
        assert!(tokio::time::Instant::now() < deadline, "the question went on, or was never asked");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(bench.ended().await[0].brief(), ("hangs", "parked", 1));
    assert_eq!(bench.count("SELECT count(*) FROM ledger").await, 0);
    endpoint.shutdown(PATIENCE).await.unwrap();
}
