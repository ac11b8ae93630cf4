//! Any value, by an underscore.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("customer.subscription.updated", when(status: _ => "active"))] //~ _
async fn welcome() {}

fn main() {}
