//! The reason why a handler does not start: an argument that could not be made, or an event that
//! does not concern it.

use std::{borrow::Cow, error::Error, fmt};

use crate::decode::DecodeError;

/// An error of any type, from an extractor or from a handler.
pub(crate) type BoxError = Box<dyn Error + Send + Sync>;

/// The reason why an argument could not be made, for the log: it names the path in the event and
/// what was expected there.
#[derive(Debug)]
pub struct Rejection(RejectionCause);

#[derive(Debug)]
enum RejectionCause {
    Missing(&'static str),
    Unexpected {
        path: Cow<'static, str>,
        expected: Cow<'static, str>,
    },
    /// The object does not decode. Its API version, where the event has one.
    Decode(DecodeError, Option<String>),
    Other(BoxError),
    Ignore(BoxError),
}

impl Rejection {
    /// A failure of an extractor of your own. The reason is logged, so it should not quote the
    /// event's content.
    pub fn new(reason: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(RejectionCause::Other(reason.into()))
    }

    /// The decision of an extractor of your own that the event does not concern this handler, which
    /// therefore does not start. The run ends as with [`Outcome::ignore`](crate::Outcome::ignore),
    /// so that Stripe need not send the event again; other handlers of the event run as usual.
    ///
    /// The reason is logged, so it should not quote the event's content.
    ///
    /// ```
    /// use stripe_hooks::{Carries, EventContext, FromEvent, Rejection, objects::PaymentIntent, on_event};
    ///
    /// /// A payment that our shop started; the account has others, which are not ours to fulfil.
    /// struct ShopPayment(PaymentIntent);
    ///
    /// impl<'cx, E: Carries<PaymentIntent>> FromEvent<'cx, E> for ShopPayment {
    ///     fn from_event(cx: &EventContext<'cx>) -> Result<Self, Rejection> {
    ///         let intent = <PaymentIntent as FromEvent<'cx, E>>::from_event(cx)?;
    ///         match intent.metadata.get("shop") {
    ///             Some(_) => Ok(Self(intent)),
    ///             None => Err(Rejection::ignore("not a payment of the shop")),
    ///         }
    ///     }
    /// }
    ///
    /// #[on_event("payment_intent.succeeded")]
    /// async fn fulfil(ShopPayment(intent): ShopPayment) {
    ///     println!("{} is paid", intent.id);
    /// }
    /// ```
    pub fn ignore(reason: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(RejectionCause::Ignore(reason.into()))
    }

    /// Returns the reason to ignore the event, or the rejection itself if it is a failure.
    pub(crate) fn into_ignored(self) -> Result<BoxError, Self> {
        match self.0 {
            RejectionCause::Ignore(reason) => Ok(reason),
            _ => Err(self),
        }
    }

    /// An object that does not decode, of this version of the API.
    pub(crate) fn undecodable(error: DecodeError, version: Option<String>) -> Self {
        Self(RejectionCause::Decode(error, version))
    }

    /// A member that the event does not have.
    pub(crate) fn missing_value(path: &'static str) -> Self {
        Self(RejectionCause::Missing(path))
    }

    /// A member that holds something else.
    pub(crate) fn unexpected_value(
        path: impl Into<Cow<'static, str>>,
        expected: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self(RejectionCause::Unexpected { path: path.into(), expected: expected.into() })
    }

    /// Returns whether this crate wrote the message, which then names places and kinds and never a
    /// value.
    pub(crate) fn is_from_crate(&self) -> bool {
        !matches!(self.0, RejectionCause::Other(_) | RejectionCause::Ignore(_))
    }

    /// The place in the event, such as `data.object.amount`.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        match &self.0 {
            RejectionCause::Missing(path) => Some(path),
            RejectionCause::Unexpected { path, .. } => Some(path),
            RejectionCause::Decode(error, _) => Some(error.path()),
            RejectionCause::Other(_) | RejectionCause::Ignore(_) => None,
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            RejectionCause::Missing(path) => write!(f, "{path}: the event does not have it"),
            RejectionCause::Unexpected { path, expected } => write!(f, "{path}: expected {expected}"),
            RejectionCause::Decode(error, None) => error.fmt(f),
            RejectionCause::Decode(error, Some(version)) => {
                write!(f, "{error} (the event is of API version {version})")
            }
            RejectionCause::Other(reason) | RejectionCause::Ignore(reason) => reason.fmt(f),
        }
    }
}

impl Error for Rejection {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.0 {
            RejectionCause::Other(reason) | RejectionCause::Ignore(reason) => reason.source(),
            _ => None,
        }
    }
}
