//! `stripe-hooks`: Stripe on a desk, without an account.
//!
//! Arguments are read in `arguments`; each command is a file that gets its arguments and a place to write to, and says how it ended.

mod arguments;
mod completions;
mod events;
mod failure;
#[cfg(feature = "inbox")]
mod inbox;
mod names;
mod sample;
mod secrets;
mod send;
mod sign;
mod table;
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
        Command::Events(arguments) => events::run(&arguments, out),
        Command::Sample(arguments) => sample::run(&arguments, out),
        Command::Trigger(arguments) => trigger::run(&arguments, out),
        Command::Sign(arguments) => sign::run(&arguments, out),
        Command::Verify(arguments) => verify::run(&arguments, out),
        #[cfg(feature = "inbox")]
        Command::Inbox(arguments) => inbox::run(&arguments, out),
        Command::Completions(arguments) => completions::run(&arguments, out),
    };
    match done {
        Ok(code) => code,
        Err(failure) => failure.tell(),
    }
}
