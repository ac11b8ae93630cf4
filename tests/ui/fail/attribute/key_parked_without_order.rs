//! A parked run holds others, which stand in no line.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.updated", parked = "holds")] //~ "holds"
async fn book() {}

fn main() {}

#[on_event("invoice.paid", order = "object", parked = "holds")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
