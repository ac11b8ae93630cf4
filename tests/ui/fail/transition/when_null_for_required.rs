//! Null where the field is never null.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("customer.subscription.updated", when(status => null))] //~ null
async fn welcome(id: EventId) {}

fn main() {}
