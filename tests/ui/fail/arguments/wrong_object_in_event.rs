//! The envelope around an object that the event does not carry.
#![allow(unused)]

use stripe_hooks::{Event, objects::Invoice, on_event};

#[on_event("payment_intent.succeeded")]
async fn fulfil(event: Event<Invoice>) {} //~ Event<Invoice>

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(event: Event<Invoice>) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
