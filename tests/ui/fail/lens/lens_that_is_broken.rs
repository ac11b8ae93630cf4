//! A lens with a mistake, which a handler takes.
#![allow(unused)]

use stripe_hooks::{Lens, on_event};

#[derive(Lens)]
#[lens("invoice", "invoice")] //~ "invoice"
struct Paid {
    amount_paid: i64,
}

#[on_event("invoice.paid")]
async fn fulfil(paid: Paid) {}

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(paid: Paid) {}

#[derive(Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
