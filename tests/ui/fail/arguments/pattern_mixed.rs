//! A typed payload on a pattern of several objects.
#![allow(unused)]

use stripe_hooks::{objects::Customer, on_event};

#[on_event("customer.*")]
async fn sync(customer: Customer) {} //~ Customer

fn main() {}

#[on_event("customer.created")]
async fn neighbour(customer: Customer) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
