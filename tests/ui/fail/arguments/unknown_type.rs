//! An argument whose type was not imported.
//!
//! Import the type: `use stripe_hooks::objects::PaymentIntent;`.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("payment_intent.succeeded")]
async fn fulfil(intent: PaymentIntent) {} //~ PaymentIntent

fn main() {}
