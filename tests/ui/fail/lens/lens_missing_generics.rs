//! A field whose type lacks its parameter.
//!
//! Write the object to which the id belongs: `Option<Id<Customer>>`.
#![allow(unused)]

use stripe_hooks::{Id, Lens, objects::Customer};

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    customer: Option<Id>, //~ Id
}

fn main() {}

#[stripe_hooks::on_event("invoice.paid")]
async fn neighbour(lens: Neighbour) {}

#[derive(Lens)]
#[lens("invoice")]
struct Neighbour {
    customer: Option<Id<Customer>>,
}
