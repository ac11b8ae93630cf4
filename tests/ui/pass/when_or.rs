//! Two changes of one function, each with a name.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("customer.subscription.updated", when(status => "past_due"), name = "dunning/past_due")]
#[on_event("customer.subscription.updated", when(status => "unpaid"), name = "dunning/unpaid")]
async fn remind(id: EventId) {}

fn main() {}
