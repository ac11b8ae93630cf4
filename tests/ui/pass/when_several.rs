//! Several conditions, which all hold.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("customer.subscription.updated", when(status: "trialing" => "active", cancel_at_period_end => false), changed(items, cancel_at))]
async fn welcome(id: EventId) {}

fn main() {}
