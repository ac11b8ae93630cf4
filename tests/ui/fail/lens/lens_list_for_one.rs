//! A list where Stripe sends one.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    amount_paid: Vec<i64>, //~ Vec<i64>
}

fn main() {}

#[stripe_hooks::on_event("invoice.paid")]
async fn neighbour(lens: Neighbour) {}

#[derive(Lens)]
#[lens("invoice")]
struct Neighbour {
    #[lens(path = "lines.data[].amount")]
    amounts: Vec<i64>,
}
