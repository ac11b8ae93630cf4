//! Changes within what an object holds.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("customer.subscription.updated", when(items.data[].price.id => "price_pro", metadata.plan: "basic" => "pro", "pause_collection.behavior" => "void"))]
async fn welcome(id: EventId) {}

fn main() {}
