//! A lens whose crate has another name, which the attribute does not tell.
//!
//! Write `crate = stripe` into the attribute.
// Cargo.toml: stripe = { package = "stripe-hooks" }
#![allow(unused)]

use stripe::Lens;

#[derive(Lens)] //~ Lens
#[lens("invoice")]
struct Paid {
    amount_paid: i64,
}

fn main() {}

#[stripe::on_event("invoice.paid", crate = stripe)]
async fn neighbour(lens: Neighbour) {}

#[derive(Lens)]
#[lens("invoice", crate = stripe)]
struct Neighbour {
    amount_paid: i64,
}
