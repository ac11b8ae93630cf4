//! Two conditions of which only one can hold.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("customer.subscription.updated", when(status => "active"), when(status => "past_due"))] //~ "past_due"
async fn welcome(id: EventId) {}

fn main() {}

#[on_event("customer.subscription.updated", when(status: "trialing" => "active"), changed(cancel_at))]
async fn neighbour(id: EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
