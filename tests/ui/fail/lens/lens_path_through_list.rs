//! A path through a list object as if it were one of its items.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    #[lens(path = "lines.amount")] //~ "lines.amount"
    amounts: Vec<i64>,
}

fn main() {}
