//! A thin event as the argument of every snapshot event.
#![allow(unused)]

use stripe_hooks::{ThinEvent, on_event};

#[on_event("*")]
async fn audit(event: ThinEvent) {} //~ ThinEvent

fn main() {}

#[on_event("v1.invoice.paid")]
async fn neighbour(event: ThinEvent) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
