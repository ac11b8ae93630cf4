//! The state of the local Stripe: its secret, its sockets and the answers of the endpoint.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};
use stripe_hooks::signature::{Secret, sign};
use tokio::sync::mpsc::UnboundedSender;

/// The answer of the endpoint to one delivery, as the CLI reports it.
#[derive(Debug)]
pub(crate) struct DeliveryAnswer {
    /// The id of the delivery, as [`StripeState::send_to_sockets`] returned it.
    pub(crate) delivery: String,
    /// The HTTP status.
    pub(crate) status: u64,
    /// The body of the answer.
    pub(crate) body: String,
}

/// The state that all requests share.
pub(super) struct StripeState {
    secret: Secret,
    pub(super) secret_text: String,
    pub(super) host: String,
    pub(super) sockets: Mutex<Vec<UnboundedSender<String>>>,
    pub(super) answers: mpsc::Sender<DeliveryAnswer>,
    last_id: AtomicU64,
}

impl StripeState {
    /// Creates the state with a secret of its own.
    pub(super) fn new(host: String, answers: mpsc::Sender<DeliveryAnswer>) -> Self {
        let secret_text = format!("whsec_local{:x}", since_epoch().as_nanos());
        Self {
            secret: Secret::new(&*secret_text).unwrap(),
            secret_text,
            host,
            sockets: Mutex::default(),
            answers,
            last_id: AtomicU64::new(0),
        }
    }

    /// Signs an event and sends it to all sockets, in the form that the CLI expects for snapshot or
    /// for thin events. Returns the id of the delivery.
    pub(super) fn send_to_sockets(&self, event: &str) -> String {
        let delivery = self.new_id("we");
        let headers = json!({
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": sign(event.as_bytes(), &self.secret, now()),
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        });
        let envelope: Value = serde_json::from_str(event).expect("an event is JSON");
        let message = match envelope["object"].as_str() {
            Some("event") => json!({
                "type": "webhook_event",
                "event_payload": event,
                "http_headers": headers,
                "endpoint": { "api_version": null },
                "webhook_conversation_id": self.new_id("wc"),
                "webhook_id": delivery,
            }),
            Some("v2.core.event") => json!({
                "type": "v2_event",
                "payload": event,
                "http_headers": headers,
                "destination_id": delivery,
            }),
            other => panic!("an event's `object` is neither kind: {other:?}"),
        };
        let message = message.to_string();
        self.sockets.lock().unwrap().retain(|socket| socket.send(message.clone()).is_ok());
        delivery
    }

    pub(super) fn new_id(&self, prefix: &str) -> String {
        format!("{prefix}_local{:06}", self.last_id.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is past 1970")
}

pub(super) fn now() -> i64 {
    since_epoch().as_secs().try_into().expect("seconds fit an i64")
}
