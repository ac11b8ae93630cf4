//! A variable number of arguments.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("invoice.paid")]
async fn book(id: EventId, ...) {} //~ ...

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(id: EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
