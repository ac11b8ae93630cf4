//! A floating-point number for an amount.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    amount_paid: f64, //~ f64
}

fn main() {}
