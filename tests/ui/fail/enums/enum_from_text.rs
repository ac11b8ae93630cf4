//! A text that is converted into an enum.
//!
//! Write the variant, `PaymentIntentStatus::Succeeded`: the compiler checks its name, and nothing checks a text.
#![allow(unused)]

use stripe_hooks::{
    objects::{PaymentIntent, PaymentIntentStatus},
    on_event,
};

#[on_event("payment_intent.succeeded")]
async fn fulfil(intent: PaymentIntent) {
    let paid: PaymentIntentStatus = "payed".into(); //~ into
}

fn main() {}

#[on_event("payment_intent.succeeded")]
async fn neighbour(intent: PaymentIntent) {}

#[derive(stripe_hooks::Lens)]
#[lens("payment_intent")]
struct Neighbour {
    status: PaymentIntentStatus,
}
