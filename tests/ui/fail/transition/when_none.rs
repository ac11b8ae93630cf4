//! `None` for a field that has gone.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("customer.subscription.updated", when(cancel_at => None))] //~ None
async fn welcome() {}

fn main() {}

#[on_event("customer.subscription.updated", when(status: "trialing" => "active"), changed(cancel_at))]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
