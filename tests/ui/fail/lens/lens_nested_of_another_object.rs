//! A nested lens that is of another object.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("subscription_item")]
struct Item {
    quantity: Option<i64>,
}

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    status_transitions: Item, //~ Item
}

fn main() {}
