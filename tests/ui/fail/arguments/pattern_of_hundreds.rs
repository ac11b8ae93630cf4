//! An argument that none of hundreds of events has.
#![allow(unused)]

use stripe_hooks::{objects::Customer, on_event};

#[on_event("v1.*")]
async fn sync(customer: Customer) {} //~ Customer

fn main() {}

#[on_event("customer.created")]
async fn neighbour(customer: Customer) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
