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

#[stripe_hooks::on_event("customer.subscription.updated")]
async fn neighbour(lens: Neighbour) {}

#[derive(Lens)]
#[lens("subscription")]
struct Neighbour {
    #[lens(path = "items.data[]")]
    items: Vec<Item>,
}
