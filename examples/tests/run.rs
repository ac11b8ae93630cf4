//! Runs each example as a user would, and sends it what Stripe would.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

use std::{
    env,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};
use stripe_hooks::signature::{self, Secret};

const SECRET: &str = "whsec_of_the_platform";
const CONNECT_SECRET: &str = "whsec_of_connect";

/// A running example. It is stopped when the test ends, however that may be.
struct Example {
    program: Child,
    lines: Receiver<String>,
    port: u16,
}

impl Example {
    fn start(name: &str) -> Self {
        Self::start_with(
            name,
            &[("STRIPE_WEBHOOK_SECRET", SECRET), ("STRIPE_CONNECT_WEBHOOK_SECRET", CONNECT_SECRET)],
        )
    }

    /// Starts the program that cargo built beside this test, on a port of the system's choice.
    fn start_with(name: &str, environment: &[(&str, &str)]) -> Self {
        Self::run(name, &[], environment).wait_until_serving()
    }

    fn run(name: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut program = Command::new(Self::program_path(name))
            .args(arguments)
            .env_remove("STRIPE_WEBHOOK_SECRET")
            .envs(environment.iter().copied())
            .env("PORT", "0")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(program.stdout.take().unwrap());
        let (send, lines) = mpsc::channel();
        thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
        Self { program, lines, port: 0 }
    }

    /// Waits until the example says where it listens.
    fn wait_until_serving(self) -> Self {
        let mut example = self;
        let line = example.wait_for_line("Listening on ");
        let port = line.split_once("127.0.0.1:").unwrap().1;
        example.port = port.split(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap();
        example
    }

    fn program_path(name: &str) -> PathBuf {
        let deps = env::current_exe().unwrap();
        deps.ancestors().nth(2).unwrap().join("examples").join(name)
    }

    /// Waits for a line that holds these words. The limit is for a program that hangs.
    fn wait_for_line(&self, words: &str) -> String {
        let mut seen = Vec::new();
        loop {
            let line = self.lines.recv_timeout(Duration::from_secs(60));
            let line = line.unwrap_or_else(|_| panic!("no line with {words:?} among {seen:#?}"));
            if line.contains(words) {
                return line;
            }
            seen.push(line);
        }
    }

    /// Waits until each of these words has come in some line.
    fn wait_for_lines<const N: usize>(&self, words: [&str; N]) {
        let mut missing = words.to_vec();
        while !missing.is_empty() {
            let line = self.lines.recv_timeout(Duration::from_secs(60));
            let line = line.unwrap_or_else(|_| panic!("no line with one of {missing:#?}"));
            missing.retain(|words| !line.contains(words));
        }
    }

    fn deliver(&self, event: &Value) -> u16 {
        self.deliver_to("/webhook", SECRET, event)
    }

    fn deliver_to(&self, path: &str, secret: &str, event: &Value) -> u16 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let body = serde_json::to_string_pretty(event).unwrap();
        let signature =
            signature::sign(body.as_bytes(), &Secret::new(secret).unwrap(), now.try_into().unwrap());
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let request =
            agent.post(format!("http://127.0.0.1:{}{path}", self.port)).header("Stripe-Signature", signature);
        request.send(body).unwrap().status().as_u16()
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

fn event_json(name: &str, object: &Value) -> Value {
    json!({
        "id": "evt_1", "object": "event", "api_version": stripe_hooks::API_VERSION, "created": 1_793_145_600,
        "data": { "object": object }, "livemode": false, "pending_webhooks": 1, "type": name,
        "request": { "id": null, "idempotency_key": null }
    })
}

fn payment_intent_json(amount: i64, order_id: &str) -> Value {
    json!({
        "id": "pi_1", "object": "payment_intent", "amount": amount, "capture_method": "automatic",
        "confirmation_method": "automatic", "created": 1_793_145_590, "currency": "usd", "livemode": false,
        "metadata": { "order_id": order_id }, "payment_method_types": ["card"], "status": "succeeded"
    })
}

#[test]
fn quickstart_shows_itself_without_an_account() {
    let quickstart = Example::start_with("quickstart", &[]);
    // In any order, because handlers run beside each other.
    quickstart.wait_for_lines([
        "PaymentIntent was successful!",
        "PaymentMethod was attached to a Customer!",
        "Unhandled event type: product.created",
        "stripe listen --forward-to localhost:",
        "STRIPE_WEBHOOK_SECRET=$(stripe listen --print-secret) cargo run --example quickstart",
    ]);
}

#[test]
fn quickstart_takes_what_is_signed_with_the_secret_it_is_given() {
    let quickstart = Example::start("quickstart");
    assert_eq!(
        quickstart.deliver(&event_json("payment_intent.succeeded", &payment_intent_json(2000, "6735"))),
        200
    );
    quickstart.wait_for_line("PaymentIntent was successful!");
    assert_eq!(
        quickstart.deliver(&event_json("payment_intent.succeeded", &payment_intent_json(2000, "6735"))),
        200
    );
    assert_eq!(
        quickstart.deliver_to("/webhook", "whsec_of_a_stranger", &event_json("product.created", &json!({}))),
        400
    );
}

#[test]
fn of_a_receiver_and_a_worker_only_the_worker_works() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = folder.path().join("events.db");
    let inbox = ("INBOX", inbox.to_str().unwrap());
    let receiver = Example::run("worker", &["receive"], &[("STRIPE_WEBHOOK_SECRET", SECRET), inbox])
        .wait_until_serving();
    assert_eq!(
        receiver.deliver(&event_json("payment_intent.succeeded", &payment_intent_json(2000, "6735"))),
        200
    );
    let mut worker = Example::run("worker", &["work"], &[inbox]);
    let process = worker.program.id();
    worker.wait_for_line(&format!("process {process} fulfils pi_1"));
    // It ends as a server does: by a signal, and with what it has begun.
    let terminated = Command::new("kill").arg(process.to_string()).status().unwrap();
    assert!(terminated.success() && worker.program.wait().unwrap().success());
    worker.wait_for_line(&format!("Process {process} has finished what it began"));
    let received: Vec<_> = receiver.lines.try_iter().collect();
    assert!(received.is_empty(), "{received:?}");
}

#[test]
fn state_marks_an_order_as_paid_once() {
    let shop = Example::start("state");
    let paid = |amount, order| event_json("payment_intent.succeeded", &payment_intent_json(amount, order));
    assert_eq!(shop.deliver(&paid(2000, "6735")), 200);
    shop.wait_for_line("order 6735 is paid");
    assert_eq!(shop.deliver(&paid(2000, "6735")), 200);
    shop.wait_for_line("order 6735 was paid before");
    assert_eq!(shop.deliver(&paid(2000, "of another shop")), 500);
}

#[test]
fn custom_extractor_tells_the_tenant_by_the_account() {
    let example = Example::start("custom_extractor");
    let invoice = json!({
        "id": "in_1", "object": "invoice", "amount_due": 4200, "amount_paid": 4200, "amount_remaining": 0, "attempt_count": 1,
        "attempted": true, "created": 1_793_145_590, "currency": "eur", "livemode": false, "period_end": 0, "period_start": 0,
        "post_payment_credit_notes_amount": 0, "pre_payment_credit_notes_amount": 0, "starting_balance": 0,
        "status_transitions": {}, "subtotal": 4200, "total": 4200,
        "automatic_tax": { "enabled": false }, "payment_settings": {}, "collection_method": "charge_automatically"
    });
    let mut paid = event_json("invoice.paid", &invoice);
    assert_eq!(example.deliver(&paid), 200, "an event of our own account concerns no tenant");
    paid["account"] = "acct_unknown".into();
    assert_eq!(example.deliver(&paid), 500, "an account that is no tenant's");
    paid["account"] = "acct_bakery".into();
    assert_eq!(example.deliver(&paid), 200);
    example.wait_for_line("The bakery: an invoice of 4200 eur");
}

#[test]
fn connect_keeps_the_two_endpoints_apart() {
    let platform = Example::start("connect");
    let payout = json!({
        "id": "po_1", "object": "payout", "amount": 100, "arrival_date": 0, "automatic": true, "created": 0, "currency": "usd",
        "livemode": false, "method": "standard", "source_type": "card", "status": "failed", "type": "bank_account"
    });
    let mut failed = event_json("payout.failed", &payout);
    assert_eq!(platform.deliver(&failed), 200);
    platform.wait_for_line("our own payout po_1 failed");
    failed["account"] = "acct_1".into();
    assert_eq!(platform.deliver_to("/webhook/connect", CONNECT_SECRET, &failed), 200);
    platform.wait_for_line("payout po_1 of acct_1 failed");
    assert_eq!(platform.deliver_to("/webhook/connect", SECRET, &failed), 400);
}

#[test]
fn lenses_read_four_fields_once_the_trial_is_over() {
    let example = Example::start("lenses");
    let subscription = json!({
        "object": "subscription", "customer": "cus_1", "currency": "eur", "status": "active", "metadata": { "salesperson": "Ines" },
        "items": { "object": "list", "data": [{ "price": { "id": "price_1" } }, { "price": { "id": "price_2" } }] }
    });
    let mut updated = event_json("customer.subscription.updated", &subscription);
    updated["data"]["previous_attributes"] = json!({ "status": "past_due" });
    assert_eq!(example.deliver(&updated), 200, "nobody waits for this change");
    updated["data"]["previous_attributes"] = json!({ "status": "trialing" });
    assert_eq!(example.deliver(&updated), 200);
    let line = example.lines.recv_timeout(Duration::from_secs(60)).unwrap();
    assert_eq!(line, "cus_1 now pays for 2 in eur, thanks to Ines");
}

#[test]
fn thin_events_tell_the_related_object() {
    let example = Example::start("thin_events");
    let thin = json!({
        "id": "evt_2", "object": "v2.core.event", "type": "v1.billing.meter.updated", "livemode": false,
        "created": "2026-10-28T16:00:00.123Z", "context": "acct_1",
        "related_object": { "id": "mtr_1", "type": "billing.meter", "url": "/v1/billing/meters/mtr_1" }
    });
    assert_eq!(example.deliver(&thin), 200);
    example.wait_for_line("v1.billing.meter.updated of acct_1: look at billing.meter mtr_1");
}

#[test]
fn library_handlers_are_linked_and_listed() {
    let example = Example::start("library_handlers");
    let charge = json!({
        "id": "ch_1", "object": "charge", "amount": 100, "amount_captured": 100, "amount_refunded": 40, "captured": true,
        "billing_details": {}, "created": 0, "currency": "usd", "disputed": false, "livemode": false, "paid": true,
        "refunded": false, "status": "succeeded"
    });
    assert_eq!(example.deliver(&event_json("charge.refunded", &charge)), 200);
    example.wait_for_line("booked a refund of 40 usd");
}

#[test]
fn without_actix_answers_as_with_it() {
    let example = Example::start("without_actix");
    let refund = json!({
        "id": "re_1", "object": "refund", "amount": 40, "created": 0, "currency": "usd", "status": "succeeded"
    });
    assert_eq!(example.deliver(&event_json("refund.created", &refund)), 200);
    example.wait_for_line("refund of 40 usd");
    assert_eq!(
        example.deliver_to("/webhook", "whsec_of_a_stranger", &event_json("refund.created", &refund)),
        400
    );
}

/// What an example prints when it is asked for its handlers.
fn print_handlers(name: &str, argument: &str) -> String {
    let output = Command::new(Example::program_path(name)).arg(argument).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_program_tells_its_handlers_and_what_to_subscribe_to() {
    let told = print_handlers("quickstart", "--stripe-handlers");
    let row =
        told.lines().find(|line| line.contains("payment_intent.succeeded  quickstart::fulfil")).unwrap();
    assert!(row.contains("quickstart.rs:"), "{told}");
    assert!(told.contains("stripe webhook_endpoints create -d url=https://example.com/webhook"), "{told}");
    assert!(told.contains("-d 'enabled_events[]=payment_method.attached'"), "{told}");
    let list = r#"{"enabled_events":["payment_intent.succeeded","payment_method.attached"]}"#;
    assert!(told.lines().any(|line| line.trim() == list), "{told}");
}

#[test]
fn each_endpoint_is_subscribed_by_itself() {
    let told: Value = serde_json::from_str(&print_handlers("connect", "--stripe-handlers=json")).unwrap();
    let [connect, platform] = told.as_array().unwrap().as_slice() else { panic!("{told}") };
    assert_eq!(
        (&connect["endpoint"], &platform["endpoint"]),
        (&json!("connect::Connect"), &json!("default"))
    );
    assert_eq!((&connect["connect"], &platform["connect"]), (&json!(true), &json!(false)));
    assert_eq!(connect["enabled_events"], json!(["payout.failed"]));
    let handler = &connect["handlers"][0];
    assert_eq!(handler["id"], "connect::their_payout_failed");
    assert!(
        handler["file"].as_str().unwrap().ends_with("connect.rs") && handler["line"].is_u64(),
        "{handler}"
    );
}

#[test]
fn each_endpoint_has_a_url_and_only_one_receives_events_of_connected_accounts() {
    let told = print_handlers("connect", "--stripe-handlers");
    let (connect, platform) = told.split_once("\nendpoint `default`: 1 handler\n").unwrap();
    assert!(
        connect.starts_with("endpoint `connect::Connect`: 1 handler, for events of connected accounts\n")
    );
    let command = "stripe webhook_endpoints create -d url=https://example.com/webhook";
    let version = format!("-d api_version={}", stripe_hooks::API_VERSION);
    let connect = connect.lines().find(|line| line.contains(command)).unwrap();
    assert_eq!(connect.trim(), format!("{command}/connect {version} -d connect=true \\"));
    let platform = platform.lines().find(|line| line.contains(command)).unwrap();
    assert_eq!(platform.trim(), format!("{command} {version} \\"));
}

#[test]
fn thin_events_are_subscribed_by_an_event_destination() {
    let told = print_handlers("thin_events", "--stripe-handlers");
    assert!(!told.contains("webhook_endpoints create"), "{told}");
    assert!(told.contains("POST /v2/core/event_destinations"), "{told}");
    let body = told.lines().find_map(|line| serde_json::from_str::<Value>(line.trim()).ok()).unwrap();
    assert_eq!(body["event_payload"], "thin");
    assert_eq!(body["events_from"], json!(["@self"]));
    assert_eq!(body["include"], json!(["webhook_endpoint.signing_secret"]));
    assert!(told.contains("a signing secret of its own") && !told.contains("both secrets"), "{told}");
    assert!(body["enabled_events"].as_array().unwrap().contains(&json!("v1.billing.meter.updated")));
}

/// What the example prints, of all runs or of the one that the seed makes again.
fn run_chaos(seed: Option<&str>) -> String {
    let mut command = Command::new(Example::program_path("chaos"));
    command.env_remove("STRIPE_HOOKS_CHAOS_SEED");
    command.envs(seed.map(|seed| ("STRIPE_HOOKS_CHAOS_SEED", seed)));
    let output = command.output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{told}");
    told
}

#[test]
fn a_printed_seed_makes_the_same_run_again() {
    let found = |told: &str| {
        told.split_once("\na duplicate: ").unwrap().1.split_once("\n\ntwo at once").unwrap().0.to_owned()
    };
    let first = found(&run_chaos(None));
    let seed = first.split_once("STRIPE_HOOKS_CHAOS_SEED=").unwrap().1.split_once(' ').unwrap().0;
    let again = found(&run_chaos(Some(seed)));
    let but_for_the_run =
        |told: &str| told.split_once("in run ").unwrap().1.split_once(',').unwrap().1.to_owned();
    assert!(again.contains("in run 1, "), "{again}");
    assert_eq!(but_for_the_run(&again), but_for_the_run(&first));
}

#[test]
fn chaos_finds_a_planted_bug_of_each_kind_and_none_where_there_is_none() {
    let told = run_chaos(None);
    assert_eq!(told.matches(": holds in every run\n").count(), 3, "{told}");
    for (bug, words) in [
        ("a duplicate", "shipped once"),
        ("two at once", "shipped once"),
        ("a failure", "shipped once"),
        ("another order", "the subscription is over"),
        ("a thin twin", "shipped once"),
        ("a rolled secret", "not acknowledged"),
    ] {
        let found = told.split_once(&format!("\n{bug}: ")).unwrap_or_else(|| panic!("{bug}: {told}")).1;
        let found = found.split_once("\n\na").map_or(found, |(found, _)| found);
        assert!(found.contains(words) && found.contains("STRIPE_HOOKS_CHAOS_SEED="), "{bug}: {found}");
    }
}
