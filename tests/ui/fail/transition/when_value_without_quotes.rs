//! A value without quotes.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("customer.subscription.updated", when(status => active))] //~ active
async fn welcome(id: EventId) {}

fn main() {}
