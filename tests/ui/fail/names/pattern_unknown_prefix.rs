//! A pattern that matches nothing.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("customer.subscriptions.*")] //~ "customer.subscriptions.*"
async fn sync() {}

fn main() {}
