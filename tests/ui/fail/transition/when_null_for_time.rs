//! Null where the field always holds a time.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("customer.subscription.updated", when(start_date => null))] //~ null
async fn welcome(id: EventId) {}

fn main() {}
