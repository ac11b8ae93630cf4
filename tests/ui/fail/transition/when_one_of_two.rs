//! One of two values.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("customer.subscription.updated", when(status => "past_due" | "unpaid"))] //~ |
async fn welcome() {}

fn main() {}
