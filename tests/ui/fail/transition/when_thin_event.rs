//! A change of a thin event.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("v1.customer.subscription.updated", when(status => "active"))] //~ "v1.customer.subscription.updated"
async fn welcome(id: EventId) {}

fn main() {}
