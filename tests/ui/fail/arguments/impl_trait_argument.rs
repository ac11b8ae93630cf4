//! An argument that could be many types.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async fn book(object: impl Send) {} //~ impl

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(object: stripe_hooks::Event<stripe_hooks::Raw>) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
