//! The marker type for the name.
#![allow(unused)]

use stripe_hooks::{objects::PaymentIntent, on_event};

#[on_event(PaymentIntentSucceeded)]
async fn fulfil(intent: PaymentIntent) {}

fn main() {}
