//! Something else to do with stale events than to skip them.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.updated", order = "object", stale = "drop")] //~ "drop"
async fn book() {}

fn main() {}

#[on_event("invoice.paid", order = "object", stale = "skip")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
