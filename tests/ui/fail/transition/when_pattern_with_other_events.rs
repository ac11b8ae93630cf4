//! A change of all events of a pattern, not all of which are updates.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("customer.subscription.*", when(status => "active"))] //~ "customer.subscription.*"
async fn welcome(id: EventId) {}

fn main() {}
