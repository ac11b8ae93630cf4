//! The way from a file to a server, as the documentation tells it.

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use stripe_hooks::on_event;

use crate::bench::{Bench, PATIENCE, deliver, event};

const PAGE: &str = include_str!("../../stripe-hooks/src/docs/inbox.md");

#[derive(stripe_hooks::EndpointName)]
struct Moving;

#[on_event("charge.succeeded", endpoint = Moving)]
async fn moves() {}

/// The statement of the page, which makes the statements for the server.
fn statement() -> &'static str {
    let blocks = PAGE.split("```sql\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks.into_iter().find(|block| block.contains("INSERT INTO stripe_hooks.events")).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_file_knows_is_known_on_the_server_once_its_ids_were_passed_on() {
    let Some(server) = Bench::postgres() else { return };
    let file = Bench::sqlite();
    let before = file.endpoint::<Moving>();
    for id in ["evt_1", "evt_it's"] {
        assert_eq!(deliver(&before, &event(id, "charge.succeeded")).await, 200);
    }
    file.ended().await;
    before.shutdown(PATIENCE).await.unwrap();

    drop(server.inbox().open());
    let statements = file.database.texts(statement()).await;
    let mut connection = PgConnection::connect(&server.database.place()).await.unwrap();
    // Twice, as the page says.
    for _ in 0..2 {
        sqlx::raw_sql(AssertSqlSafe(statements.join("\n"))).execute(&mut connection).await.unwrap();
    }
    let after = server.endpoint::<Moving>();
    for id in ["evt_1", "evt_it's", "evt_new"] {
        assert_eq!(deliver(&after, &event(id, "charge.succeeded")).await, 200);
    }
    assert_eq!((after.counts().stored, after.counts().duplicate), (1, 2));
    assert_eq!(server.ended().await.len(), 1);
    let lately = "SELECT count(*) FROM stripe_hooks_events WHERE received_at > now() - interval '10 minutes'";
    assert_eq!(server.count(lately).await, 3);
}
