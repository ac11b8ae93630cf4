//! A mistake in the body, which is the only error.
//!
//! Fix the body as if the attribute were not there.
#![allow(unused)]

use stripe_hooks::{objects::Invoice, on_event};

#[on_event("invoice.paid")]
async fn book(invoice: Invoice) {
    let total: u32 = "a lot"; //~ "a lot"
}

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(invoice: Invoice) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
