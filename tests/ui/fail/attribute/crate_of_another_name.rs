//! A handler whose crate has another name, which the attribute does not tell.
//!
//! Write `crate = stripe` into the attribute.
// Cargo.toml: stripe = { package = "stripe-hooks" }
#![allow(unused)]

use stripe::on_event;

#[on_event("invoice.paid")] //~ #[on_event("invoice.paid")]
async fn book() {}

fn main() {}

#[on_event("invoice.paid", crate = stripe)]
async fn neighbour(id: stripe::EventId) {}

#[derive(stripe::Lens)]
#[lens("invoice", crate = stripe)]
struct Neighbour {
    amount_paid: i64,
}
