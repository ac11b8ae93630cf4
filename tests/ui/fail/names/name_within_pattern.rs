//! An event that a pattern of the same handler matches.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("customer.subscription.*", "customer.subscription.created")] //~ "customer.subscription.created"
async fn sync() {}

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
