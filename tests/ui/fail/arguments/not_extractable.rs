//! A type that no event has.
#![allow(unused)]

use stripe_hooks::{objects::PaymentIntent, on_event};

struct Mailer;

#[on_event("payment_intent.succeeded")]
async fn fulfil(intent: PaymentIntent, mailer: Mailer) {} //~ Mailer

fn main() {}

#[on_event("payment_intent.succeeded")]
async fn neighbour(intent: PaymentIntent, id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
