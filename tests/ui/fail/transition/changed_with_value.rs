//! A value where only the field belongs.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("customer.subscription.updated", changed(status => "active"))] //~ changed
async fn welcome(id: EventId) {}

fn main() {}
