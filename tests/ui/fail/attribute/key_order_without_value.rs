//! An order, by nobody knows what.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid", order)] //~ order
async fn book() {}

fn main() {}

#[on_event("invoice.paid", order = "object")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
