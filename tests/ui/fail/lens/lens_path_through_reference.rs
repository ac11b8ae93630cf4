//! A path through the id of another object.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    #[lens(path = "customer.email")] //~ "customer.email"
    email: Option<String>,
}

fn main() {}

#[stripe_hooks::on_event("customer.created")]
async fn neighbour(lens: Neighbour) {}

#[derive(Lens)]
#[lens("customer")]
struct Neighbour {
    email: Option<String>,
}
