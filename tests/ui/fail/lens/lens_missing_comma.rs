//! Two objects without a comma.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("charge" "refund")] //~ "refund"
struct Paid {
    amount: i64,
}

fn main() {}
