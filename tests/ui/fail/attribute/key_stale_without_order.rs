//! Stale events are skipped, and nothing tells which are.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.updated", stale = "skip")] //~ "skip"
async fn book() {}

fn main() {}

#[on_event("invoice.paid", order = "object", stale = "skip")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
