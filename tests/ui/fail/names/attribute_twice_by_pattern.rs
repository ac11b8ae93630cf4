//! Two attributes of which one has a pattern.
#![allow(unused)]

use stripe_hooks::{objects::Subscription, on_event};

#[on_event("customer.subscription.*")]
#[on_event("customer.subscription.deleted")] //~ "customer.subscription.deleted"
async fn sync(subscription: Subscription) {}

fn main() {}

#[on_event("customer.subscription.updated")]
async fn neighbour(subscription: Subscription) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
