//! The one error of this crate's own making: an endpoint that cannot be built, or cannot be shut down in time, or an inbox that cannot be used.

use std::{fmt, io};

/// What went wrong, in words that say what to do. It never holds a secret, a signature or a payload.
pub struct Error {
    problems: Vec<Problem>,
}

/// One thing that is wrong; the text is a whole message.
#[derive(Debug)]
pub(crate) enum Problem {
    Secret(String),
    Handler(String),
    Shutdown(String),
    #[cfg(feature = "sqlite")]
    Inbox(String),
    #[cfg(all(feature = "testing", feature = "actix"))]
    Server(String),
}

impl Problem {
    fn text(&self) -> &str {
        match self {
            Self::Secret(text) | Self::Handler(text) | Self::Shutdown(text) => text,
            #[cfg(feature = "sqlite")]
            Self::Inbox(text) => text,
            #[cfg(all(feature = "testing", feature = "actix"))]
            Self::Server(text) => text,
        }
    }
}

impl Error {
    /// Whether a signing secret is missing, blank, or something else than a signing secret.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.problems.iter().any(|problem| matches!(problem, Problem::Secret(_)))
    }

    /// Whether a handler cannot work, or is missing.
    #[must_use]
    pub fn is_handler(&self) -> bool {
        self.problems.iter().any(|problem| matches!(problem, Problem::Handler(_)))
    }

    /// Whether handlers were still at work when the grace period of a shutdown ended.
    #[must_use]
    pub fn is_shutdown(&self) -> bool {
        self.problems.iter().any(|problem| matches!(problem, Problem::Shutdown(_)))
    }

    /// Whether an inbox cannot be opened, or cannot do what it was asked.
    #[cfg(feature = "sqlite")]
    #[must_use]
    pub fn is_inbox(&self) -> bool {
        self.problems.iter().any(|problem| matches!(problem, Problem::Inbox(_)))
    }

    /// Succeeds when there is no problem, and otherwise tells them all at once.
    pub(crate) fn unless_empty(problems: Vec<Problem>) -> Result<(), Self> {
        if problems.is_empty() { Ok(()) } else { Err(Self { problems }) }
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self { problems: vec![problem] }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.as_slice() {
            [problem] => f.write_str(problem.text()),
            problems => {
                write!(f, "{} problems:", problems.len())?;
                problems.iter().try_for_each(|problem| write!(f, "\n  - {}", problem.text()))
            }
        }
    }
}

/// The same words as `Display`, because a `main` that returns an error prints this.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}

/// Lets a `main` that returns `std::io::Result` use `?`.
impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        Self::other(error)
    }
}
