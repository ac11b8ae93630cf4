//! The envelope of several events around an object whose cargo feature is off.
#![allow(unused)]

use stripe_hooks::{Event, objects::Payout, on_event};

#[on_event("payout.paid", "payout.failed")]
async fn book(event: Event<Payout>) {} //~ Event<Payout>

fn main() {}

#[on_event("payout.paid")]
async fn neighbour(event: stripe_hooks::Event<stripe_hooks::Raw>) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
