//! What can be asked of the tool: the words of `--help`.

use std::{ffi::OsString, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::event_names::{AnyWordParser, EventName};

/// Receive Stripe's events on your desk: look them up, make samples of them, sign, send and verify. No account, no network.
#[derive(Debug, Parser)]
#[command(name = "stripe-hooks", version, about, after_help = EXAMPLES_HELP, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES_HELP: &str = "\
Examples:
  stripe-hooks events 'checkout.*'
  stripe-hooks sample payment_intent.succeeded amount=4200
  stripe-hooks trigger checkout.session.completed --to http://127.0.0.1:4242/webhook
  stripe-hooks verify --header \"$(cat header.txt)\" < body.json

Secrets are taken from --secret, from --secret-file, or else from STRIPE_WEBHOOK_SECRET. Prefer the latter two: other users of the \
machine can read a command line.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Events(EventsArguments),
    Sample(SampleArguments),
    Trigger(TriggerArguments),
    Sign(SignArguments),
    Verify(VerifyArguments),
    #[cfg(feature = "inbox")]
    Inbox(crate::inbox::InboxArguments),
    Completions(CompletionsArguments),
}

/// List the events that Stripe sends, with what they carry.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stripe-hooks events
  stripe-hooks events 'invoice.*'
  stripe-hooks events dispute
  stripe-hooks events --json | jq -r '.[].name'")]
pub(crate) struct EventsArguments {
    /// Part of a name, or a whole name in which each * stands for any text.
    pub(crate) pattern: Option<String>,
    /// Print JSON instead of a table.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Print a sample of an event.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stripe-hooks sample payment_intent.succeeded
  stripe-hooks sample payment_intent.succeeded amount=4200 metadata.order_id=42
  stripe-hooks sample customer.subscription.updated status=active items.data[0].price.id=price_1 --previous status=past_due
  stripe-hooks sample v1.invoice.paid related_object.id=in_1
  stripe-hooks sample payment_method.attached type=sepa_debit sepa_debit.last4=3000 customer=null

A path leads through the object, and in a thin event through the event itself. Items of arrays are counted from 0. A value is read as \
its field wants it: null, true, 42 and a text need no quotes, an object or an array is JSON.")]
pub(crate) struct SampleArguments {
    /// The name of the event.
    #[arg(value_name = "TYPE", hide_possible_values = true)]
    pub(crate) event: EventName,
    /// What the object says at a path.
    #[arg(value_name = "PATH=VALUE")]
    pub(crate) changes: Vec<String>,
    #[command(flatten)]
    pub(crate) options: SampleOptions,
}

/// How samples are made.
#[derive(Debug, Args)]
pub(crate) struct SampleOptions {
    /// How much of what Stripe may leave out is there.
    #[arg(long, value_name = "FORM", default_value = "typical")]
    pub(crate) form: SampleSize,
    /// Another number makes another event, about other objects; the same one makes the same.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) seed: Option<u64>,
    /// When the event happened, in Unix seconds.
    #[arg(long, value_name = "UNIX")]
    pub(crate) created: Option<i64>,
    /// The connected account that the event comes from, acct_….
    #[arg(long, value_name = "ID")]
    pub(crate) account: Option<String>,
    /// Say that the event tells of real money.
    #[arg(long)]
    pub(crate) live: bool,
    /// What an attribute of the object was before the update; give it several times for several.
    #[arg(long = "previous", value_name = "PATH=VALUE")]
    pub(crate) previous_values: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SampleSize {
    /// Only what is always there.
    Minimal,
    /// What most events have.
    Typical,
    /// Every field that the object can have.
    Full,
}

/// Sign samples of events and post them to an endpoint, as Stripe does.
///
/// The exit status is 0 when every delivery was answered 2xx, 1 when one was not, and 2 when the arguments make no sense.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stripe-hooks trigger payment_intent.succeeded amount=4200
  stripe-hooks trigger checkout.session.completed invoice.paid --to http://127.0.0.1:4242/webhook
  stripe-hooks trigger 'customer.subscription.*' --shuffle --duplicate --thin
  stripe-hooks trigger invoice.paid --repeat 1000 --rate 50
  stripe-hooks trigger --all

Each run makes new events; its last line tells the --seed that makes the same ones again.")]
pub(crate) struct TriggerArguments {
    /// Names of events, or patterns with stars; and what the objects of all of them say at a path.
    #[arg(value_name = "TYPE|PATH=VALUE", required_unless_present = "all", value_parser = AnyWordParser, hide_possible_values = true)]
    pub(crate) names_and_changes: Vec<String>,
    /// Send every event that is generally available, snapshot and thin.
    #[arg(long)]
    pub(crate) all: bool,
    /// Where to send.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:4242/webhook")]
    pub(crate) to: String,
    #[command(flatten)]
    pub(crate) secrets: SecretArguments,
    /// Send so many events of each type.
    #[arg(long, value_name = "COUNT", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) repeat: u64,
    /// Send at most so many a second.
    #[arg(long, value_name = "PER_SECOND")]
    pub(crate) rate: Option<f64>,
    /// Send in random order.
    #[arg(long)]
    pub(crate) shuffle: bool,
    /// Send every event twice, as Stripe may.
    #[arg(long)]
    pub(crate) duplicate: bool,
    /// Send the thin twin of each snapshot event too; `--all` has it anyway.
    #[arg(long, conflicts_with = "all")]
    pub(crate) thin: bool,
    /// How long to wait for an answer.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    pub(crate) timeout: u64,
    /// Show every answer, also of many.
    #[arg(short, long)]
    pub(crate) verbose: bool,
    /// Print one JSON object a line for each answer.
    #[arg(long, conflicts_with = "verbose")]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) options: SampleOptions,
}

/// Sign the body on the standard input, and print the value of its Stripe-Signature header.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stripe-hooks sign < body.json
  stripe-hooks sign --secret-file old.txt --secret-file new.txt < body.json
  curl -H \"Stripe-Signature: $(stripe-hooks sign < body.json)\" --data-binary @body.json http://127.0.0.1:4242/webhook

With several secrets the header holds a signature of each, as Stripe's does while a secret is rolled.")]
pub(crate) struct SignArguments {
    #[command(flatten)]
    pub(crate) secrets: SecretArguments,
    /// The time of the signature in Unix seconds; now, unless given.
    #[arg(long, value_name = "UNIX")]
    pub(crate) at: Option<i64>,
}

/// Verify the body on the standard input, and say why if it does not verify.
///
/// Prints `ok`, or one word for what is wrong, and then an explanation; a second line tells the likely cause. The exit status is 0 when
/// an endpoint would take the delivery, 1 when it would refuse it, and 2 when the arguments make no sense.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stripe-hooks verify --header 't=1700000000,v1=97ea…' --any-age < body.json
  stripe-hooks verify --header-file header.txt --secret-file old.txt --secret-file new.txt < body.json
  stripe-hooks verify --header-file header.txt --now 1700000000 --json < body.json

The body must be the bytes that arrived, not what an editor or a JSON tool made of them.")]
pub(crate) struct VerifyArguments {
    #[command(flatten)]
    pub(crate) secrets: SecretArguments,
    /// The value of the Stripe-Signature header.
    #[arg(long, value_name = "HEADER", required_unless_present = "header_file", allow_hyphen_values = true)]
    pub(crate) header: Option<OsString>,
    /// A file that holds the value of the header and nothing else; a line end after it is dropped.
    #[arg(long, value_name = "PATH", conflicts_with = "header")]
    pub(crate) header_file: Option<PathBuf>,
    /// The time to judge the age at, in Unix seconds; now, unless given.
    #[arg(long, value_name = "UNIX", allow_negative_numbers = true)]
    pub(crate) now: Option<i64>,
    /// How old the delivery may be.
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    pub(crate) tolerance: u64,
    /// Accept any age, for deliveries that were recorded.
    #[arg(long, conflicts_with = "tolerance")]
    pub(crate) any_age: bool,
    /// Which form of event the endpoint takes; either, unless given.
    #[arg(long, value_name = "FORM")]
    pub(crate) form: Option<EventFormArgument>,
    /// Print JSON instead of lines.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EventFormArgument {
    /// `object: "event"`, with the whole object in the body.
    Snapshot,
    /// `object: "v2.core.event"`, which only names the object.
    Thin,
}

/// Print a script that completes commands and options in your shell; those for bash and zsh complete the names of events too.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stripe-hooks completions bash > ~/.local/share/bash-completion/completions/stripe-hooks
  stripe-hooks completions zsh > \"${fpath[1]}/_stripe-hooks\"
  stripe-hooks completions fish > ~/.config/fish/completions/stripe-hooks.fish")]
pub(crate) struct CompletionsArguments {
    /// The shell to write for.
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Default, Args)]
pub(crate) struct SecretArguments {
    /// A signing secret, whsec_…; give it several times for several.
    #[arg(long = "secret", value_name = "SECRET", allow_hyphen_values = true)]
    pub(crate) secrets: Vec<String>,
    /// A file of signing secrets, one a line.
    #[arg(long = "secret-file", value_name = "PATH")]
    pub(crate) files: Vec<PathBuf>,
}
