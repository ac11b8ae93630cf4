//! A change from a value that the field never has.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("customer.subscription.updated", when(status: "trial" => "active"))] //~ "trial"
async fn welcome(id: EventId) {}

fn main() {}

#[on_event("customer.subscription.updated", when(status: "trialing" => "active"), changed(cancel_at))]
async fn neighbour(id: EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
