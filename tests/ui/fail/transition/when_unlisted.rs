//! A change of an event that the catalogue does not know.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("customer.rocket.updated", unlisted, when(status => "active"))] //~ "customer.rocket.updated"
async fn welcome(id: EventId) {}

fn main() {}
