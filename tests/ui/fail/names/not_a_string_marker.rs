//! The marker type instead of the name.
#![allow(unused)]

use stripe_hooks::{objects::PaymentIntent, on_event};

#[on_event(PaymentIntentSucceeded)] //~ PaymentIntentSucceeded
async fn fulfil(intent: PaymentIntent) {}

fn main() {}

#[on_event("payment_intent.succeeded")]
async fn neighbour(intent: PaymentIntent) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
