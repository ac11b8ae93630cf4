//! `stripe-hooks sign`

use std::{
    io::{self, Read as _, Write},
    process::ExitCode,
    time::SystemTime,
};

use stripe_hooks::{Timestamp, signature};

use crate::{arguments::SignArguments, failure::Failure};

pub(crate) fn run_sign(arguments: &SignArguments, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let secrets = arguments.secrets.read_secrets()?;
    let mut body = Vec::new();
    io::stdin().lock().read_to_end(&mut body)?;
    let at = arguments.at.unwrap_or_else(unix_now);
    if at < 0 {
        return Err(Failure::usage(
            "no endpoint accepts a time before 1970; give `--at` the seconds since then",
        ));
    }
    writeln!(out, "{}", signature::sign_with_each(&body, &secrets, at))?;
    Ok(ExitCode::SUCCESS)
}

/// The time of this machine's clock, in Unix seconds.
pub(crate) fn unix_now() -> i64 {
    Timestamp::from(SystemTime::now()).unix()
}
