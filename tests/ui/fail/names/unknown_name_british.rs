//! A name in British spelling.
#![allow(unused)]

use stripe_hooks::{objects::PaymentIntent, on_event};

#[on_event("payment_intent.cancelled")] //~ "payment_intent.cancelled"
async fn fulfil(intent: PaymentIntent) {}

fn main() {}
