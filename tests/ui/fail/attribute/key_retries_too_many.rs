//! More retries than anybody waits for.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid", retries = 100000)] //~ 100000
async fn book() {}

fn main() {}

#[on_event("invoice.paid", retries = 1)]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
