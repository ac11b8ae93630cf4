//! The enum of another field.
#![allow(unused)]

use stripe_hooks::{Lens, objects::SubscriptionStatus};

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    status: Option<SubscriptionStatus>, //~ Option<SubscriptionStatus>
}

fn main() {}

#[stripe_hooks::on_event("customer.subscription.updated")]
async fn neighbour(lens: Neighbour) {}

#[derive(Lens)]
#[lens("subscription")]
struct Neighbour {
    status: SubscriptionStatus,
}
