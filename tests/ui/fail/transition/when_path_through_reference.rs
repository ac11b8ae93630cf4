//! A path through the id of another object.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("customer.subscription.updated", changed(customer.email))] //~ customer.email
async fn welcome(id: EventId) {}

fn main() {}
