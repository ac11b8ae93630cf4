//! One of the objects that a union event may carry.
#![allow(unused)]

use stripe_hooks::{objects::Source, on_event};

#[on_event("customer.source.created")]
async fn keep(source: Source) {} //~ Source

fn main() {}

#[on_event("customer.source.created")]
async fn neighbour(source: stripe_hooks::Event<stripe_hooks::Raw>) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
