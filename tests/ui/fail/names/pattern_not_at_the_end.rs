//! A star within a pattern.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("customer.*.created")] //~ "customer.*.created"
async fn sync() {}

fn main() {}
