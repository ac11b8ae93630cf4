//! An attribute on an argument.
#![allow(unused)]

use stripe_hooks::{objects::Invoice, on_event};

#[on_event("invoice.paid")]
async fn book(#[cfg(all())] invoice: Invoice) {} //~ #[cfg(all())]

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(invoice: Invoice) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
