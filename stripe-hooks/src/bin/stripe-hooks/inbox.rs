//! `stripe-hooks inbox`

mod arguments;
mod output;

use std::{env, ffi::OsString, io::Write, process::ExitCode};

use stripe_hooks::inbox::{Filter, Inbox, RunState};

pub(crate) use self::arguments::InboxArguments;
use self::arguments::{ActorArguments, InboxCommand, PauseArguments, RunSelection};
use crate::failure::Failure;

/// Where the inbox is when `--db` does not say.
const INBOX_VARIABLE: &str = "STRIPE_HOOKS_INBOX";

pub(crate) fn run_inbox(arguments: &InboxArguments, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let place = inbox_location(arguments.db.clone())?;
    // What makes no sense is refused before a database is looked for.
    if let InboxCommand::Replay(arguments::ReplayArguments { selection, .. })
    | InboxCommand::Skip(arguments::SkipArguments { selection, .. }) = &arguments.action
    {
        selection.check_criterion_given()?;
    }
    let inbox = open_inbox(place, arguments.schema.as_deref())?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(execute_command(&inbox, &arguments.action, out))?;
    Ok(ExitCode::SUCCESS)
}

fn inbox_location(given: Option<OsString>) -> Result<OsString, Failure> {
    given.or_else(|| env::var_os(INBOX_VARIABLE)).filter(|place| !place.is_empty()).ok_or_else(|| {
        Failure::usage(format_args!(
            "no inbox: give `--db PLACE`, or set {INBOX_VARIABLE}; a place is the path of a SQLite file, or the address of a PostgreSQL database"
        ))
    })
}

/// Opens what is there, and makes nothing.
fn open_inbox(place: OsString, schema: Option<&str>) -> Result<Inbox, Failure> {
    let address = place.to_string_lossy();
    // What follows in such an address may hold a password.
    match address.split_once("://").map(|(scheme, _)| scheme) {
        Some("postgres" | "postgresql") => open_server_inbox(&address, schema),
        Some(scheme) => Err(Failure::usage(format_args!(
            "no inbox is at `{scheme}://…`; give the path of a SQLite file, or the address of a PostgreSQL database"
        ))),
        None if schema.is_some() => {
            Err(Failure::usage("--schema is of PostgreSQL; the inbox in a SQLite file has no other place"))
        }
        None => open_file_inbox(place),
    }
}

#[cfg(feature = "postgres")]
fn open_server_inbox(address: &str, schema: Option<&str>) -> Result<Inbox, Failure> {
    let mut builder = stripe_hooks::PostgresInbox::builder(address);
    if let Some(schema) = schema {
        builder = builder.schema(schema);
    }
    Ok(builder.open_existing()?.operator())
}

#[cfg(not(feature = "postgres"))]
fn open_server_inbox(_: &str, _: Option<&str>) -> Result<Inbox, Failure> {
    Err(Failure::usage("this tool was built without PostgreSQL; install it with the feature `postgres`"))
}

#[cfg(feature = "sqlite")]
fn open_file_inbox(path: OsString) -> Result<Inbox, Failure> {
    Ok(stripe_hooks::SqliteInbox::builder(path).open_existing()?.operator())
}

#[cfg(not(feature = "sqlite"))]
fn open_file_inbox(_: OsString) -> Result<Inbox, Failure> {
    Err(Failure::usage("this tool was built without SQLite; install it with the feature `sqlite`"))
}

async fn execute_command(inbox: &Inbox, action: &InboxCommand, out: &mut impl Write) -> Result<(), Failure> {
    match action {
        InboxCommand::List(arguments) => {
            let runs = inbox.list(&arguments.filter.to_filter()).await?;
            match arguments.json {
                true => output::write_json(&runs.iter().map(output::run_to_json).collect(), out),
                false => output::print_runs(&runs, out),
            }
        }
        InboxCommand::Show(arguments) => {
            let details =
                inbox.show(arguments.run).await?.ok_or_else(|| unknown_run_failure(arguments.run))?;
            match arguments.json {
                true => output::write_json(&output::details_to_json(&details, arguments.body), out),
                false => output::print_run_details(&details, arguments.body, out),
            }
        }
        InboxCommand::Replay(arguments) => {
            let actor = arguments.actor.actor_name()?;
            let mut replayed = Vec::new();
            for filter in arguments.selection.filters() {
                replayed.extend(inbox.replay(&filter, &actor).await?);
            }
            arguments.selection.check_all_changed(inbox, &replayed, "not parked").await?;
            report(&replayed, "replayed", arguments.json, out)
        }
        InboxCommand::Skip(arguments) => {
            let actor = arguments.actor.actor_name()?;
            let mut skipped = Vec::new();
            for filter in arguments.selection.filters() {
                skipped.extend(inbox.skip(&filter, &actor, &arguments.because).await?);
            }
            arguments.selection.check_all_changed(inbox, &skipped, "neither waiting nor parked").await?;
            report(&skipped, "skipped", arguments.json, out)
        }
        InboxCommand::Pause(arguments) => set_paused(inbox, arguments, true, out).await,
        InboxCommand::Resume(arguments) => set_paused(inbox, arguments, false, out).await,
        InboxCommand::Stats(arguments) => {
            let stats = inbox.stats().await?;
            match arguments.json {
                true => output::write_json(&output::stats_to_json(&stats), out),
                false => output::print_stats(&stats, out),
            }
        }
    }
}

async fn set_paused(
    inbox: &Inbox,
    PauseArguments { handler, endpoint, actor }: &PauseArguments,
    paused: bool,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let actor = actor.actor_name()?;
    let known = inbox.endpoints_of(handler).await?;
    let endpoint = match (endpoint.as_deref(), &*known) {
        (Some(endpoint), _) => endpoint,
        (None, []) => "default",
        (None, [endpoint]) => endpoint,
        (None, several) => {
            return Err(Failure::usage(format_args!(
                "several endpoints have a handler `{handler}`; give `--endpoint` with one of: {}",
                several.join(", ")
            )));
        }
    };
    let changed = match paused {
        true => inbox.pause(endpoint, handler, &actor).await?,
        false => inbox.resume(endpoint, handler, &actor).await?,
    };
    match (paused, changed) {
        (true, true) => writeln!(out, "no run of `{handler}` begins until it is resumed")?,
        (true, false) => writeln!(out, "`{handler}` was paused before")?,
        (false, true) => writeln!(out, "the runs of `{handler}` begin again")?,
        (false, false) => writeln!(out, "`{handler}` was not paused")?,
    }
    if paused && known.is_empty() {
        eprintln!(
            "note: no program has had a handler `{handler}` so far; `stripe-hooks inbox stats` lists the known handlers"
        );
    }
    Ok(())
}

/// Writes the numbers of the changed runs.
fn report(runs: &[i64], changed: &str, json: bool, out: &mut impl Write) -> Result<(), Failure> {
    match runs {
        _ if json => return output::write_json(&runs.into(), out),
        [run] => writeln!(out, "{changed} run {run}")?,
        runs => writeln!(out, "{changed} {} runs: {}", runs.len(), output::format_run_numbers(runs))?,
    }
    Ok(())
}

fn unknown_run_failure(run: i64) -> Failure {
    Failure::Operation(format!(
        "the inbox has no run {run}; `stripe-hooks inbox list` shows those that it has"
    ))
}

impl RunSelection {
    /// Nobody means all runs by saying nothing.
    fn check_criterion_given(&self) -> Result<(), Failure> {
        let filter = &self.filter;
        let narrowed = filter.state.is_some()
            || filter.endpoint.is_some()
            || filter.handler.is_some()
            || filter.event.is_some()
            || filter.reason.is_some()
            || filter.limit.is_some();
        match self.all || narrowed || !self.runs.is_empty() {
            true => Ok(()),
            false => Err(Failure::usage(
                "which runs? Give their numbers, or --endpoint, --handler, --event, --reason, --state or --limit, or else --all",
            )),
        }
    }

    fn filters(&self) -> Vec<Filter> {
        if self.runs.is_empty() {
            return vec![self.filter.to_filter()];
        }
        self.runs.iter().map(|run| self.filter.to_filter().run(*run)).collect()
    }

    /// Says why nothing was done to a run that was named, or that there was none where some were meant.
    async fn check_all_changed(
        &self,
        inbox: &Inbox,
        changed: &[i64],
        hindrance: &str,
    ) -> Result<(), Failure> {
        let Some(missed) = self.runs.iter().find(|run| !changed.contains(run)) else {
            return match changed.is_empty() {
                true => Err(Failure::Operation("there is no such run; nothing was changed".to_owned())),
                false => Ok(()),
            };
        };
        let run = inbox.show(*missed).await?.ok_or_else(|| unknown_run_failure(*missed))?.run;
        let hindrance = match (run.state, self.filter.state) {
            (RunState::Running, _) => "being worked on",
            (state, Some(asked)) if state != asked => "not in the state that --state says",
            (RunState::Parked, _) => "of no event, so that no handler could work on it",
            _ => hindrance,
        };
        let others = match changed {
            [] => "nothing was changed".to_owned(),
            others => format!("changed were only: {}", output::format_run_numbers(others)),
        };
        Err(Failure::Operation(format!(
            "run {missed} is {}: it is {hindrance}; {others}",
            run.state.as_str()
        )))
    }
}

impl ActorArguments {
    fn actor_name(&self) -> Result<String, Failure> {
        let login =
            || ["SUDO_USER", "USER", "LOGNAME", "USERNAME"].into_iter().find_map(|name| env::var(name).ok());
        let name = self.by.clone().or_else(login).filter(|name| !name.trim().is_empty());
        name.ok_or_else(|| Failure::usage("who acts? Give `--by NAME`; the environment has no login name"))
    }
}
