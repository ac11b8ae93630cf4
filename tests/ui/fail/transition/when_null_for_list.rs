//! Null where the field is always a list.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("customer.subscription.updated", when(items => null))] //~ null
async fn welcome(id: EventId) {}

fn main() {}
