//! A change of a field that the object does not have.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("customer.subscription.updated", when(statsu => "active"))] //~ statsu
async fn welcome(id: EventId) {}

fn main() {}
