//! An order of events whose object has no id.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("balance.available", order = "object")] //~ "balance.available"
async fn book() {}

fn main() {}
