//! The real Stripe CLI between the local Stripe and our endpoints: what it is sent is forwarded, answered with 200, and handled.

use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    process::{self, Command},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use serde_json::Value;
use stripe_hooks::{EventId, on_event};

use crate::{child_program::ChildProgram, environment, local_stripe::LocalStripe, server::ANSWER_TIMEOUT};

/// `cargo run` builds the example before it starts.
const BUILD_TIMEOUT: Duration = Duration::from_secs(900);

/// The CLI, with a configuration folder of its own, talking to one local Stripe and to nobody else.
struct StripeCli<'s> {
    binary: PathBuf,
    config: PathBuf,
    stripe: &'s LocalStripe,
}

impl<'s> StripeCli<'s> {
    fn new(binary: PathBuf, stripe: &'s LocalStripe) -> Self {
        static CONFIG_COUNTER: AtomicU32 = AtomicU32::new(0);
        let unique =
            format!("stripe-cli-{}-{}", process::id(), CONFIG_COUNTER.fetch_add(1, Ordering::Relaxed));
        let config = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(unique);
        fs::create_dir_all(&config).unwrap();
        Self { binary, config, stripe }
    }

    fn cli_command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(arguments).args(self.to_local_stripe());
        self.isolate_environment(&mut command);
        command
    }

    fn to_local_stripe(&self) -> [&str; 4] {
        ["--api-key", "sk_test_local000000000000000000", "--api-base", self.stripe.api_base()]
    }

    /// Runs a line of shell in which `stripe` is this CLI, and returns what it printed.
    fn run_shell_line(&self, line: &str) -> String {
        let mut shell = Command::new("/bin/sh");
        let stripe = format!(
            "stripe() {{ '{}' \"$@\" {}; }}",
            self.binary.display(),
            self.to_local_stripe().join(" ")
        );
        shell.args(["-c", &format!("{stripe}\n{line}")]);
        self.isolate_environment(&mut shell);
        let (status, output) = ChildProgram::start(&mut shell).finish(ANSWER_TIMEOUT);
        assert!(status.success(), "{line}: {status}\n{output}");
        output
    }

    /// Gives the CLI a home of its own and no way to any other machine.
    fn isolate_environment(&self, command: &mut Command) {
        command
            .env_clear()
            .env("HOME", &self.config)
            .env("XDG_CONFIG_HOME", &self.config)
            .env("STRIPE_CLI_TELEMETRY_OPTOUT", "1")
            // Whatever it would ask of other machines, such as its newest version, ends here; loopback needs no proxy.
            .env("HTTPS_PROXY", "http://127.0.0.1:1")
            .env("HTTP_PROXY", "http://127.0.0.1:1");
    }

    /// Runs it to its end and returns what it printed.
    fn run_cli(&self, arguments: &[&str]) -> String {
        let (status, output) = ChildProgram::start(&mut self.cli_command(arguments)).finish(ANSWER_TIMEOUT);
        assert!(status.success(), "stripe {}: {status}\n{output}", arguments.join(" "));
        output
    }

    fn secret(&self) -> String {
        self.run_cli(&["listen", "--print-secret"]).trim().to_owned()
    }

    /// Starts `stripe listen` and waits until it says that it is ready.
    fn start_listener(&self, subscription: &str, forward_to: &str) -> ChildProgram {
        let arguments = ["listen", "--no-wss", "--skip-update", subscription, "--forward-to", forward_to];
        let listening = ChildProgram::start(&mut self.cli_command(&arguments));
        listening.wait_for_line("that it is ready", ANSWER_TIMEOUT, |line| line.contains("Ready!"));
        listening
    }
}

impl Drop for StripeCli<'_> {
    fn drop(&mut self) {
        // A folder that stays behind lies in cargo's own temporary folder.
        let _ = fs::remove_dir_all(&self.config);
    }
}

#[test]
fn every_snapshot_event_reaches_its_typed_handler_through_the_stripe_cli() {
    let Some([cli, samples]) =
        environment::paths_from_env([environment::CLI_VARIABLE, environment::SAMPLES_VARIABLE])
    else {
        return;
    };
    let mut events = read_samples(samples.join("sample_events.jsonl"));
    events.extend(read_samples(samples.join("sample_events_synthetic.jsonl")));
    send_all(cli, "--all-snapshot", &events, 275);
}

#[test]
fn every_thin_event_reaches_its_handler_through_the_stripe_cli() {
    let Some([cli, samples]) =
        environment::paths_from_env([environment::CLI_VARIABLE, environment::SAMPLES_VARIABLE])
    else {
        return;
    };
    let events = read_samples(samples.join("sample_thin_events.jsonl"));
    send_all(cli, "--all-thin", &events, 326);
}

struct CliSample {
    id: String,
    event_type: String,
    text: String,
}

fn read_samples(path: PathBuf) -> Vec<CliSample> {
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let sample = |line: &str| {
        let event: Value = serde_json::from_str(line).unwrap();
        let field = |name: &str| event[name].as_str().unwrap().to_owned();
        CliSample { id: field("id"), event_type: field("type"), text: line.to_owned() }
    };
    text.lines().map(sample).collect()
}

/// Sends the samples to `every-event` through the CLI; each must be answered with 200 and seen by the handler of its own name, once.
fn send_all(cli: PathBuf, subscription: &str, samples: &[CliSample], types: usize) {
    let stripe = LocalStripe::start();
    let cli = StripeCli::new(cli, &stripe);
    let server = ChildProgram::start(
        Command::new(env!("CARGO_BIN_EXE_every-event")).env("STRIPE_WEBHOOK_SECRET", cli.secret()),
    );
    let url = server.wait_for_line("where it listens", ANSWER_TIMEOUT, |line| line.starts_with("listening "));
    let listening = cli.start_listener(subscription, url.trim_start_matches("listening "));

    let mut sent: BTreeMap<String, &CliSample> =
        samples.iter().map(|sample| (stripe.send_event(&sample.text), sample)).collect();
    while !sent.is_empty() {
        let Some(answer) = stripe.next_answer(ANSWER_TIMEOUT) else {
            let missing: Vec<_> = sent.values().map(|sample| &*sample.event_type).collect();
            panic!("{} events have no answer: {}", missing.len(), missing.join(", "));
        };
        let sample = sent.remove(&answer.delivery).expect("each answer is to a delivery of ours, once");
        assert_eq!(answer.status, 200, "{}: {}", sample.event_type, answer.body);
        let id = &sample.id;
        listening.wait_for_line("the status of an event that it forwarded", ANSWER_TIMEOUT, |line| {
            line.contains("[200] POST") && line.contains(&**id)
        });
    }

    let mut seen: Vec<_> = server.lines().into_iter().filter(|line| line.starts_with("handled ")).collect();
    let mut expected: Vec<_> =
        samples.iter().map(|sample| format!("handled {} {}", sample.event_type, sample.id)).collect();
    seen.sort();
    expected.sort();
    assert_eq!(seen, expected);
    expected.dedup_by_key(|line| line.split(' ').nth(1).unwrap().to_owned());
    assert_eq!(expected.len(), types, "the samples are of as many types as the catalogue has");
    println!("{types} of {types} {subscription} events: [200] and handled");
}

#[test]
fn the_dialogue_of_stripes_page_with_the_quickstart() {
    let Some([cli]) = environment::paths_from_env([environment::CLI_VARIABLE]) else { return };
    let stripe = LocalStripe::start();
    let cli = StripeCli::new(cli, &stripe);
    let quickstart = ChildProgram::start(
        Command::new(env!("CARGO"))
            .args(["run", "--example", "quickstart"])
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
            .env("STRIPE_WEBHOOK_SECRET", cli.secret())
            .env("PORT", "0"),
    );
    let line =
        quickstart.wait_for_line("where it listens", BUILD_TIMEOUT, |line| line.starts_with("Listening on "));
    let url = line.trim_start_matches("Listening on http://127.0.0.1").replace(":", "localhost:");
    let listening = cli.start_listener("--all-snapshot", &url);
    let answered = format!("<--  [200] POST http://{url}");

    for (event, sentence) in [
        ("payment_intent.succeeded", "PaymentIntent was successful!"),
        ("payment_method.attached", "PaymentMethod was attached to a Customer!"),
    ] {
        let said = cli.run_cli(&["trigger", event]);
        assert!(said.contains("Trigger succeeded!"), "{said}");
        let arrow = format!("--> {event} [");
        let line =
            listening.wait_for_line("that the event came", ANSWER_TIMEOUT, |line| line.contains(&arrow));
        let id = line.rsplit_once(" [").unwrap().1.trim_end_matches(']').to_owned();
        listening.wait_for_line("the status of the event", ANSWER_TIMEOUT, |line| {
            line.contains(&answered) && line.contains(&id)
        });
        quickstart.wait_for_line("the page's sentence", ANSWER_TIMEOUT, |line| line == sentence);
    }
    for event in ["payment_intent.created", "customer.created"] {
        let sentence = format!("Unhandled event type: {event}");
        quickstart.wait_for_line("the sentence for other events", ANSWER_TIMEOUT, |line| line == sentence);
    }
}

#[derive(stripe_hooks::EndpointName)]
struct SubscribedEndpoint;

#[on_event("invoice.paid", "customer.subscription.*", endpoint = SubscribedEndpoint)]
fn subscribed(_: EventId) {}

#[test]
fn the_printed_command_subscribes_to_exactly_the_handled_events() {
    let Some([cli]) = environment::paths_from_env([environment::CLI_VARIABLE]) else { return };
    let stripe = LocalStripe::start();
    let cli = StripeCli::new(cli, &stripe);
    let subscriptions = stripe_hooks::subscriptions();
    let name = <SubscribedEndpoint as stripe_hooks::EndpointName>::NAME;
    let ours = subscriptions.iter().find(|one| one.endpoint().as_str() == name).unwrap();
    let shown = ours.to_string();
    let command = &shown[shown.find("  stripe webhook_endpoints create").unwrap()..];
    let command = command.split_once("\n\n").unwrap().0;
    let made: Value = serde_json::from_str(&cli.run_shell_line(command)).unwrap();
    assert_eq!(made["enabled_events"], serde_json::json!(ours.snapshot_events()));
    assert_eq!(made["api_version"], stripe_hooks::API_VERSION);
    assert!(ours.snapshot_events().len() > 5 && ours.thin_events().is_empty(), "{ours:?}");
}
