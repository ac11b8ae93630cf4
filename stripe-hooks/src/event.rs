//! The two envelopes in which Stripe tells of a change, as handlers see them.

use crate::{
    extract::{EventContext, Rejection},
    fields::{Raw, Rfc3339, Timestamp, texts},
    json::{Members, read_text},
};

texts! {
    /// The id of the event, `evt_…`: the same in every delivery of it, so what a handler compares to know a duplicate.
    EventId;

    /// The name of the event on the wire, such as `payment_intent.succeeded`.
    EventTypeName;

    /// The connected account (`acct_…`) that a snapshot event comes from; the platform's own events have none.
    /// See <https://docs.stripe.com/connect/webhooks>.
    Account;

    /// The context of the event: the account, or within an organization the path to it.
    /// See <https://docs.stripe.com/context>.
    Context;

    /// The API version that a snapshot event was rendered in, such as `2026-10-28.endive`.
    /// See <https://docs.stripe.com/webhooks/versioning>.
    ApiVersion;

    /// The API request (`req_…`) that caused the event; an event that Stripe itself caused has none.
    RequestId;

    /// The idempotency key of the API request that caused the event.
    /// See <https://docs.stripe.com/api/idempotent_requests>.
    IdempotencyKey;
}

impl ApiVersion {
    /// The word after the date: versions that share it are compatible with each other. Older versions have none.
    #[must_use]
    pub fn release_train(&self) -> Option<&str> {
        train(&self.0)
    }
}

/// The release train of an API version.
pub(crate) fn train(version: &str) -> Option<&str> {
    version.split_once('.').map(|(_, train)| train)
}

/// Whether the event tells of real money (`true`) or of a sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Livemode(pub bool);

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
    /// Whether it tells of real money.
    pub livemode: bool,
    /// The API version that the object was rendered in.
    pub api_version: Option<ApiVersion>,
    /// The connected account that the event comes from.
    pub account: Option<Account>,
    /// The context of the event.
    pub context: Option<Context>,
    /// How many deliveries of the event are still to be acknowledged.
    pub pending_webhooks: Option<i64>,
    /// The API request that caused the event.
    pub request: Option<Request>,
    /// What the event is about.
    pub data: EventData<T>,
}

/// What a snapshot event is about: `data` on the wire.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct EventData<T> {
    /// The object as it was when the event happened.
    pub object: T,
    /// What it was before: the old values of the attributes that changed. Only `*.updated` events have them.
    pub previous_attributes: Option<PreviousAttributes>,
}

/// The API request that caused an event.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// The id of the request; `None` when Stripe itself caused the event.
    pub id: Option<RequestId>,
    /// The idempotency key of the request.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// The old values of the attributes that an update changed: keys that are not here did not change, and arrays come whole.
#[derive(Debug, Clone, PartialEq)]
pub struct PreviousAttributes(pub(crate) Raw);

impl PreviousAttributes {
    /// The untouched JSON.
    #[must_use]
    pub fn as_raw(&self) -> &Raw {
        &self.0
    }

    /// Whether the attribute changed, `null` before or not.
    ///
    /// # Errors
    /// When Stripe sent something other than an object.
    pub fn contains(&self, attribute: &str) -> Result<bool, Rejection> {
        Ok(self.read()?.contains_key(attribute))
    }

    /// The old value of an attribute: `None` when it did not change, and a `T` that can be null (an `Option`) for what was null.
    ///
    /// # Errors
    /// When the old value is not a `T`; the message names the attribute and not the value.
    pub fn get<T: serde::de::DeserializeOwned>(&self, attribute: &str) -> Result<Option<T>, Rejection> {
        let Some(raw) = self.read()?.remove(attribute) else { return Ok(None) };
        let read = serde_json::from_str(raw.get());
        read.map(Some).map_err(|_| {
            let path = format!("data.previous_attributes.{attribute}");
            Rejection::unexpected(path, std::any::type_name::<T>())
        })
    }

    fn read(&self) -> Result<std::collections::HashMap<String, &serde_json::value::RawValue>, Rejection> {
        let read = serde_json::from_str(self.0.as_str());
        read.map_err(|_| Rejection::unexpected("data.previous_attributes", "an object"))
    }
}

/// A thin event: it names the object that it is about and carries none, so what it tells is never out of date.
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
    /// Whether it tells of real money.
    pub livemode: bool,
    /// The account or organization that the event comes from.
    pub context: Option<Context>,
    /// Why the event happened.
    pub reason: Option<Reason>,
    /// The object that the event is about, to be fetched from Stripe's API.
    pub related_object: Option<RelatedObject>,
    /// What changed, where the event says so.
    pub changes: Option<Raw>,
    /// The event's own data, where the delivery brings it.
    pub data: Option<Raw>,
    /// The snapshot event that tells of the same change.
    pub snapshot_event: Option<EventId>,
}

/// Why a thin event happened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reason {
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
    /// Reads the envelope around an object that is decoded already.
    pub(crate) fn around(object: T, cx: &EventContext<'_>) -> Result<Self, Rejection> {
        let envelope = cx.envelope;
        Ok(Self {
            id: cx.event_id(),
            event_type: cx.event_type(),
            created: Timestamp::from_unix(
                envelope.scalar("created", "unix seconds")?.ok_or_else(|| Rejection::missing("created"))?,
            ),
            livemode: cx.livemode()?,
            api_version: cx.api_version()?,
            account: cx.account()?,
            context: cx.context()?,
            pending_webhooks: envelope.scalar("pending_webhooks", "an integer")?,
            request: cx.request()?,
            data: EventData { object, previous_attributes: cx.previous_attributes()? },
        })
    }
}

impl ThinEvent {
    pub(crate) fn read(cx: &EventContext<'_>) -> Result<Self, Rejection> {
        let envelope = cx.envelope;
        let created = envelope.text("created")?.ok_or_else(|| Rejection::missing("created"))?;
        Ok(Self {
            id: cx.event_id(),
            event_type: cx.event_type(),
            created: Rfc3339::from(&*created),
            livemode: cx.livemode()?,
            context: cx.context()?,
            reason: match envelope.raw("reason") {
                None => None,
                Some(_) => Some(Reason {
                    reason_type: envelope.text_within("reason", "type")?.map(Into::into),
                    request: cx.request()?,
                }),
            },
            related_object: RelatedObject::read(cx)?,
            changes: envelope.raw("changes").map(|json| cx.slice(json)),
            data: envelope.raw("data").map(|json| cx.slice(json)),
            snapshot_event: envelope.text("snapshot_event")?.map(|id| EventId::from(id.into_owned())),
        })
    }
}

impl Request {
    /// Reads the request's object, or the bare id that it was until 2017.
    pub(crate) fn read(json: &str) -> Result<Self, Rejection> {
        if let Ok(id) = read_text(json) {
            return Ok(Self { id: Some(RequestId::from(id.into_owned())), idempotency_key: None });
        }
        let members = Members::of(json, &["id", "idempotency_key"]).ok().flatten();
        let members = members.ok_or_else(|| Rejection::unexpected("request", "an object"))?;
        let text = |name| {
            let read = |raw| {
                read_text(raw).map_err(|_| Rejection::unexpected(format!("request.{name}"), "a string"))
            };
            members.get(name).map(read).transpose()
        };
        Ok(Self {
            id: text("id")?.map(|id| RequestId::from(id.into_owned())),
            idempotency_key: text("idempotency_key")?.map(|key| IdempotencyKey::from(key.into_owned())),
        })
    }
}

impl RelatedObject {
    fn read(cx: &EventContext<'_>) -> Result<Option<Self>, Rejection> {
        let envelope = cx.envelope;
        if envelope.raw("related_object").is_none() {
            return Ok(None);
        }
        let member = |name| envelope.text_within("related_object", name);
        Ok(Some(Self {
            id: member("id")?.ok_or_else(|| Rejection::missing("related_object.id"))?.into(),
            object_type: member("type")?.ok_or_else(|| Rejection::missing("related_object.type"))?.into(),
            url: member("url")?.map(Into::into),
        }))
    }
}
