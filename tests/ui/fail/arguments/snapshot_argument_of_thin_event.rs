//! An object of a thin event that has a snapshot twin.
#![allow(unused)]

use stripe_hooks::{objects::Invoice, on_event};

#[on_event("v1.invoice.paid")]
async fn book(invoice: Invoice) {} //~ Invoice

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(invoice: Invoice) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
