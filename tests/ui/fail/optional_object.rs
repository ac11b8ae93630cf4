//! A decode failure must not become `None`.
#![allow(unused)]

use stripe_hooks::{objects::PaymentIntent, on_event};

#[on_event("payment_intent.succeeded")]
async fn fulfil(intent: Option<PaymentIntent>) {}

fn main() {}
