//! An object that does not exist.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoce")] //~ "invoce"
struct Paid {
    amount_paid: i64,
}

fn main() {}

#[stripe_hooks::on_event("invoice.paid")]
async fn neighbour(lens: Neighbour) {}

#[derive(Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
