//! A name without its quotes.
#![allow(unused)]

use stripe_hooks::{objects::PaymentIntent, on_event};

#[on_event(payment_intent.succeeded)] //~ payment_intent.succeeded
async fn fulfil(intent: PaymentIntent) {}

fn main() {}
