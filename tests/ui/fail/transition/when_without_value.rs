//! A change without a value.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("customer.subscription.updated", when(status))] //~ when
async fn welcome(id: EventId) {}

fn main() {}
