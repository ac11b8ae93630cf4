//! The way from a file to a server, as the documentation tells it.

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use stripe_hooks::on_event;

use crate::test_inbox::{TestInbox, WAIT_TIMEOUT, deliver_event, event_json};

const INBOX_PAGE: &str = include_str!("../../stripe-hooks/src/docs/inbox.md");

#[derive(stripe_hooks::EndpointName)]
struct MovingEndpoint;

#[on_event("charge.succeeded", endpoint = MovingEndpoint)]
async fn moves() {}

/// The statement of the page, which makes the statements for the server.
fn page_statement() -> &'static str {
    let blocks = INBOX_PAGE.split("```sql\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks.into_iter().find(|block| block.contains("INSERT INTO stripe_hooks.events")).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_file_knows_is_known_on_the_server_once_its_ids_were_passed_on() {
    let Some(server) = TestInbox::postgres() else { return };
    let file = TestInbox::sqlite();
    let before = file.build_endpoint::<MovingEndpoint>();
    for id in ["evt_1", "evt_it's"] {
        assert_eq!(deliver_event(&before, &event_json(id, "charge.succeeded")).await, 200);
    }
    file.wait_until_ended().await;
    before.shutdown(WAIT_TIMEOUT).await.unwrap();

    drop(server.open_inbox().open());
    let statements = file.database.query_texts(page_statement()).await;
    let mut connection = PgConnection::connect(&server.database.address()).await.unwrap();
    // Twice, as the page says.
    for _ in 0..2 {
        sqlx::raw_sql(AssertSqlSafe(statements.join("\n"))).execute(&mut connection).await.unwrap();
    }
    let after = server.build_endpoint::<MovingEndpoint>();
    for id in ["evt_1", "evt_it's", "evt_new"] {
        assert_eq!(deliver_event(&after, &event_json(id, "charge.succeeded")).await, 200);
    }
    assert_eq!((after.counts().stored, after.counts().duplicate), (1, 2));
    assert_eq!(server.wait_until_ended().await.len(), 1);
    let lately = "SELECT count(*) FROM stripe_hooks_events WHERE received_at > now() - interval '10 minutes'";
    assert_eq!(server.query_integer(lately).await, 3);
}
