//! The object without parentheses.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens = "invoice"] //~ lens = "invoice"
struct Paid {
    amount_paid: i64,
}

fn main() {}
