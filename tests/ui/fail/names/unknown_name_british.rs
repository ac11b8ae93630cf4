//! A name in British spelling.
#![allow(unused)]

use stripe_hooks::{objects::PaymentIntent, on_event};

#[on_event("payment_intent.cancelled")] //~ "payment_intent.cancelled"
async fn fulfil(intent: PaymentIntent) {}

fn main() {}

#[on_event("payment_intent.succeeded")]
async fn neighbour(intent: PaymentIntent) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
