//! The body of the delivery.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async fn book(body: Vec<u8>) {} //~ Vec<u8>

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(body: stripe_hooks::Event<stripe_hooks::Raw>) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
