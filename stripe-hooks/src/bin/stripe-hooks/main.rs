//! `stripe-hooks`: Stripe on a desk, without an account.
//!
//! Arguments are read in `arguments`; each command is a file that gets its arguments and a place to write to, and says how it ended.

mod arguments;
mod completions;
mod event_names;
mod events;
mod failure;
#[cfg(feature = "inbox")]
mod inbox;
mod sample;
mod secrets;
mod send;
mod sign;
mod text_table;
mod trigger;
mod verify;

use std::{io, process::ExitCode};

use clap::Parser as _;

use crate::arguments::{Arguments, Command};

fn main() -> ExitCode {
    // clap ends the program by itself with status 2 when the arguments make no sense.
    let command = Arguments::parse().command;
    let out = &mut io::stdout().lock();
    let done = match command {
        Command::Events(arguments) => events::run_events(&arguments, out),
        Command::Sample(arguments) => sample::run_sample(&arguments, out),
        Command::Trigger(arguments) => trigger::run_trigger(&arguments, out),
        Command::Sign(arguments) => sign::run_sign(&arguments, out),
        Command::Verify(arguments) => verify::run_verify(&arguments, out),
        #[cfg(feature = "inbox")]
        Command::Inbox(arguments) => inbox::run_inbox(&arguments, out),
        Command::Completions(arguments) => completions::run_completions(&arguments, out),
    };
    match done {
        Ok(code) => code,
        Err(failure) => failure.print_and_exit_code(),
    }
}
