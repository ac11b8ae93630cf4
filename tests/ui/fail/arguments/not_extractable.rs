//! A type that no event has.
#![allow(unused)]

use stripe_hooks::{objects::PaymentIntent, on_event};

struct Mailer;

#[on_event("payment_intent.succeeded")]
async fn fulfil(intent: PaymentIntent, mailer: Mailer) {} //~ Mailer

fn main() {}
