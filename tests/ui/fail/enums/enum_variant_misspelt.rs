//! The misspelt variant of an enum.
//!
//! Write `PaymentIntentStatus::Succeeded`, as the help of the compiler says.
#![allow(unused)]

use stripe_hooks::{
    objects::{PaymentIntent, PaymentIntentStatus},
    on_event,
};

#[on_event("payment_intent.succeeded")]
async fn fulfil(intent: PaymentIntent) {
    if intent.status == PaymentIntentStatus::Suceeded {} //~ Suceeded
}

fn main() {}

#[on_event("payment_intent.succeeded")]
async fn neighbour(intent: PaymentIntent) {}

#[derive(stripe_hooks::Lens)]
#[lens("payment_intent")]
struct Neighbour {
    status: PaymentIntentStatus,
}
