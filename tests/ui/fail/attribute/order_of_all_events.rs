//! An order of all events, some of which are about objects without ids.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("*", order = "object")] //~ "*"
async fn audit() {}

fn main() {}

#[on_event("invoice.paid", order = "object")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
