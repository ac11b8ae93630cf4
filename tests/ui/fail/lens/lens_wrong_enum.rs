//! The enum of another field.
#![allow(unused)]

use stripe_hooks::{Lens, objects::SubscriptionStatus};

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    status: Option<SubscriptionStatus>, //~ Option<SubscriptionStatus>
}

fn main() {}
