//! A field whose type was not imported.
//!
//! Import the type: `use stripe_hooks::objects::Customer;`.
#![allow(unused)]

use stripe_hooks::{Id, Lens};

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    customer: Option<Id<Customer>>, //~ Customer
}

fn main() {}

#[stripe_hooks::on_event("invoice.paid")]
async fn neighbour(lens: Neighbour) {}

#[derive(Lens)]
#[lens("invoice")]
struct Neighbour {
    customer: Option<Id<stripe_hooks::objects::Customer>>,
}
