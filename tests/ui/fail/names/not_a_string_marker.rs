//! The marker type instead of the name.
#![allow(unused)]

use stripe_hooks::{objects::PaymentIntent, on_event};

#[on_event(PaymentIntentSucceeded)] //~ PaymentIntentSucceeded
async fn fulfil(intent: PaymentIntent) {}

fn main() {}
