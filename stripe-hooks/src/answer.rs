//! The answer to a delivery, and how the outcomes of several handlers become one.

use std::{borrow::Cow, fmt, time::Duration};

use bytes::Bytes;

use crate::{
    envelope::Unreadable,
    outcome::{Outcome, OutcomeKind, RenderedReply},
    signature::SignatureError,
};

/// The answer to one delivery, without any HTTP framework: a status, a few headers and a short body.
///
/// | status | when | what Stripe does |
/// |---|---|---|
/// | 200 | handled, not meant for this endpoint, or of a type that nobody handles | takes it as delivered |
/// | 400 | the signature does not verify, or the body is incomplete or not an event | sends it again, for up to three days |
/// | 405 | not a `POST` | |
/// | 413 | the body is over the limit | sends it again |
/// | 500 | a handler failed | sends it again |
/// | 503 | overloaded, shutting down, or without a secret; with an inbox, not stored, or without the reply in time | sends it again |
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    status: u16,
    headers: Cow<'static, [HeaderPair]>,
    body: Bytes,
}

type HeaderPair = (Cow<'static, str>, Cow<'static, str>);

/// The headers of an answer with a short line.
const TEXT_HEADERS: &[HeaderPair] =
    &[(Cow::Borrowed(Answer::TEXT_CONTENT_TYPE.0), Cow::Borrowed(Answer::TEXT_CONTENT_TYPE.1))];

/// Omits the body: the reply of a handler may contain personal data.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl Answer {
    /// The header of an answer with a short line.
    pub(crate) const TEXT_CONTENT_TYPE: (&'static str, &'static str) =
        ("content-type", "text/plain; charset=utf-8");

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The HTTP headers, `Content-Type` among them.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().map(|(name, value)| (&**name, &**value))
    }

    /// One short line, or the reply of a handler.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Returns whether Stripe takes the event as delivered.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.status == 200
    }

    pub(crate) fn new(status: u16, headers: Vec<(String, String)>, body: Bytes) -> Self {
        let headers = headers.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self { status, headers, body }
    }

    /// Returns an answer with a short line.
    pub(crate) fn from_line(status: u16, line: &'static str) -> Self {
        Self { status, headers: Cow::Borrowed(TEXT_HEADERS), body: Bytes::from_static(line.as_bytes()) }
    }

    /// Adds a header.
    pub(crate) fn with_header(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.headers.to_mut().push((name.into(), value.into()));
        self
    }

    pub(crate) fn ok() -> Self {
        Self::from_line(200, "ok\n")
    }

    pub(crate) fn too_large() -> Self {
        Self::from_line(413, "body too large\n")
    }

    pub(crate) fn failed() -> Self {
        Self::from_line(500, "a handler failed\n")
    }

    pub(crate) fn unavailable() -> Self {
        Self::from_line(503, "try again later\n")
    }

    pub(crate) fn from_reply(reply: RenderedReply) -> Self {
        let mut answer = Self::new(200, reply.headers, reply.body.into());
        if !answer.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            answer = answer.with_header("content-type", "application/json");
        }
        answer
    }
}

impl From<SignatureError> for Answer {
    fn from(error: SignatureError) -> Self {
        Self::from_line(
            400,
            match error {
                SignatureError::MissingHeader => "missing signature header\n",
                SignatureError::MalformedHeader => "malformed signature header\n",
                SignatureError::NoKnownScheme => "no signature of a known scheme\n",
                SignatureError::NoMatch => "no matching signature\n",
                SignatureError::OutsideTolerance => "timestamp outside the tolerance\n",
            },
        )
    }
}

impl From<Unreadable> for Answer {
    fn from(_: Unreadable) -> Self {
        Self::from_line(400, "not an event\n")
    }
}

/// Combines the outcomes of all handlers of an event: every handler must succeed for a 2xx, and the
/// longest of the requested delays counts.
#[derive(Default)]
pub(crate) struct OutcomeTally {
    reply: Option<Answer>,
    has_failed: bool,
    longest_retry_after: Option<Duration>,
}

impl OutcomeTally {
    pub(crate) fn add(&mut self, outcome: Outcome) {
        match outcome.0 {
            OutcomeKind::Done | OutcomeKind::Ignored(_) | OutcomeKind::Parked(_) => {}
            OutcomeKind::Replied(reply) => self.reply = Some(Answer::from_reply(reply)),
            OutcomeKind::NotStarted(_) => self.has_failed = true,
            OutcomeKind::Failed { retry_after, .. } => {
                self.has_failed = true;
                self.longest_retry_after = self.longest_retry_after.max(retry_after);
            }
        }
    }

    pub(crate) fn into_answer(self) -> Answer {
        match (self.has_failed, self.longest_retry_after) {
            (false, _) => self.reply.unwrap_or_else(Answer::ok),
            (true, None) => Answer::failed(),
            (true, Some(delay)) => {
                let seconds = delay.as_secs().saturating_add(u64::from(delay.subsec_nanos() > 0));
                Answer::failed().with_header("retry-after", seconds.to_string())
            }
        }
    }
}

impl From<Outcome> for Answer {
    fn from(outcome: Outcome) -> Self {
        let mut tally = OutcomeTally::default();
        tally.add(outcome);
        tally.into_answer()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::{IntoOutcome, Reply};

    fn answer_to(outcomes: impl IntoIterator<Item = Outcome>) -> Answer {
        let mut tally = OutcomeTally::default();
        outcomes.into_iter().for_each(|outcome| tally.add(outcome));
        tally.into_answer()
    }

    #[test]
    fn all_handlers_must_succeed_for_a_200() {
        assert_eq!(answer_to([]).status(), 200);
        assert_eq!(
            answer_to([Outcome::done(), Outcome::ignore("not ours"), Outcome::park("never")]).status(),
            200
        );
        assert_eq!(
            answer_to([Outcome::done(), Outcome::retry("database away"), Outcome::done()]).status(),
            500
        );
    }

    #[test]
    fn the_longest_delay_is_told_in_whole_seconds_rounded_up() {
        let after = |millis| Outcome::retry_after(Duration::from_millis(millis), "busy");
        let answer = answer_to([after(10), after(1_001), Outcome::retry("broken")]);
        assert_eq!(answer.status(), 500);
        assert!(answer.headers().any(|header| header == ("retry-after", "2")));
    }

    #[test]
    fn the_longest_delay_of_all_is_told_too() {
        let answer = answer_to([Outcome::retry_after(Duration::MAX, "never")]);
        assert!(answer.headers().any(|header| header == ("retry-after", "18446744073709551615")));
    }

    #[test]
    fn a_reply_is_the_body_unless_another_handler_failed() {
        let reply = || {
            Reply::new(serde_json::json!({"approved": true})).header("Stripe-Version", "2026-10-28.endive")
        };
        let replied = answer_to([Outcome::done(), reply().into_outcome()]);
        assert_eq!((replied.status(), &replied.body()[..]), (200, &br#"{"approved":true}"#[..]));
        assert!(replied.headers().any(|header| header == ("content-type", "application/json")));
        assert!(replied.headers().any(|header| header == ("Stripe-Version", "2026-10-28.endive")));
        assert_eq!(answer_to([reply().into_outcome(), Outcome::retry("broken")]).status(), 500);
    }
}
