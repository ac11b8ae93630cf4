//! Two conditions of which only one can hold.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("customer.subscription.updated", when(status => "active"), when(status => "past_due"))] //~ "past_due"
async fn welcome(id: EventId) {}

fn main() {}
