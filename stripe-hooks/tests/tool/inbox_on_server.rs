//! The operator's commands on a server, from its address to the audit rows.

use serde_json::{Value, json};
use stripe_hooks::PostgresInbox;

use crate::{
    inbox::{event_body, fill_inbox, table_rows},
    postgres_cluster,
    tool::{ToolOutput, ToolRun, tool},
};

/// An inbox on a server, with the runs that the one in a file has.
struct PostgresFixture {
    address: String,
    schema: &'static str,
}

impl PostgresFixture {
    /// `None` when there is no server: the test is then to return at once.
    async fn new(schema: &'static str) -> Option<Self> {
        let address = postgres_cluster::shared_cluster()?.create_database();
        fill_inbox(PostgresInbox::builder(&address).schema(schema).open().unwrap()).await;
        Some(Self { address, schema })
    }

    fn tool(&self, arguments: &[&str]) -> ToolRun {
        let schema: &[&str] = if self.schema == "stripe_hooks" { &[] } else { &["--schema", self.schema] };
        let place = ["inbox", "--db", &self.address];
        tool(place.into_iter().chain(schema.iter().copied()).chain(arguments.iter().copied()))
    }

    fn run_tool(&self, arguments: &[&str]) -> ToolOutput {
        self.tool(arguments).run()
    }

    fn run_for_json(&self, arguments: &[&str]) -> Value {
        self.tool(arguments).run_for_json()
    }
}

#[tokio::test]
async fn every_command_works_on_a_server() {
    for schema in ["stripe_hooks", "shop_events"] {
        let Some(desk) = PostgresFixture::new(schema).await else { return };
        let told = desk.run_tool(&["list"]).expect_success();
        assert_eq!(
            table_rows(&told)[2][..6],
            ["2", "evt_2", "charge.succeeded", "shop::fulfil", "parked", "1"],
            "{told}"
        );
        let listed = desk.run_for_json(&[
            "list",
            "--state",
            "parked",
            "--reason",
            "attempts_exhausted",
            "--limit",
            "1",
        ]);
        assert_eq!((&listed[0]["id"], listed.as_array().unwrap().len()), (&json!(2), 1));
        assert_eq!(desk.run_for_json(&["list", "--handler", "shop::note", "--event", "evt_3"])[0]["id"], 3);

        assert!(!desk.run_tool(&["show", "1"]).expect_success().contains("someone@example.com"));
        assert_eq!(
            desk.run_for_json(&["show", "1", "--body"])["body"],
            event_body("evt_1", "charge.succeeded")
        );

        assert_eq!(desk.run_tool(&["pause", "shop::fulfil", "--by", "ada"]).status, 0);
        assert_eq!(desk.run_tool(&["replay", "1", "--by", "ada"]).expect_success(), "replayed run 1\n");
        let shown = desk.run_for_json(&["show", "1"]);
        assert_eq!(
            (&shown["state"], &shown["attempts"], &shown["reason"], &shown["error"]),
            (&json!("pending"), &json!(0), &Value::Null, &Value::Null)
        );
        assert_eq!(
            (&shown["audit"][0]["actor"], &shown["audit"][0]["action"]),
            (&json!("ada"), &json!("replay"))
        );
        assert!(shown["due"].as_str().unwrap().ends_with('Z'), "{shown}");

        let skipped = desk
            .run_tool(&["skip", "--handler", "shop::fulfil", "--because", "by hand", "--by", "ada"])
            .expect_success();
        assert_eq!(skipped, "skipped 2 runs: 1, 2\n");
        let shown = desk.run_for_json(&["show", "2"]);
        assert_eq!((&shown["state"], &shown["error"]), (&json!("done"), &json!("by hand")));
        assert_eq!(shown["audit"][0]["note"], "by hand");

        let stats = desk.run_for_json(&["stats"]);
        assert_eq!(
            (&stats["handlers"][0]["paused"], &stats["handlers"][0]["done"]),
            (&json!(true), &json!(2))
        );
        assert_eq!(desk.run_tool(&["resume", "shop::fulfil", "--by", "ada"]).status, 0);
        let nothing = desk.run_tool(&["replay", "3", "--by", "ada"]);
        assert_eq!(
            (nothing.status, &*nothing.errors),
            (1, "error: run 3 is done: it is not parked; nothing was changed\n")
        );
    }
}

#[tokio::test]
async fn a_server_without_an_inbox_is_refused_and_left_as_it_was() {
    let Some(cluster) = postgres_cluster::shared_cluster() else { return };
    let address = cluster.create_database();
    for _ in 0..2 {
        let ended = tool(["inbox", "--db", &address, "stats"]).run();
        assert!(
            ended.status == 1 && ended.errors.contains("there are no tables of an inbox in it"),
            "{ended:?}"
        );
    }
}
