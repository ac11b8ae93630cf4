//! A re-export that is not there.
//!
//! Write the path to which your crate re-exports `stripe_hooks`.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid", crate = crate::stripe)] //~ stripe
async fn book() {}

fn main() {}

#[on_event("invoice.paid", crate = stripe_hooks)]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
