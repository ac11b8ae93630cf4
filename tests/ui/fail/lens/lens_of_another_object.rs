//! A lens of an object that the event does not carry.
#![allow(unused)]

use stripe_hooks::{Lens, on_event};

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    amount_paid: i64,
}

#[on_event("payment_intent.succeeded")]
async fn fulfil(paid: Paid) {} //~ Paid

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(paid: Paid) {}

#[derive(Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
