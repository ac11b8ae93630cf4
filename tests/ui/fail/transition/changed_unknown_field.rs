//! A change of a field that does not exist.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("customer.subscription.updated", changed(cancel_at_periodend))] //~ cancel_at_periodend
async fn welcome(id: EventId) {}

fn main() {}
