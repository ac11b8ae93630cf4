//! A change of several events.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("customer.updated", "price.updated", changed(metadata))]
async fn welcome(id: EventId) {}

fn main() {}
