//! A tuple of arguments.
#![allow(unused)]

use stripe_hooks::{EventId, objects::Invoice, on_event};

#[on_event("invoice.paid")]
async fn book(both: (Invoice, EventId)) {} //~ (Invoice, EventId)

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(invoice: Invoice, id: EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
