//! A change from one value to another.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("customer.subscription.updated", when(status: "trialing" => "active"))]
async fn welcome(id: EventId) {}

fn main() {}
