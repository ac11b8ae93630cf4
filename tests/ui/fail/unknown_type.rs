//! An argument whose type was not imported.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("payment_intent.succeeded")]
async fn fulfil(intent: PaymentIntent) {}

fn main() {}
