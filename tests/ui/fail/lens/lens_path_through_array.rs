//! A path through an array without `[]`.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    #[lens(path = "lines.data.amount")] //~ "lines.data.amount"
    amounts: Vec<i64>,
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
