//! A lens that borrows, without its lifetime.
//!
//! Write `Paid<'_>`.
#![allow(unused)]

use stripe_hooks::{Lens, on_event};

#[derive(Lens)]
#[lens("invoice")]
struct Paid<'a> {
    id: Option<&'a str>,
}

#[on_event("invoice.paid")]
async fn book(paid: Paid) {} //~ Paid

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(paid: Paid<'_>) {}

#[derive(Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
