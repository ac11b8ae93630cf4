//! The operator's commands on a server, from its address to the audit rows.

use serde_json::{Value, json};
use stripe_hooks::PostgresInbox;

use crate::{
    cluster,
    inbox::{body, fill, rows},
    tool::{Ended, Tool, tool},
};

/// An inbox on a server, with the runs that the one in a file has.
struct Desk {
    address: String,
    schema: &'static str,
}

impl Desk {
    /// `None` when there is no server: the test is then to return at once.
    async fn new(schema: &'static str) -> Option<Self> {
        let address = cluster::shared()?.database();
        fill(PostgresInbox::builder(&address).schema(schema).open().unwrap()).await;
        Some(Self { address, schema })
    }

    fn tool(&self, arguments: &[&str]) -> Tool {
        let schema: &[&str] = if self.schema == "stripe_hooks" { &[] } else { &["--schema", self.schema] };
        let place = ["inbox", "--db", &self.address];
        tool(place.into_iter().chain(schema.iter().copied()).chain(arguments.iter().copied()))
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        self.tool(arguments).run()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        self.tool(arguments).json()
    }
}

#[tokio::test]
async fn every_command_works_on_a_server() {
    for schema in ["stripe_hooks", "shop_events"] {
        let Some(desk) = Desk::new(schema).await else { return };
        let told = desk.run(&["list"]).ok();
        assert_eq!(
            rows(&told)[2][..6],
            ["2", "evt_2", "charge.succeeded", "shop::fulfil", "parked", "1"],
            "{told}"
        );
        let listed =
            desk.json(&["list", "--state", "parked", "--reason", "attempts_exhausted", "--limit", "1"]);
        assert_eq!((&listed[0]["id"], listed.as_array().unwrap().len()), (&json!(2), 1));
        assert_eq!(desk.json(&["list", "--handler", "shop::note", "--event", "evt_3"])[0]["id"], 3);

        assert!(!desk.run(&["show", "1"]).ok().contains("someone@example.com"));
        assert_eq!(desk.json(&["show", "1", "--body"])["body"], body("evt_1", "charge.succeeded"));

        assert_eq!(desk.run(&["pause", "shop::fulfil", "--by", "ada"]).status, 0);
        assert_eq!(desk.run(&["replay", "1", "--by", "ada"]).ok(), "replayed run 1\n");
        let shown = desk.json(&["show", "1"]);
        assert_eq!(
            (&shown["state"], &shown["attempts"], &shown["reason"], &shown["error"]),
            (&json!("pending"), &json!(0), &Value::Null, &Value::Null)
        );
        assert_eq!(
            (&shown["audit"][0]["actor"], &shown["audit"][0]["action"]),
            (&json!("ada"), &json!("replay"))
        );
        assert!(shown["due"].as_str().unwrap().ends_with('Z'), "{shown}");

        let skipped =
            desk.run(&["skip", "--handler", "shop::fulfil", "--because", "by hand", "--by", "ada"]).ok();
        assert_eq!(skipped, "skipped 2 runs: 1, 2\n");
        let shown = desk.json(&["show", "2"]);
        assert_eq!((&shown["state"], &shown["error"]), (&json!("done"), &json!("by hand")));
        assert_eq!(shown["audit"][0]["note"], "by hand");

        let stats = desk.json(&["stats"]);
        assert_eq!(
            (&stats["handlers"][0]["paused"], &stats["handlers"][0]["done"]),
            (&json!(true), &json!(2))
        );
        assert_eq!(desk.run(&["resume", "shop::fulfil", "--by", "ada"]).status, 0);
        let nothing = desk.run(&["replay", "3", "--by", "ada"]);
        assert_eq!(
            (nothing.status, &*nothing.errors),
            (1, "error: run 3 is done: it is not parked; nothing was changed\n")
        );
    }
}

#[tokio::test]
async fn a_server_without_an_inbox_is_refused_and_left_as_it_was() {
    let Some(cluster) = cluster::shared() else { return };
    let address = cluster.database();
    for _ in 0..2 {
        let ended = tool(["inbox", "--db", &address, "stats"]).run();
        assert!(
            ended.status == 1 && ended.errors.contains("there are no tables of an inbox in it"),
            "{ended:?}"
        );
    }
}
