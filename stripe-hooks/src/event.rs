//! The two envelopes in which Stripe reports a change, as handlers see them.

use crate::{
    context::EventContext,
    facts::{ApiVersion, ConnectedAccount, Context, EventId, EventTypeName, PreviousAttributes, Request},
    fields::{Rfc3339, Timestamp},
    json::Raw,
    rejection::Rejection,
};

/// A snapshot event: the envelope, and the whole object as it was when the event happened.
///
/// `T` is the object that the event carries, or [`Raw`] for its untouched JSON.
/// See <https://docs.stripe.com/api/events/object>.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Event<T> {
    /// The id of the event.
    pub id: EventId,
    /// The name of the event: `type` on the wire.
    pub event_type: EventTypeName,
    /// When the event happened.
    pub created: Timestamp,
    /// The mode: real money (`true`) or a sandbox.
    pub livemode: bool,
    /// The API version that the object was rendered in.
    pub api_version: Option<ApiVersion>,
    /// The connected account that the event comes from.
    pub account: Option<ConnectedAccount>,
    /// The context of the event.
    pub context: Option<Context>,
    /// The number of deliveries of the event that are not acknowledged yet.
    pub pending_webhooks: Option<i64>,
    /// The API request that caused the event.
    pub request: Option<Request>,
    /// The object of the event, and its old values.
    pub data: EventData<T>,
}

/// The object of a snapshot event, and its old values: `data` on the wire.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct EventData<T> {
    /// The object as it was when the event happened.
    pub object: T,
    /// The old values of the attributes that changed. Only `*.updated` events have them.
    pub previous_attributes: Option<PreviousAttributes>,
}

/// A thin event. It names the object that it is about and carries none, so nothing in it can be out
/// of date.
///
/// See <https://docs.stripe.com/event-destinations#thin-events>.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ThinEvent {
    /// The id of the event.
    pub id: EventId,
    /// The name of the event: `type` on the wire.
    pub event_type: EventTypeName,
    /// When the event happened.
    pub created: Rfc3339,
    /// The mode: real money (`true`) or a sandbox.
    pub livemode: bool,
    /// The account or organization that the event comes from.
    pub context: Option<Context>,
    /// The reason why the event happened.
    pub reason: Option<EventReason>,
    /// The object that the event is about. Fetch it from Stripe's API.
    pub related_object: Option<RelatedObject>,
    /// The changes, where the event lists them.
    pub changes: Option<Raw>,
    /// The event's own data, where the delivery contains it.
    pub data: Option<Raw>,
    /// The snapshot event that reports the same change.
    pub snapshot_event: Option<EventId>,
}

/// The reason why a thin event happened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventReason {
    /// The kind of reason, such as `request`: `type` on the wire.
    pub reason_type: Option<Box<str>>,
    /// The API request that caused the event.
    pub request: Option<Request>,
}

/// The object that a thin event is about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RelatedObject {
    /// The id of the object.
    pub id: Box<str>,
    /// The kind of object, such as `billing.meter`: `type` on the wire.
    pub object_type: Box<str>,
    /// The path of the object in Stripe's API.
    pub url: Option<Box<str>>,
}

impl<T> Event<T> {
    /// Reads the envelope around an object that has been decoded.
    pub(crate) fn from_object(object: T, cx: &EventContext<'_>) -> Result<Self, Rejection> {
        let envelope = cx.envelope;
        Ok(Self {
            id: cx.event_id(),
            event_type: cx.event_type(),
            created: Timestamp::from_unix(
                envelope
                    .scalar_member("created", "unix seconds")?
                    .ok_or_else(|| Rejection::missing_value("created"))?,
            ),
            livemode: cx.livemode()?,
            api_version: cx.api_version()?,
            account: cx.account()?,
            context: cx.context()?,
            pending_webhooks: envelope.scalar_member("pending_webhooks", "an integer")?,
            request: cx.request()?,
            data: EventData { object, previous_attributes: cx.previous_attributes()? },
        })
    }
}

impl ThinEvent {
    pub(crate) fn from_context(cx: &EventContext<'_>) -> Result<Self, Rejection> {
        let envelope = cx.envelope;
        let created = envelope.text_member("created")?.ok_or_else(|| Rejection::missing_value("created"))?;
        Ok(Self {
            id: cx.event_id(),
            event_type: cx.event_type(),
            created: Rfc3339::from(&*created),
            livemode: cx.livemode()?,
            context: cx.context()?,
            reason: match envelope.raw_member("reason") {
                None => None,
                Some(_) => Some(EventReason {
                    reason_type: envelope.nested_text_member("reason", "type")?.map(Into::into),
                    request: cx.request()?,
                }),
            },
            related_object: RelatedObject::from_context(cx)?,
            changes: envelope.raw_member("changes").map(|json| cx.share_slice(json)),
            data: envelope.raw_member("data").map(|json| cx.share_slice(json)),
            snapshot_event: envelope.text_member("snapshot_event")?.map(|id| EventId::from(id.into_owned())),
        })
    }
}

impl RelatedObject {
    fn from_context(cx: &EventContext<'_>) -> Result<Option<Self>, Rejection> {
        let envelope = cx.envelope;
        if envelope.raw_member("related_object").is_none() {
            return Ok(None);
        }
        let member = |name| envelope.nested_text_member("related_object", name);
        Ok(Some(Self {
            id: member("id")?.ok_or_else(|| Rejection::missing_value("related_object.id"))?.into(),
            object_type: member("type")?
                .ok_or_else(|| Rejection::missing_value("related_object.type"))?
                .into(),
            url: member("url")?.map(Into::into),
        }))
    }
}
