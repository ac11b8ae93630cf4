//! A comparison as Rust has it.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("customer.subscription.updated", when(status == "active"))] //~ when
async fn welcome() {}

fn main() {}
