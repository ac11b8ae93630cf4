//! Deliveries as Stripe makes them, at a time that stands still.

#![allow(clippy::unwrap_used, reason = "only tests use this crate")]

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use serde_json::{Value, json};
use stripe_hooks::{
    Answer, Endpoint, EndpointBuilder, EndpointName,
    signature::{self, Secret},
};

/// The signing secret of the endpoints that these tests build.
pub const SECRET: &str = "whsec_QfRmHbHbC5xhyWpDqXGkz3Kf";

/// The time at these endpoints, and that of the deliveries, in seconds since the Unix epoch.
pub const NOW: i64 = 1_800_000_000;

/// A clock that shows `seconds` since the Unix epoch, which may be before it.
pub fn clock_at(seconds: i64) -> impl Fn() -> SystemTime + Send + Sync + 'static {
    let distance = Duration::from_secs(seconds.unsigned_abs());
    move || {
        let epoch = SystemTime::UNIX_EPOCH;
        if seconds < 0 { epoch - distance } else { epoch + distance }
    }
}

/// The builder of an endpoint that has the handlers of `Name`, the one secret, and the clock that stands still.
pub fn endpoint_builder<Name: EndpointName>() -> EndpointBuilder {
    Endpoint::builder().name::<Name>().secret(SECRET).clock(clock_at(NOW))
}

/// The value of the `Stripe-Signature` header with which these endpoints take the body.
#[must_use]
pub fn sign_body(body: &[u8]) -> String {
    signature::sign(body, &secret(), NOW)
}

/// The secret as the signature module takes it.
#[must_use]
pub fn secret() -> Secret {
    Secret::new(SECRET).unwrap()
}

/// A snapshot event around an object.
#[must_use]
pub fn snapshot_event(event_type: &str, object: &Value) -> Value {
    json!({
        "id": "evt_1SjW8b",
        "object": "event",
        "api_version": stripe_hooks::API_VERSION,
        "created": NOW - 1,
        "data": {"object": object},
        "livemode": false,
        "pending_webhooks": 1,
        "request": {"id": "req_Zq4", "idempotency_key": null},
        "type": event_type,
    })
}

/// A thin event about an object.
#[must_use]
pub fn thin_event(event_type: &str, related: &Value) -> Value {
    json!({
        "id": "evt_test_65U",
        "object": "v2.core.event",
        "created": "2027-01-15T08:00:00.000Z",
        "livemode": false,
        "context": null,
        "reason": {"type": "request", "request": {"id": "req_v2A", "idempotency_key": "key_7"}},
        "related_object": related,
        "type": event_type,
    })
}

/// Signs the body and has the endpoint receive it.
pub async fn deliver_event(endpoint: &Endpoint, body: impl ToString) -> Answer {
    let body = Bytes::from(body.to_string());
    let header = sign_body(&body);
    endpoint.receive(Some(header.as_bytes()), body).await
}
