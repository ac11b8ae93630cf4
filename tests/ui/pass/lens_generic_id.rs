//! A generic lens whose field is an id of what is chosen.
#![allow(unused)]

use stripe_hooks::{Id, Lens, objects::Customer, on_event};

#[derive(Lens)]
#[lens("invoice")]
struct Of<T> {
    customer: Option<Id<T>>,
}

#[on_event("invoice.paid")]
async fn book(of: Of<Customer>) {}

fn main() {}
