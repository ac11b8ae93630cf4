//! A lens whose field has a type of the user's choice.
#![allow(unused)]

use stripe_hooks::{Id, Lens, objects::Customer, on_event};

#[derive(Lens)]
#[lens("invoice", "charge")]
struct Of<T: Clone = String, const N: usize = 1>
where
    T: PartialEq,
{
    customer: T,
}

#[on_event("invoice.paid")]
async fn book(of: Of<Option<String>>, same: Of<Option<Id<Customer>>>) {}

fn main() {}
