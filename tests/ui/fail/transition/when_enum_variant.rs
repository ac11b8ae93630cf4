//! The variant of an enum as a value.
#![allow(unused)]

use stripe_hooks::{objects::SubscriptionStatus, on_event};

#[on_event("customer.subscription.updated", when(status => SubscriptionStatus::PastDue))] //~ SubscriptionStatus::PastDue
async fn welcome() {}

fn main() {}
