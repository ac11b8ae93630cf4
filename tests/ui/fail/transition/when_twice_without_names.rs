//! Two changes of one function, which nothing tells apart.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("customer.subscription.updated", when(status => "active"))]
#[on_event("customer.subscription.updated", when(status => "past_due"))] //~ "customer.subscription.updated"
async fn welcome(id: EventId) {}

fn main() {}
