//! An `Option` of the envelope.
#![allow(unused)]

use stripe_hooks::{Event, objects::PaymentIntent, on_event};

#[on_event("payment_intent.succeeded")]
async fn fulfil(event: Option<Event<PaymentIntent>>) {} //~ Option<Event<PaymentIntent>>

fn main() {}

#[on_event("payment_intent.succeeded")]
async fn neighbour(event: Event<PaymentIntent>) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
