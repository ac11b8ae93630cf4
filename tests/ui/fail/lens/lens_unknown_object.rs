//! An object that does not exist.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoce")] //~ "invoce"
struct Paid {
    amount_paid: i64,
}

fn main() {}
