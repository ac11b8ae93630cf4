//! An enum as a lens.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice")]
enum Paid {
    Amount(i64),
}

fn main() {}
