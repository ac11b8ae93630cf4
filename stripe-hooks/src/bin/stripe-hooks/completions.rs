//! `stripe-hooks completions`

use std::{io::Write, process::ExitCode};

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::{
    arguments::{Arguments, CompletionsArguments},
    failure::Failure,
};

pub(crate) fn run_completions(
    arguments: &CompletionsArguments,
    out: &mut impl Write,
) -> Result<ExitCode, Failure> {
    let script = match arguments.shell {
        // The labels of clap_complete's script for bash do not find each other where a name holds a hyphen, so it is written for a
        // name without one, and given to the real name at its end.
        Shell::Bash => {
            completion_script(Shell::Bash, "stripehooks").replace(" stripehooks\n", " stripe-hooks\n")
        }
        shell => completion_script(shell, "stripe-hooks"),
    };
    out.write_all(script.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Into memory, because the generator panics where it cannot write.
fn completion_script(shell: Shell, name: &'static str) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command().name(name), name, &mut script);
    String::from_utf8_lossy(&script).into_owned()
}
