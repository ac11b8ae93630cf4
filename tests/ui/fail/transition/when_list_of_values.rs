//! A list of values.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("customer.subscription.updated", when(status: ["trialing", "past_due"] => "active"))] //~ ["trialing", "past_due"]
async fn welcome() {}

fn main() {}
