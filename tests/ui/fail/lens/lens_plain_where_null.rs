//! A plain type where Stripe may send null.
#![allow(unused)]

use stripe_hooks::{Id, Lens, objects::Customer};

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    customer: Id<Customer>, //~ Id<Customer>
}

fn main() {}
