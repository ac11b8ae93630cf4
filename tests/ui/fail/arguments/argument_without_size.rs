//! A slice as an argument.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async fn book(body: [u8]) {} //~ [u8]

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(body: stripe_hooks::Event<stripe_hooks::Raw>) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
