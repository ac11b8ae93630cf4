//! A text as the pattern of an enum.
//!
//! Write the variant, `PaymentIntentStatus::Succeeded`.
#![allow(unused)]

use stripe_hooks::{
    objects::{PaymentIntent, PaymentIntentStatus},
    on_event,
};

#[on_event("payment_intent.succeeded")]
async fn fulfil(intent: PaymentIntent) {
    if matches!(intent.status, "succeeded") {} //~ "succeeded"
}

fn main() {}

#[on_event("payment_intent.succeeded")]
async fn neighbour(intent: PaymentIntent) {}

#[derive(stripe_hooks::Lens)]
#[lens("payment_intent")]
struct Neighbour {
    status: PaymentIntentStatus,
}
