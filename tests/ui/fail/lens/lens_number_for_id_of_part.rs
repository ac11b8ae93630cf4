//! A number, for the id of an object that only stands within others.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("subscription")]
struct Items {
    #[lens(path = "items.data[].id")]
    ids: Vec<i64>, //~ Vec<i64>
}

fn main() {}

#[stripe_hooks::on_event("customer.subscription.updated")]
async fn neighbour(lens: Neighbour) {}

#[derive(Lens)]
#[lens("subscription")]
struct Neighbour {
    #[lens(path = "items.data[].id")]
    ids: Vec<String>,
}
