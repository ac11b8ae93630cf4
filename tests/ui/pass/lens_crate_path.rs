//! A lens whose crate has another name.
// Cargo.toml: stripe = { package = "stripe-hooks" }
#![allow(unused)]

use stripe::Lens;

#[derive(Lens)]
#[lens("invoice", crate = stripe)]
struct Paid {
    amount_paid: i64,
}

fn main() {}
