//! A typed payload for every event.
#![allow(unused)]

use stripe_hooks::{objects::PaymentIntent, on_event};

#[on_event("*")]
async fn fulfil(intent: PaymentIntent) {} //~ PaymentIntent

fn main() {}

#[on_event("payment_intent.succeeded")]
async fn neighbour(intent: PaymentIntent) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
