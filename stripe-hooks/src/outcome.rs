//! The values that a handler may return, and their meaning to Stripe.

use std::{error::Error, fmt, time::Duration};

use serde::Serialize;

use crate::rejection::{BoxError, Rejection};

/// The result of one handler's work on one event.
///
/// | outcome | meaning | answer to Stripe |
/// |---|---|---|
/// | [`done`](Outcome::done) | the work is done | 200 |
/// | [`retry`](Outcome::retry) | it failed and may work later | 500: Stripe sends the event again |
/// | [`retry_after`](Outcome::retry_after) | it may work after a while | 500, with `Retry-After` |
/// | [`ignore`](Outcome::ignore) | the event does not concern this application | 200 |
/// | [`park`](Outcome::park) | no retry will fix it | 200, logged as an error |
///
/// Stripe repeats a delivery that was not answered 2xx for up to three days:
/// <https://docs.stripe.com/webhooks#automatic-retries>.
///
/// With an inbox, Stripe gets 200 once the event is stored, and the outcome decides the state of the
/// run: `retry` schedules the next attempt, and `park` parks the run for an operator.
#[derive(Debug)]
pub struct Outcome(pub(crate) OutcomeKind);

#[derive(Debug)]
pub(crate) enum OutcomeKind {
    Done,
    Replied(RenderedReply),
    Ignored(BoxError),
    Parked(BoxError),
    /// An argument could not be made, so the handler did not start.
    NotStarted(Rejection),
    Failed {
        error: BoxError,
        retry_after: Option<Duration>,
    },
}

impl Outcome {
    /// Returns the outcome of work that is done.
    #[must_use]
    pub fn done() -> Self {
        Self(OutcomeKind::Done)
    }

    /// Returns the outcome of work that failed and is worth a retry. An `Err` from a handler that
    /// returns a `Result` means the same.
    pub fn retry(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(OutcomeKind::Failed { error: error.into(), retry_after: None })
    }

    /// Returns the outcome of work that failed and is worth a retry after `delay` (in whole
    /// seconds, rounded up).
    ///
    /// Stripe keeps to its own schedule. The delay is for proxies between Stripe and the endpoint,
    /// and for an inbox.
    pub fn retry_after(delay: Duration, error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(OutcomeKind::Failed { error: error.into(), retry_after: Some(delay) })
    }

    /// Returns the outcome of an event that does not concern this application. Stripe gets an
    /// acknowledgement, and the reason is logged.
    pub fn ignore(reason: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(OutcomeKind::Ignored(reason.into()))
    }

    /// Returns the outcome of work that no retry will fix. The error is logged as an error.
    ///
    /// - With an inbox, the run is parked with the reason `parked_by_handler` and the text of
    ///   `error`. No further attempt is made until an operator replays or skips the run.
    /// - Without an inbox, nothing can be parked. Stripe gets an acknowledgement and stops sending
    ///   the event, so the log line is the only record.
    pub fn park(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(OutcomeKind::Parked(error.into()))
    }

    /// Returns `true` if this handler does not need Stripe to send the event again.
    #[must_use]
    pub fn is_final(&self) -> bool {
        !matches!(self.0, OutcomeKind::Failed { .. } | OutcomeKind::NotStarted(_))
    }
}

/// Converts the rejection of an argument into the outcome of its run.
impl From<Rejection> for Outcome {
    fn from(rejection: Rejection) -> Self {
        match rejection.into_ignored() {
            Ok(reason) => Self(OutcomeKind::Ignored(reason)),
            Err(rejection) => Self(OutcomeKind::NotStarted(rejection)),
        }
    }
}

/// A value that a handler may return: `()`, an [`Outcome`], a [`Reply`], or a `Result` of one of
/// them.
///
/// The error of a `Result` may be anything that turns into `Box<dyn Error + Send + Sync>`: your own
/// error type, `anyhow::Error`, a `String`.
#[diagnostic::on_unimplemented(
    message = "a handler cannot return `{Self}`",
    label = "this says nothing to Stripe",
    note = "help: return `()`, `Outcome`, `Reply<T>` of a `T: Serialize`, or a `Result` of one of them whose error turns into `Box<dyn Error + Send + Sync>`, as every `Error + Send + Sync` does"
)]
pub trait IntoOutcome: Sized {
    /// `true` if the answer to Stripe holds a body that the handler made.
    const REPLIES: bool = false;

    /// `REPLIES` and `into_outcome` in one constant, so that an expansion names the type only
    /// once.
    #[doc(hidden)]
    const CONVERSION: OutcomeConversion<Self> =
        OutcomeConversion { replies: Self::REPLIES, convert: Self::into_outcome };

    /// Converts the value into the outcome of the work.
    fn into_outcome(self) -> Outcome;
}

/// The conversion of a handler's result into an outcome.
#[derive(Debug)]
pub struct OutcomeConversion<R> {
    /// `true` if the result may be a reply.
    pub replies: bool,
    pub(crate) convert: fn(R) -> Outcome,
}

#[diagnostic::do_not_recommend]
impl IntoOutcome for Outcome {
    fn into_outcome(self) -> Outcome {
        self
    }
}

#[diagnostic::do_not_recommend]
impl IntoOutcome for () {
    fn into_outcome(self) -> Outcome {
        Outcome::done()
    }
}

// The compiler may name this implementation and those for replies in an error, so that the error
// names the part of the type that is at fault.
impl<T: HandlerValue, E: HandlerError> IntoOutcome for Result<T, E> {
    const REPLIES: bool = T::REPLIES;

    fn into_outcome(self) -> Outcome {
        match self {
            Ok(value) => value.into_outcome(),
            Err(error) => Outcome::retry(error),
        }
    }
}

/// A value that the `Ok` of a handler may hold. A `Result` within a `Result` has no meaning.
#[diagnostic::on_unimplemented(
    message = "a handler cannot return `{Self}` within a `Result`",
    label = "`{Self}` says nothing to Stripe",
    note = "help: return a `Result` of `()`, of an `Outcome`, or of a `Reply<T>` of a `T: Serialize`"
)]
pub trait HandlerValue: IntoOutcome {}
#[diagnostic::do_not_recommend]
impl HandlerValue for () {}
#[diagnostic::do_not_recommend]
impl HandlerValue for Outcome {}
impl<T: ReplyBody> HandlerValue for Reply<T> {}

/// A body that a [`Reply`] may hold: any type that serde can write.
#[diagnostic::on_unimplemented(
    message = "a handler cannot reply with `{Self}`",
    label = "`{Self}` cannot be written as JSON",
    note = "help: put `#[derive(serde::Serialize)]` on it, or reply with something that is `Serialize`"
)]
pub trait ReplyBody: Serialize {}
#[diagnostic::do_not_recommend]
impl<T: Serialize> ReplyBody for T {}

/// An error that the `Err` of a handler may hold.
#[diagnostic::on_unimplemented(
    message = "a handler cannot fail with `{Self}`",
    label = "`{Self}` does not turn into `Box<dyn Error + Send + Sync>`",
    note = "help: write `Box<dyn Error + Send + Sync>` for errors of any type; a type of your own must implement `std::error::Error`, and be `Send` and `Sync`"
)]
pub trait HandlerError: Into<BoxError> {}
#[diagnostic::do_not_recommend]
impl<E: Into<BoxError>> HandlerError for E {}

/// An answer with a body. Stripe expects a body for a few events, such as
/// `issuing_authorization.request`, which needs its answer within two seconds.
///
/// The body is written as JSON. At most one handler of an event may reply. With an inbox, that
/// handler must be `inline`, and the inbox keeps its reply for later deliveries of the event. See
/// <https://docs.stripe.com/issuing/controls/real-time-authorizations>.
#[derive(Clone)]
pub struct Reply<T> {
    body: T,
    headers: Vec<(String, String)>,
}

/// Omits the body, which may hold personal data.
impl<T> fmt::Debug for Reply<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").finish_non_exhaustive()
    }
}

impl<T> Reply<T> {
    /// Returns an answer of status 200 with this body.
    pub fn new(body: T) -> Self {
        Self { body, headers: Vec::new() }
    }

    /// Adds a header, such as `Stripe-Version`. A header that HTTP does not allow, for example with
    /// a line break in it, makes the run fail.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

impl<T: ReplyBody> IntoOutcome for Reply<T> {
    const REPLIES: bool = true;

    fn into_outcome(self) -> Outcome {
        if !self.headers.iter().all(|(name, value)| is_valid_header(name, value)) {
            return Outcome::retry("a header of the reply is not one that HTTP allows");
        }
        match serde_json::to_string(&self.body) {
            Ok(body) => Outcome(OutcomeKind::Replied(RenderedReply { body, headers: self.headers })),
            Err(error) => Outcome::retry(error),
        }
    }
}

/// Returns `true` if HTTP allows the header: <https://www.rfc-editor.org/rfc/rfc9110#section-5>.
/// The check is here, so that no server between the endpoint and Stripe can turn the reply into
/// another answer.
fn is_valid_header(name: &str, value: &str) -> bool {
    let of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let of_value = |byte: u8| byte == b'\t' || (byte >= b' ' && byte != 0x7f);
    !name.is_empty() && name.bytes().all(of_name) && value.bytes().all(of_value)
}

/// A reply in the form in which it is sent. Its `Debug` omits the body, which may hold personal
/// data.
pub(crate) struct RenderedReply {
    pub(crate) body: String,
    pub(crate) headers: Vec<(String, String)>,
}

#[cfg(feature = "inbox")]
impl RenderedReply {
    /// Returns the reply as one text that keeps every character, for an inbox to store.
    pub(crate) fn to_text(&self) -> String {
        serde_json::json!([self.body, self.headers]).to_string()
    }

    /// Returns the reply that `to_text` has written, or `None` for any other text.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        let (body, headers) = serde_json::from_str(text).ok()?;
        Some(Self { body, headers })
    }
}

impl fmt::Debug for RenderedReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RenderedReply").field("bytes", &self.body.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "inbox")]
    #[test]
    fn a_reply_that_is_kept_comes_back_as_it_was() {
        let reply = Reply::new("\0 \u{1f600} \"\\\n")
            .header("Stripe-Version", "2026-10-28.endive")
            .header("x", "ä\t");
        let OutcomeKind::Replied(rendered) = reply.into_outcome().0 else { panic!("no reply") };
        let kept = RenderedReply::from_text(&rendered.to_text()).unwrap();
        assert_eq!((&kept.body, &kept.headers), (&rendered.body, &rendered.headers));
        assert!(["", "[]", "[1,[]]", "{}"].iter().all(|text| RenderedReply::from_text(text).is_none()));
    }

    #[test]
    fn a_header_that_http_does_not_allow_fails_the_run() {
        let reply = |name: &str, value: &str| Reply::new(()).header(name, value).into_outcome().is_final();
        assert!(reply("Stripe-Version", "2026-10-28.endive") && reply("x", ""));
        for (name, value) in
            [("", "x"), ("a b", "x"), ("a:", "x"), ("ä", "x"), ("x", "a\r\nSet-Cookie: b"), ("x", "\0")]
        {
            assert!(!reply(name, value), "{name:?}: {value:?}");
        }
    }
}
