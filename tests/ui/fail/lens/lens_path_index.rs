//! A path with the index of an item.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    #[lens(path = "lines.data[0].amount")] //~ "lines.data[0].amount"
    amount: Option<i64>,
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
