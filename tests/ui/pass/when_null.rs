//! Changes from nothing and to nothing.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("customer.subscription.updated", when(cancel_at: null => 1767225600), when(canceled_at => null))]
async fn welcome(id: EventId) {}

fn main() {}
