//! Two `&mut` arguments.
#![allow(unused)]

use stripe_hooks::{objects::Invoice, on_event};

#[on_event("invoice.paid")]
async fn book(one: &mut Invoice, other: &mut Invoice) {} //~ Invoice

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(one: Invoice, other: Invoice) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
