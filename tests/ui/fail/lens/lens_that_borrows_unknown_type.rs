//! A lens that borrows, and a field whose type was not imported.
//!
//! Import the type: `use stripe_hooks::objects::Customer;`.
#![allow(unused)]

use stripe_hooks::{Id, Lens};

#[derive(Lens)]
#[lens("invoice")]
struct Paid<'a> {
    currency: &'a str,
    customer: Option<Id<Customer>>, //~ Customer
}

fn main() {}

#[stripe_hooks::on_event("invoice.paid")]
async fn neighbour(lens: Neighbour<'_>) {}

#[derive(Lens)]
#[lens("invoice")]
struct Neighbour<'a> {
    currency: &'a str,
    customer: Option<Id<stripe_hooks::objects::Customer>>,
}
