//! A lens with a type that nothing is read into, which a handler takes.
#![allow(unused)]

use stripe_hooks::{Lens, on_event};

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    amount_paid: u32, //~ u32
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
