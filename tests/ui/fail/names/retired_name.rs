//! An event that Stripe sent once.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("order.updated")] //~ "order.updated"
async fn track() {}

fn main() {}
