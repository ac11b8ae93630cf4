//! A fraction as a value.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("customer.subscription.updated", when(status => 1.5))] //~ 1.5
async fn welcome(id: EventId) {}

fn main() {}
