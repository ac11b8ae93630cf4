//! A key that the attribute of a field does not have.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    #[lens(rename = "amount_paid")] //~ rename = "amount_paid"
    amount: i64,
}

fn main() {}

#[stripe_hooks::on_event("invoice.paid")]
async fn neighbour(lens: Neighbour) {}

#[derive(Lens)]
#[lens("invoice")]
struct Neighbour {
    #[lens(path = "amount_paid")]
    amount: i64,
}
