//! The one error of this crate's own making: an endpoint that cannot be built, cannot be served in a test, or cannot be shut down in time; or an
//! inbox that cannot be used.

use std::{fmt, io};

/// What went wrong, in words that say what to do. It never holds a secret, a signature or a payload.
pub struct Error {
    problems: Vec<EndpointProblem>,
}

/// One thing that is wrong; the text is a whole message.
#[derive(Debug)]
pub(crate) enum EndpointProblem {
    Secret(String),
    Handler(String),
    Limit(String),
    UnfinishedShutdown(String),
    #[cfg(feature = "inbox")]
    Inbox(String),
    #[cfg(all(feature = "testing", feature = "actix"))]
    Server(String),
}

impl EndpointProblem {
    fn message(&self) -> &str {
        match self {
            Self::Secret(text) | Self::Handler(text) | Self::Limit(text) | Self::UnfinishedShutdown(text) => {
                text
            }
            #[cfg(feature = "inbox")]
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
        self.problems.iter().any(|problem| matches!(problem, EndpointProblem::Secret(_)))
    }

    /// Whether a handler cannot work, or is missing.
    #[must_use]
    pub fn is_handler(&self) -> bool {
        self.problems.iter().any(|problem| matches!(problem, EndpointProblem::Handler(_)))
    }

    /// Whether two limits cannot both be kept.
    #[must_use]
    pub fn is_limit(&self) -> bool {
        self.problems.iter().any(|problem| matches!(problem, EndpointProblem::Limit(_)))
    }

    /// Whether handlers were still at work when the grace period of a shutdown ended.
    #[must_use]
    pub fn is_shutdown(&self) -> bool {
        self.problems.iter().any(|problem| matches!(problem, EndpointProblem::UnfinishedShutdown(_)))
    }

    /// Whether no server could be started for an [endpoint under test](crate::testing::TestEndpoint).
    #[cfg(all(feature = "testing", feature = "actix"))]
    #[must_use]
    pub fn is_server(&self) -> bool {
        self.problems.iter().any(|problem| matches!(problem, EndpointProblem::Server(_)))
    }

    /// Whether an inbox cannot be opened, or cannot do what it was asked.
    #[cfg(feature = "inbox")]
    #[must_use]
    pub fn is_inbox(&self) -> bool {
        self.problems.iter().any(|problem| matches!(problem, EndpointProblem::Inbox(_)))
    }

    /// Succeeds when there is no problem, and otherwise tells them all at once.
    pub(crate) fn check_no_problems(problems: Vec<EndpointProblem>) -> Result<(), Self> {
        if problems.is_empty() { Ok(()) } else { Err(Self { problems }) }
    }
}

impl From<EndpointProblem> for Error {
    fn from(problem: EndpointProblem) -> Self {
        Self { problems: vec![problem] }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.as_slice() {
            [problem] => f.write_str(problem.message()),
            problems => {
                write!(f, "{} problems:", problems.len())?;
                problems.iter().try_for_each(|problem| write!(f, "\n  - {}", problem.message()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_problem_answers_yes_to_one_question() {
        let questions = [
            Error::is_secret,
            Error::is_handler,
            Error::is_limit,
            Error::is_shutdown,
            #[cfg(all(feature = "testing", feature = "actix"))]
            Error::is_server,
        ];
        let problems = [
            EndpointProblem::Secret,
            EndpointProblem::Handler,
            EndpointProblem::Limit,
            EndpointProblem::UnfinishedShutdown,
            #[cfg(all(feature = "testing", feature = "actix"))]
            EndpointProblem::Server,
        ];
        for problem in problems {
            let error = Error::from(problem(String::new()));
            assert_eq!(questions.iter().filter(|asks| asks(&error)).count(), 1, "{error:?}");
        }
    }
}
