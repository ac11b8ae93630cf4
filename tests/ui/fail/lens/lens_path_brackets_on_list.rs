//! A path with `[]` after a list object.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    #[lens(path = "lines[].amount")] //~ "lines[].amount"
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
