//! Runs that the answer to Stripe waits for.
#![deny(warnings)]

use stripe_hooks::{EventId, Reply, on_event};

#[on_event("checkout.session.completed", inline)]
async fn fulfil(_id: EventId) {}

#[on_event("checkout.session.async_payment_succeeded", inline = "8s", retries = 3, timeout = "1m")]
fn fulfil_later(_id: EventId) {}

#[on_event("issuing_authorization.request", inline = "1500ms")]
async fn decide(_id: EventId) -> Reply<bool> {
    Reply::new(true)
}

fn main() {}
