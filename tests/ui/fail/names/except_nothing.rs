//! An exception that excludes nothing.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("customer.subscription.*", except("customer.subscription.create"))] //~ "customer.subscription.create"
async fn sync() {}

fn main() {}
