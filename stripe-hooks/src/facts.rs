//! Facts of an event as types: its texts, its mode, the request that caused it, and the old values
//! of an update.

use std::{any::type_name, collections::HashMap};

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::{
    fields::define_text_types,
    json::{ObjectMembers, Raw, read_text},
    rejection::Rejection,
};

define_text_types! {
    /// The id of the event, `evt_…`. Every delivery of the event has the same one, so a handler
    /// recognises a duplicate by it.
    EventId;

    /// The name of the event on the wire, such as `payment_intent.succeeded`.
    EventTypeName;

    /// The connected account (`acct_…`) that a snapshot event comes from; the platform's own events
    /// have none. See <https://docs.stripe.com/connect/webhooks>.
    ConnectedAccount;

    /// The context of the event: the account, or within an organization the path to it.
    /// See <https://docs.stripe.com/context>.
    Context;

    /// The API version that a snapshot event was rendered in, such as `2026-10-28.endive`.
    /// See <https://docs.stripe.com/webhooks/versioning>.
    ApiVersion;

    /// The API request (`req_…`) that caused the event; an event that Stripe itself caused has
    /// none.
    RequestId;

    /// The idempotency key of the API request that caused the event.
    /// See <https://docs.stripe.com/api/idempotent_requests>.
    IdempotencyKey;
}

impl ApiVersion {
    /// The word after the date. Versions that share it are compatible with each other; older
    /// versions have none.
    #[must_use]
    pub fn release_train(&self) -> Option<&str> {
        release_train(&self.0)
    }
}

/// Returns the release train of an API version.
pub(crate) fn release_train(version: &str) -> Option<&str> {
    version.split_once('.').map(|(_, train)| train)
}

/// The mode of the event: real money (`true`) or a sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Livemode(pub bool);

/// The API request that caused an event.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// The id of the request; `None` when Stripe itself caused the event.
    pub id: Option<RequestId>,
    /// The idempotency key of the request.
    pub idempotency_key: Option<IdempotencyKey>,
}

impl Request {
    /// Reads the object of a request, or the bare id that events had until 2017.
    pub(crate) fn from_json(json: &str) -> Result<Self, Rejection> {
        if let Ok(id) = read_text(json) {
            return Ok(Self { id: Some(RequestId::from(id.into_owned())), idempotency_key: None });
        }
        let members = ObjectMembers::from_json(json, &["id", "idempotency_key"]).ok().flatten();
        let members = members.ok_or_else(|| Rejection::unexpected_value("request", "an object"))?;
        let text = |name| {
            let read = |raw| {
                read_text(raw).map_err(|_| Rejection::unexpected_value(format!("request.{name}"), "a string"))
            };
            members.get_by_name(name).map(read).transpose()
        };
        Ok(Self {
            id: text("id")?.map(|id| RequestId::from(id.into_owned())),
            idempotency_key: text("idempotency_key")?.map(|key| IdempotencyKey::from(key.into_owned())),
        })
    }
}

/// The old values of the attributes that an update changed. A key that is not here did not change,
/// and arrays come whole.
#[derive(Debug, Clone, PartialEq)]
pub struct PreviousAttributes(pub(crate) Raw);

impl PreviousAttributes {
    /// The untouched JSON.
    #[must_use]
    pub fn as_raw(&self) -> &Raw {
        &self.0
    }

    /// Returns whether the attribute changed, `null` before or not.
    ///
    /// # Errors
    /// When Stripe sent something other than an object.
    pub fn contains(&self, attribute: &str) -> Result<bool, Rejection> {
        Ok(self.decode_members()?.contains_key(attribute))
    }

    /// The old value of an attribute: `None` when it did not change. For a value that may have been
    /// null, choose a `T` that can be null (an `Option`).
    ///
    /// # Errors
    /// When the old value is not a `T`; the message names the attribute and not the value.
    pub fn get<T: DeserializeOwned>(&self, attribute: &str) -> Result<Option<T>, Rejection> {
        let Some(raw) = self.decode_members()?.remove(attribute) else { return Ok(None) };
        let read = serde_json::from_str(raw.get());
        read.map(Some).map_err(|_| {
            let path = format!("data.previous_attributes.{attribute}");
            Rejection::unexpected_value(path, type_name::<T>())
        })
    }

    fn decode_members(&self) -> Result<HashMap<String, &RawValue>, Rejection> {
        let read = serde_json::from_str(self.0.as_str());
        read.map_err(|_| Rejection::unexpected_value("data.previous_attributes", "an object"))
    }
}
