//! A path without parentheses.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    #[lens = "amount_paid"] //~ lens = "amount_paid"
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
