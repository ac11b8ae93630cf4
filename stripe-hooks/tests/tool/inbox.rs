//! The operator's commands, on inboxes that a real endpoint has filled.

use std::{path::PathBuf, time::Duration};

use serde_json::{Value, json};
use stripe_hooks::{
    Endpoint, EndpointName, SqliteInbox,
    inbox::PreparedInbox,
    on_event,
    sqlx::{self, ConnectOptions as _, sqlite::SqliteConnectOptions},
};
use tempfile::TempDir;

use crate::tool::{SECRET, ToolOutput, ToolRun, tool};

#[derive(stripe_hooks::EndpointName)]
struct ShopEndpoint;

#[on_event("charge.succeeded", name = "shop::fulfil", retries = 0, endpoint = ShopEndpoint)]
async fn fulfil() -> Result<(), &'static str> {
    Err("no stock\nand \u{1b}[31mno colour")
}

#[on_event("charge.failed", name = "shop::note", endpoint = ShopEndpoint)]
async fn note() {}

/// Leaves runs in an inbox: 1 and 2 are parked, 3 is done.
pub(crate) async fn fill_inbox(inbox: impl Into<PreparedInbox>) {
    let endpoint = Endpoint::builder().name::<ShopEndpoint>().secret(SECRET).inbox(inbox).build().unwrap();
    for (id, name) in
        [("evt_1", "charge.succeeded"), ("evt_2", "charge.succeeded"), ("evt_3", "charge.failed")]
    {
        let answer = endpoint.dispatch_verified(event_body(id, name).into()).await;
        assert_eq!(answer.status(), 200);
    }
    let inbox = endpoint.inbox().unwrap();
    while inbox.stats().await.unwrap().handlers.iter().any(|of| of.pending + of.running > 0) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    endpoint.shutdown(Duration::from_secs(60)).await.unwrap();
}

/// An inbox with these runs.
struct SqliteFixture {
    folder: TempDir,
}

impl SqliteFixture {
    async fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        fill_inbox(SqliteInbox::open(desk.inbox_file()).unwrap()).await;
        desk
    }

    fn inbox_file(&self) -> PathBuf {
        self.folder.path().join("events.db")
    }

    fn tool(&self, arguments: &[&str]) -> ToolRun {
        let file = self.inbox_file();
        let place = ["inbox", "--db", file.to_str().unwrap()];
        tool(place.into_iter().chain(arguments.iter().copied()))
    }

    fn run_tool(&self, arguments: &[&str]) -> ToolOutput {
        self.tool(arguments).run()
    }

    fn run_for_json(&self, arguments: &[&str]) -> Value {
        self.tool(arguments).run_for_json()
    }

    async fn execute(&self, sql: &'static str) {
        let mut connection = SqliteConnectOptions::new().filename(self.inbox_file()).connect().await.unwrap();
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    }
}

pub(crate) fn event_body(id: &str, name: &str) -> String {
    json!({ "id": id, "object": "event", "type": name, "created": 1_793_145_600, "livemode": false,
            "data": { "object": { "id": "ch_1", "object": "charge", "receipt_email": "someone@example.com" } } })
    .to_string()
}

/// The cells of each line.
pub(crate) fn table_rows(text: &str) -> Vec<Vec<&str>> {
    text.lines()
        .map(|line| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect())
        .collect()
}

#[tokio::test]
async fn runs_are_listed_the_newest_first_in_columns() {
    let desk = SqliteFixture::new().await;
    let told = desk.run_tool(&["list"]).expect_success();
    let rows = table_rows(&told);
    assert_eq!(rows[0], ["RUN", "EVENT", "TYPE", "HANDLER", "STATE", "ATTEMPTS", "DUE", "ENDED", "WHY"]);
    assert_eq!(rows[1][..6], ["3", "evt_3", "charge.failed", "shop::note", "done", "1"]);
    assert_eq!(rows[2][..6], ["2", "evt_2", "charge.succeeded", "shop::fulfil", "parked", "1"]);
    assert_eq!(rows[2].last(), Some(&"attempts_exhausted: no stock and \u{fffd}[31mno colour"));
    assert_eq!(rows.len(), 4);
    let ended = rows[1][6];
    assert!(ended.len() == "2026-10-28 12:34:56".len() && ended.starts_with("20"), "{told}");
}

#[tokio::test]
async fn a_list_is_narrowed_by_what_the_filter_can_say() {
    let desk = SqliteFixture::new().await;
    let found = |arguments: &[&str]| -> Vec<i64> {
        let listed = desk.run_for_json(&[&["list"], arguments].concat());
        listed.as_array().unwrap().iter().map(|run| run["id"].as_i64().unwrap()).collect()
    };
    assert_eq!(found(&[]), [3, 2, 1]);
    assert_eq!(found(&["--state", "parked"]), [2, 1]);
    assert_eq!(found(&["--handler", "shop::note"]), [3]);
    assert_eq!(found(&["--event", "evt_2"]), [2]);
    assert_eq!(found(&["--endpoint", ShopEndpoint::NAME]), [3, 2, 1]);
    assert_eq!(found(&["--endpoint", "default"]), [0; 0]);
    assert_eq!(found(&["--reason", "attempts_exhausted", "--limit", "1"]), [2]);
    assert!(found(&["--reason", "body_removed"]).is_empty());
}

#[tokio::test]
async fn a_run_is_shown_without_its_body_unless_that_is_asked_for() {
    let desk = SqliteFixture::new().await;
    for arguments in [&["show", "1"][..], &["show", "1", "--json"]] {
        let told = desk.run_tool(arguments).expect_success();
        assert!(told.contains("evt_1") && told.contains("attempts_exhausted"), "{told}");
        assert!(!told.contains("someone@example.com"), "{told}");
    }
    assert!(
        desk.run_tool(&["show", "1"])
            .expect_success()
            .contains("bytes; --body prints it, personal data and all")
    );
    let told = desk.run_tool(&["show", "1", "--body"]).expect_success();
    assert!(told.ends_with(&format!("\n\n{}\n", event_body("evt_1", "charge.succeeded"))), "{told}");
    let shown = desk.run_for_json(&["show", "1", "--body"]);
    assert_eq!(shown["body"], event_body("evt_1", "charge.succeeded"));
    assert_eq!(
        (&shown["id"], &shown["state"], &shown["attempts"], &shown["due"], &shown["audit"]),
        (&json!(1), &json!("parked"), &json!(1), &Value::Null, &json!([]))
    );
    assert!(shown["ended"].as_str().unwrap().ends_with('Z'), "{shown}");
}

#[tokio::test]
async fn a_replay_names_its_runs_and_its_actor_is_kept() {
    let desk = SqliteFixture::new().await;
    assert_eq!(desk.run_tool(&["replay", "1", "--by", "ada"]).expect_success(), "replayed run 1\n");
    let shown = desk.run_for_json(&["show", "1"]);
    assert_eq!(
        (&shown["state"], &shown["attempts"], &shown["reason"]),
        (&json!("pending"), &json!(0), &Value::Null)
    );
    assert!(shown["due"].is_string(), "{shown}");
    assert_eq!(
        (&shown["audit"][0]["actor"], &shown["audit"][0]["action"]),
        (&json!("ada"), &json!("replay"))
    );
    let told = desk.run_tool(&["show", "1"]).expect_success();
    assert!(told.contains("WHEN") && told.contains("ada  replay"), "{told}");
    let all =
        desk.tool(&["replay", "--all", "--json"]).without_login_variables().variable("USER", "grace").run();
    assert_eq!(all.parse_json(), json!([2]));
    assert_eq!(desk.run_for_json(&["show", "2"])["audit"][0]["actor"], "grace");
    // What is done is done twice only where that is said.
    assert_eq!(
        desk.run_tool(&["replay", "3", "--state", "done", "--by", "ada"]).expect_success(),
        "replayed run 3\n"
    );
}

#[tokio::test]
async fn a_skip_wants_a_reason_and_keeps_it() {
    let desk = SqliteFixture::new().await;
    let unexplained = desk.run_tool(&["skip", "1", "--by", "ada"]);
    assert!(unexplained.status == 2 && unexplained.errors.contains("--because"), "{unexplained:?}");
    let skipped =
        desk.run_tool(&["skip", "--handler", "shop::fulfil", "--because", "refunded by hand", "--by", "ada"]);
    assert_eq!(skipped.expect_success(), "skipped 2 runs: 1, 2\n");
    let shown = desk.run_for_json(&["show", "2"]);
    assert_eq!(
        (&shown["state"], &shown["result"], &shown["error"]),
        (&json!("done"), &json!("skipped"), &json!("refunded by hand"))
    );
    assert!(desk.run_tool(&["show", "2"]).expect_success().contains("done (skipped)"));
    assert_eq!(shown["audit"][0]["note"], "refunded by hand");
}

#[tokio::test]
async fn why_nothing_was_done_is_said_and_is_a_failure() {
    let desk = SqliteFixture::new().await;
    desk.execute("UPDATE stripe_hooks_runs SET state = 'running', lease_until = 9000000000000 WHERE id = 2")
        .await;
    for (arguments, words) in [
        (&["replay", "3"][..], "error: run 3 is done: it is not parked; nothing was changed\n"),
        (&["replay", "2"], "error: run 2 is running: it is being worked on; nothing was changed\n"),
        (
            &["replay", "4711"],
            "error: the inbox has no run 4711; `stripe-hooks inbox list` shows those that it has\n",
        ),
        (
            &["skip", "3", "--because", "x"],
            "error: run 3 is done: it is neither waiting nor parked; nothing was changed\n",
        ),
        (
            &["skip", "2", "--because", "x"],
            "error: run 2 is running: it is being worked on; nothing was changed\n",
        ),
        (
            &["replay", "1", "--state", "done"],
            "error: run 1 is parked: it is not in the state that --state says; nothing was changed\n",
        ),
        (&["replay", "--event", "evt_4"], "error: there is no such run; nothing was changed\n"),
        (
            &["show", "4711"],
            "error: the inbox has no run 4711; `stripe-hooks inbox list` shows those that it has\n",
        ),
    ] {
        let ended = desk.tool(arguments).variable("USER", "ada").run();
        assert_eq!((ended.status, &*ended.errors, &*ended.out), (1, words, ""), "{arguments:?}");
    }
    let some = desk.run_tool(&["replay", "1", "3", "--by", "ada"]);
    assert_eq!(
        (some.status, &*some.errors),
        (1, "error: run 3 is done: it is not parked; changed were only: 1\n")
    );
}

#[tokio::test]
async fn a_handler_is_paused_and_resumed() {
    let desk = SqliteFixture::new().await;
    let act = |action, handler| desk.run_tool(&[action, handler, "--by", "ada"]);
    assert_eq!(
        act("pause", "shop::note").expect_success(),
        "no run of `shop::note` begins until it is resumed\n"
    );
    assert_eq!(act("pause", "shop::note").expect_success(), "`shop::note` was paused before\n");
    let told = desk.run_tool(&["stats"]).expect_success();
    let row = table_rows(&told).into_iter().find(|row| row.get(1) == Some(&"shop::note"));
    assert_eq!(row.unwrap()[1..], ["shop::note", "0", "0", "1", "0", "paused"]);
    assert_eq!(act("resume", "shop::note").expect_success(), "the runs of `shop::note` begin again\n");
    assert_eq!(act("resume", "shop::note").expect_success(), "`shop::note` was not paused\n");
    let elsewhere = desk.run_tool(&["pause", "shop::note", "--endpoint", "elsewhere", "--by", "ada"]);
    let words = "error: the endpoint `elsewhere` has no handler `shop::note`; it belongs to `";
    assert!(elsewhere.status == 1 && elsewhere.errors.starts_with(words), "{elsewhere:?}");
    let mistyped = act("pause", "shop::notes");
    assert!(
        mistyped.errors.starts_with("note: no program has had a handler `shop::notes` so far"),
        "{mistyped:?}"
    );
    assert_eq!(mistyped.status, 0);
}

#[tokio::test]
async fn the_counts_and_the_longest_wait_are_told() {
    let desk = SqliteFixture::new().await;
    let told = desk.run_tool(&["stats"]).expect_success();
    assert_eq!(table_rows(&told)[1][1..], ["shop::fulfil", "0", "0", "0", "2"]);
    assert!(told.ends_with("\nno run waits that could begin\n"), "{told}");
    desk.execute("UPDATE stripe_hooks_runs SET state = 'pending', run_at = unixepoch() * 1000 - 7_260_000 WHERE id = 1").await;
    let told = desk.run_tool(&["stats"]).expect_success();
    assert!(told.ends_with("the oldest run that could begin has waited for 2 h 1 min\n"), "{told}");
    let stats = desk.run_for_json(&["stats"]);
    assert!(stats["oldest_ready_seconds"].as_f64().unwrap() >= 7_260.0, "{stats}");
    let endpoint = ShopEndpoint::NAME;
    let fulfil = json!({ "endpoint": endpoint, "handler": "shop::fulfil", "paused": false, "pending": 1, "running": 0, "done": 0, "parked": 1 });
    assert_eq!(stats["handlers"][0], fulfil);
}

#[tokio::test]
async fn the_place_may_come_from_the_environment() {
    let desk = SqliteFixture::new().await;
    let file = desk.inbox_file();
    let listed =
        tool(["inbox", "list", "--json"]).variable("STRIPE_HOOKS_INBOX", file.to_str().unwrap()).run();
    assert_eq!(listed.parse_json().as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_before_anything_is_opened() {
    let desk = SqliteFixture::new().await;
    for (ended, words) in [
        (tool(["inbox", "list"]).run(), "no inbox: give `--db PLACE`, or set STRIPE_HOOKS_INBOX"),
        (tool(["inbox", "list", "--db", "mysql://root:hunter2@db/x"]).run(), "no inbox is at `mysql://…`"),
        (desk.run_tool(&["list", "--schema", "shop"]), "--schema is of PostgreSQL"),
        (desk.run_tool(&["replay"]), "which runs? Give their numbers"),
        (desk.run_tool(&["skip", "--because", "x"]), "which runs? Give their numbers"),
        (desk.run_tool(&["replay", "1", "--all"]), "cannot be used with"),
        (desk.run_tool(&["list", "--state", "lost"]), "[possible values: pending, running, done, parked]"),
        (desk.tool(&["replay", "1"]).without_login_variables().run(), "who acts? Give `--by NAME`"),
    ] {
        assert_eq!(ended.status, 2, "{ended:?}");
        assert!(ended.errors.contains(words) && !ended.errors.contains("hunter2"), "{ended:?}");
    }
    assert_eq!(desk.run_for_json(&["show", "1"])["state"], "parked");
}

#[tokio::test]
async fn a_file_that_is_no_inbox_of_this_version_is_refused_and_left_as_it_was() {
    let desk = SqliteFixture::new().await;
    let refused = |words: &str| {
        let before = std::fs::read(desk.inbox_file()).ok();
        let ended = desk.run_tool(&["stats"]);
        assert!(ended.status == 1 && ended.errors.contains(words), "{ended:?}");
        assert!(std::fs::read(desk.inbox_file()).ok() == before, "the file was changed");
    };
    desk.execute("UPDATE stripe_hooks_schema SET version = 4711; PRAGMA journal_mode = DELETE").await;
    refused("has schema version 4711, and this program knows 1; a newer program has used it");
    desk.execute("UPDATE stripe_hooks_schema SET version = 0").await;
    refused("has schema version 0, and this program knows 1; start the receiver of this version first");
    desk.execute("DROP TABLE stripe_hooks_schema").await;
    refused("there are no tables of an inbox in it");
    std::fs::write(desk.inbox_file(), "no database, but long enough for a header. ".repeat(200)).unwrap();
    refused("is damaged, and was left as it is");
    std::fs::remove_file(desk.inbox_file()).unwrap();
    refused("there is no such file");
    assert!(!desk.inbox_file().exists(), "an operator's tool makes no inbox");
}
