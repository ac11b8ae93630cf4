//! Null for a path through an array.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("customer.subscription.updated", when(items.data[].price.id => null))] //~ null
async fn welcome(id: EventId) {}

fn main() {}
