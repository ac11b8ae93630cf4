//! A list where Stripe sends one.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    amount_paid: Vec<i64>, //~ Vec<i64>
}

fn main() {}
