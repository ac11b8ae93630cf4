//! No change at all.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("customer.subscription.updated", when())] //~ when
async fn welcome(id: EventId) {}

fn main() {}
