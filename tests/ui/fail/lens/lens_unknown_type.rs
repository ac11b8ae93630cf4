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
