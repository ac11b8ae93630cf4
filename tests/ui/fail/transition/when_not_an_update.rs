//! A change of an event that is no update.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("customer.subscription.deleted", when(status => "active"))] //~ "customer.subscription.deleted"
async fn welcome(id: EventId) {}

fn main() {}
