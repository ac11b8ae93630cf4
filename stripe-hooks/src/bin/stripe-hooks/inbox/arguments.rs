//! What can be asked of an inbox: the words of `stripe-hooks inbox --help`.

use std::ffi::OsString;

use clap::{
    Args, Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
};
use stripe_hooks::inbox::{Filter, ParkReason, RunState};

/// Operate an inbox: see what its handlers' runs do, replay what was parked, skip, pause.
///
/// Works beside the programs that use the inbox, and starts no handler itself. Every action leaves a row in the inbox's audit table.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stripe-hooks inbox --db stripe-events.db stats
  stripe-hooks inbox --db stripe-events.db list --state parked
  stripe-hooks inbox --db stripe-events.db show 4711
  stripe-hooks inbox --db stripe-events.db replay --handler shop::fulfil --reason attempts_exhausted
  stripe-hooks inbox --db stripe-events.db skip 4711 --because 'refunded by hand'
  stripe-hooks inbox --db postgres://shop@db.example.com/shop pause shop::fulfil

The inbox is taken from --db, or else from STRIPE_HOOKS_INBOX. Prefer the latter for an address with a password: other users of the machine can \
read a command line.")]
pub(crate) struct InboxArguments {
    /// Where the inbox is: the path of its SQLite file, or the address of its PostgreSQL database.
    #[arg(long, value_name = "PLACE", global = true)]
    pub(crate) db: Option<OsString>,
    /// The schema of its tables in PostgreSQL, where it is not `stripe_hooks`.
    #[arg(long, value_name = "NAME", global = true)]
    pub(crate) schema: Option<String>,
    #[command(subcommand)]
    pub(crate) action: InboxCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum InboxCommand {
    List(ListArguments),
    Show(ShowArguments),
    Replay(ReplayArguments),
    Skip(SkipArguments),
    /// Keep a handler's runs from beginning, in all processes; events are stored meanwhile.
    Pause(PauseArguments),
    /// Let a handler's runs begin again.
    Resume(PauseArguments),
    Stats(StatsArguments),
}

/// List runs, the newest first.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stripe-hooks inbox list --state parked
  stripe-hooks inbox list --event evt_1Oq…
  stripe-hooks inbox list --handler shop::fulfil --limit 1000 --json | jq -r '.[].event'")]
pub(crate) struct ListArguments {
    #[command(flatten)]
    pub(crate) filter: FilterArguments,
    /// Print JSON instead of a table.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Show one run, and what was done to it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stripe-hooks inbox show 4711
  stripe-hooks inbox show 4711 --json --body | jq -r .body

The body of an event may hold personal data, so it is printed only with --body.")]
pub(crate) struct ShowArguments {
    /// The number of the run, which `list` tells.
    pub(crate) run: i64,
    /// PRINT THE WHOLE EVENT, personal data and all.
    #[arg(long)]
    pub(crate) body: bool,
    /// Print JSON instead of lines.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Replay parked runs, with a fresh set of attempts.
///
/// Runs that are done are replayed only with `--state done`: their work is then done twice.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stripe-hooks inbox replay 4711 4712
  stripe-hooks inbox replay --handler shop::fulfil --reason attempts_exhausted
  stripe-hooks inbox replay --all --by ada")]
pub(crate) struct ReplayArguments {
    #[command(flatten)]
    pub(crate) selection: RunSelection,
    #[command(flatten)]
    pub(crate) actor: ActorArguments,
    /// Print the numbers of the runs as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// End runs that wait or are parked as if they were done, without their handlers' work.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stripe-hooks inbox skip 4711 --because 'refunded by hand'
  stripe-hooks inbox skip --handler shop::fulfil --reason undecodable --because 'before the shop had orders'")]
pub(crate) struct SkipArguments {
    #[command(flatten)]
    pub(crate) selection: RunSelection,
    /// Why, for whoever asks later.
    #[arg(long, value_name = "TEXT")]
    pub(crate) because: String,
    #[command(flatten)]
    pub(crate) actor: ActorArguments,
    /// Print the numbers of the runs as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stripe-hooks inbox pause shop::fulfil
  stripe-hooks inbox resume shop::fulfil --by ada")]
pub(crate) struct PauseArguments {
    /// The handler's id, which `stats` shows.
    pub(crate) handler: String,
    /// The handler's endpoint, if several endpoints have a handler of this id; the endpoint without
    /// a name is `default`.
    #[arg(long, value_name = "NAME")]
    pub(crate) endpoint: Option<String>,
    #[command(flatten)]
    pub(crate) actor: ActorArguments,
}

/// Count the runs of each handler, and tell how far the work is behind.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stripe-hooks inbox stats
  stripe-hooks inbox stats --json | jq .oldest_ready_seconds")]
pub(crate) struct StatsArguments {
    /// Print JSON instead of a table.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Those runs that all of it holds for.
#[derive(Debug, Default, Args)]
pub(crate) struct FilterArguments {
    /// Those in this state.
    #[arg(long, value_parser = word_parser(RunState::ALL, RunState::as_str))]
    pub(crate) state: Option<RunState>,
    /// Those of this endpoint; the endpoint without a name is `default`.
    #[arg(long, value_name = "NAME")]
    pub(crate) endpoint: Option<String>,
    /// Those of this handler.
    #[arg(long, value_name = "ID")]
    pub(crate) handler: Option<String>,
    /// Those of this event.
    #[arg(long, value_name = "ID")]
    pub(crate) event: Option<String>,
    /// Those that are parked for this reason.
    #[arg(long, value_parser = word_parser(ParkReason::ALL, ParkReason::as_str))]
    pub(crate) reason: Option<ParkReason>,
    /// At most so many; `list` shows a hundred unless this says otherwise.
    #[arg(long, value_name = "COUNT")]
    pub(crate) limit: Option<u32>,
}

impl FilterArguments {
    pub(crate) fn to_filter(&self) -> Filter {
        let mut filter = Filter::new();
        if let Some(state) = self.state {
            filter = filter.state(state);
        }
        if let Some(endpoint) = &self.endpoint {
            filter = filter.endpoint(endpoint);
        }
        if let Some(handler) = &self.handler {
            filter = filter.handler(handler);
        }
        if let Some(event) = &self.event {
            filter = filter.event(event);
        }
        if let Some(reason) = self.reason {
            filter = filter.reason(reason);
        }
        if let Some(limit) = self.limit {
            filter = filter.limit(limit);
        }
        filter
    }
}

/// The runs that an action is meant for.
#[derive(Debug, Args)]
pub(crate) struct RunSelection {
    /// The numbers of the runs, which `list` tells.
    #[arg(value_name = "RUN", conflicts_with_all = ["endpoint", "handler", "event", "reason", "limit"])]
    pub(crate) runs: Vec<i64>,
    #[command(flatten)]
    pub(crate) filter: FilterArguments,
    /// All that there are.
    #[arg(long, conflicts_with_all = ["runs", "state", "endpoint", "handler", "event", "reason", "limit"])]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ActorArguments {
    /// Who acts, for the audit table: your login name, unless given.
    #[arg(long, value_name = "NAME")]
    pub(crate) by: Option<String>,
}

/// One of these, by its word.
fn word_parser<T: Copy + Send + Sync + 'static>(
    all: &'static [T],
    word: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(all.iter().map(move |one| word(*one)))
        .try_map(move |given| all.iter().copied().find(|one| word(*one) == given).ok_or("no such word"))
}
