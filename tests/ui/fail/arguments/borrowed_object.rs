//! An object as `&mut`, which nobody lends.
#![allow(unused)]

use stripe_hooks::{objects::Invoice, on_event};

#[on_event("invoice.paid")]
async fn book(invoice: &mut Invoice) {} //~ Invoice

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(invoice: Invoice) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
