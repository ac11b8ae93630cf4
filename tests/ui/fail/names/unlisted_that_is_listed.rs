//! `unlisted` although the catalogue lists the event by now: a warning, shown here as an error.
#![allow(unused)]
#![deny(deprecated)]

use stripe_hooks::on_event;

#[on_event("invoice.paid", unlisted)] //~ unlisted
async fn book() {}

fn main() {}

#[on_event("invoice.reconsidered", unlisted)]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
