//! A typed payload for every event.
#![allow(unused)]

use stripe_hooks::{objects::PaymentIntent, on_event};

#[on_event("*")]
async fn fulfil(intent: PaymentIntent) {} //~ PaymentIntent

fn main() {}
