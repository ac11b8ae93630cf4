//! A change to a value.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("customer.subscription.updated", when(status => "past_due"))]
async fn welcome(id: EventId) {}

fn main() {}
