//! A whole object where Stripe sends its id.
#![allow(unused)]

use stripe_hooks::{Lens, objects::Customer};

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    customer: Option<Customer>, //~ Option<Customer>
}

fn main() {}
