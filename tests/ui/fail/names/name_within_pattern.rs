//! An event that a pattern of the same handler matches.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("customer.subscription.*", "customer.subscription.created")] //~ "customer.subscription.created"
async fn sync() {}

fn main() {}
