//! A change of a thin event.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("v1.customer.subscription.updated", when(status => "active"))] //~ "v1.customer.subscription.updated"
async fn welcome(id: EventId) {}

fn main() {}

#[on_event("customer.subscription.updated", when(status: "trialing" => "active"), changed(cancel_at))]
async fn neighbour(id: EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
