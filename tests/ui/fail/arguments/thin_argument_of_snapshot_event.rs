//! A thin event as the argument of a snapshot event.
#![allow(unused)]

use stripe_hooks::{ThinEvent, on_event};

#[on_event("invoice.paid")]
async fn book(event: ThinEvent) {} //~ ThinEvent

fn main() {}

#[on_event("v1.invoice.paid")]
async fn neighbour(event: ThinEvent) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
