//! A plain type where Stripe may send null.
#![allow(unused)]

use stripe_hooks::{Id, Lens, objects::Customer};

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    customer: Id<Customer>, //~ Id<Customer>
}

fn main() {}

#[stripe_hooks::on_event("customer.subscription.updated")]
async fn neighbour(lens: Neighbour) {}

#[derive(Lens)]
#[lens("subscription")]
struct Neighbour {
    customer: Id<Customer>,
}
