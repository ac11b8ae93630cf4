//! One of two values.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("customer.subscription.updated", when(status => "past_due" | "unpaid"))] //~ |
async fn welcome() {}

fn main() {}

#[on_event("customer.subscription.updated", when(status: "trialing" => "active"), changed(cancel_at))]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
