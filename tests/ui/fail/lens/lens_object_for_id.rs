//! A whole object where Stripe sends its id.
#![allow(unused)]

use stripe_hooks::{Lens, objects::Customer};

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    customer: Option<Customer>, //~ Option<Customer>
}

fn main() {}

#[stripe_hooks::on_event("invoice.paid")]
async fn neighbour(lens: Neighbour) {}

#[derive(Lens)]
#[lens("invoice")]
struct Neighbour {
    customer: Option<stripe_hooks::Id<Customer>>,
}
