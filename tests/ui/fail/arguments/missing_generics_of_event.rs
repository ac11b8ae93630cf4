//! An envelope without its object.
//!
//! Write the object that the event carries: `Event<Invoice>`.
#![allow(unused)]

use stripe_hooks::{Event, on_event};

#[on_event("invoice.paid")]
async fn book(event: Event) {} //~ Event

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(event: Event<stripe_hooks::Raw>) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
