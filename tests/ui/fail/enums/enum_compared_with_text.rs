//! An enum that is compared with a text.
//!
//! Compare it with the variant, `PaymentIntentStatus::Succeeded`.
#![allow(unused)]

use stripe_hooks::{
    objects::{PaymentIntent, PaymentIntentStatus},
    on_event,
};

#[on_event("payment_intent.succeeded")]
async fn fulfil(intent: PaymentIntent) {
    if intent.status == "succeeded" {} //~ "succeeded"
}

fn main() {}

#[on_event("payment_intent.succeeded")]
async fn neighbour(intent: PaymentIntent) {}

#[derive(stripe_hooks::Lens)]
#[lens("payment_intent")]
struct Neighbour {
    status: PaymentIntentStatus,
}
