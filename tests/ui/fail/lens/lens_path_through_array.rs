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
