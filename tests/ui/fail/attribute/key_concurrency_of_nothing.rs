//! A handler that may never run.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid", concurrency = 0)] //~ 0
async fn book() {}

fn main() {}

#[on_event("invoice.paid", concurrency = 1)]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
