//! A preview with a typed argument.
#![allow(unused)]

use stripe_hooks::{objects::Subscription, on_event};

#[on_event("customer.subscription.collection_paused")]
async fn pause(subscription: Subscription) {} //~ Subscription

fn main() {}

#[on_event("customer.subscription.updated")]
async fn neighbour(subscription: Subscription) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
