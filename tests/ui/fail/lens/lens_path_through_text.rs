//! A path through something that is no object.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    #[lens(path = "status.value")] //~ "status.value"
    value: Option<String>,
}

fn main() {}

#[stripe_hooks::on_event("invoice.paid")]
async fn neighbour(lens: Neighbour) {}

#[derive(Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
