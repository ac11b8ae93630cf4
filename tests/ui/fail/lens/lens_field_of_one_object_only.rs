//! A field that one of the objects lacks.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("charge", "refund")]
struct Paid {
    amount: i64,
    captured: bool, //~ captured
}

fn main() {}
