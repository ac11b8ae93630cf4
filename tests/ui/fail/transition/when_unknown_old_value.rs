//! A change from a value that the field never has.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("customer.subscription.updated", when(status: "trial" => "active"))] //~ "trial"
async fn welcome(id: EventId) {}

fn main() {}
