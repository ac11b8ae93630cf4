//! An argument whose type was not imported.
//!
//! Import the type: `use stripe_hooks::objects::PaymentIntent;`.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("payment_intent.succeeded")]
async fn fulfil(intent: PaymentIntent) {} //~ PaymentIntent

fn main() {}

#[on_event("payment_intent.succeeded")]
async fn neighbour(intent: stripe_hooks::objects::PaymentIntent) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
