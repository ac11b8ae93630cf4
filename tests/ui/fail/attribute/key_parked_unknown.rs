//! Something else for a parked run to do than to hold those after it.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.updated", order = "object", parked = "blocks")] //~ "blocks"
async fn book() {}

fn main() {}

#[on_event("invoice.paid", order = "object", parked = "holds")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
