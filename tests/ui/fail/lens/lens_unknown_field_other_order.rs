//! A field whose words stand in another order.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    paid_amount: i64, //~ paid_amount
}

fn main() {}

#[stripe_hooks::on_event("invoice.paid")]
async fn neighbour(lens: Neighbour) {}

#[derive(Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
