//! Exceptions without parentheses.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("*", except = "payout.paid")] //~ except
async fn audit() {}

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
