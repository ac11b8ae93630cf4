//! An event name with a typing slip.
#![allow(unused)]

use stripe_hooks::{objects::PaymentIntent, on_event};

#[on_event("payment_intent.suceeded")] //~ "payment_intent.suceeded"
async fn fulfil(intent: PaymentIntent) {}

fn main() {}
