//! What became of a delivery, and assertions about it.

#![allow(clippy::panic, reason = "an assertion that does not hold stops the test")]

use super::{Ended, Run};
use crate::Answer;

/// What became of one delivery: the answer, and the runs in their order.
///
/// The assertions can be chained. A handler is named by its [id](crate::Handler::id) or the end of it: `fulfil` is `shop::fulfil`.
#[derive(Debug, Clone)]
pub struct Delivered {
    /// Names the event in messages.
    pub(crate) event_name: String,
    pub(crate) answer: Answer,
    pub(crate) runs: Vec<Run>,
}

impl Delivered {
    /// The answer, as Stripe gets it.
    #[must_use]
    pub fn answer(&self) -> &Answer {
        &self.answer
    }

    /// The HTTP status of the answer.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.answer.status()
    }

    /// The runs, in their order.
    #[must_use]
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// How the handler ended, if it ran.
    #[must_use]
    pub fn ended(&self, handler: &str) -> Option<&Ended> {
        self.runs.iter().find(|run| is_run_of(run, handler)).map(|run| &run.ended)
    }

    /// Asserts that Stripe takes the event as delivered.
    #[track_caller]
    pub fn assert_ok(self) -> Self {
        self.assert_status(200)
    }

    /// Asserts the status of the answer.
    #[track_caller]
    pub fn assert_status(self, status: u16) -> Self {
        let same = self.status() == status;
        self.assert_that(same, &format!("status {status}"))
    }

    /// Asserts that exactly these handlers ran, in this order.
    #[track_caller]
    pub fn assert_ran<'h>(self, handlers: impl IntoIterator<Item = &'h str>) -> Self {
        let handlers: Vec<_> = handlers.into_iter().collect();
        let same = self.runs.len() == handlers.len()
            && self.runs.iter().zip(&handlers).all(|(run, handler)| is_run_of(run, handler));
        self.assert_that(same, &format!("runs of {handlers:?} and no others"))
    }

    /// Asserts that no handler ran.
    #[track_caller]
    pub fn assert_nothing_ran(self) -> Self {
        self.assert_ran([])
    }

    /// Asserts that the handler ran, and that its work is done.
    #[track_caller]
    pub fn assert_done(self, handler: &str) -> Self {
        let done = matches!(self.ended(handler), Some(Ended::Done | Ended::Replied));
        self.assert_that(done, &format!("`{handler}` done"))
    }

    /// Asserts that the handler failed, or that it did not start, with these words in the error.
    #[track_caller]
    pub fn assert_failed(self, handler: &str, words: &str) -> Self {
        let failed = matches!(
            self.ended(handler),
            Some(Ended::Failed { error, .. } | Ended::NotStarted(error)) if error.contains(words)
        );
        self.assert_that(failed, &format!("`{handler}` failed with {words:?}"))
    }

    /// Asserts that the handler left the event alone, with these words in the reason.
    #[track_caller]
    pub fn assert_ignored(self, handler: &str, words: &str) -> Self {
        let ignored = matches!(self.ended(handler), Some(Ended::Ignored(reason)) if reason.contains(words));
        self.assert_that(ignored, &format!("`{handler}` ignored the event with {words:?}"))
    }

    /// Asserts that the handler parked the run, with these words in the error.
    #[track_caller]
    pub fn assert_parked(self, handler: &str, words: &str) -> Self {
        let parked = matches!(self.ended(handler), Some(Ended::Parked(error)) if error.contains(words));
        self.assert_that(parked, &format!("`{handler}` parked with {words:?}"))
    }

    #[track_caller]
    fn assert_that(self, holds: bool, expected: &str) -> Self {
        if !holds {
            let body = String::from_utf8_lossy(self.answer.body());
            let mut runs: Vec<_> =
                self.runs.iter().map(|run| format!("\n  {}: {:?}", run.handler, run.ended)).collect();
            if runs.is_empty() {
                runs.push("\n  no handler ran".to_owned());
            }
            panic!(
                "{}: expected {expected}\nanswered {}: {}{}",
                self.event_name,
                self.status(),
                body.trim_end(),
                runs.concat()
            );
        }
        self
    }
}

fn is_run_of(run: &Run, handler: &str) -> bool {
    run.handler.strip_suffix(handler).is_some_and(|path| path.is_empty() || path.ends_with("::"))
}
