//! `stripe-hooks completions`

use std::{io::Write, process::ExitCode};

use clap::CommandFactory as _;

use crate::{
    arguments::{Arguments, CompletionsArguments},
    failure::Failure,
};

pub(crate) fn run(arguments: &CompletionsArguments, out: &mut impl Write) -> Result<ExitCode, Failure> {
    // Into memory first, because the generator panics where it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "stripe-hooks", &mut script);
    out.write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}
