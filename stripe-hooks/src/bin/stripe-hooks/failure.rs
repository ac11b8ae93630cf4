//! Why a command could not do its work.

use std::{fmt, io, process::ExitCode};

/// What went wrong and what to do about it.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The arguments, or what they name, make no sense: status 2.
    Usage(String),
    /// The work itself failed: status 1.
    Operation(String),
    /// Whoever read the output has read enough, as `head` does.
    OutputClosed,
}

impl Failure {
    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Self::Usage(message.to_string())
    }

    pub(crate) fn print_and_exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(message) => {
                eprintln!("error: {message}");
                ExitCode::from(2)
            }
            Self::Operation(message) => {
                eprintln!("error: {message}");
                ExitCode::FAILURE
            }
            Self::OutputClosed => ExitCode::SUCCESS,
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::OutputClosed,
            _ => Self::Operation(error.to_string()),
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        io::Error::from(error).into()
    }
}

/// What the library says is a whole message.
impl From<stripe_hooks::Error> for Failure {
    fn from(error: stripe_hooks::Error) -> Self {
        Self::Operation(error.to_string())
    }
}

/// Forgives that nobody reads the output to its end, for a command whose status tells more than that.
pub(crate) fn ignore_broken_pipe(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) }
}
