//! A run that waits for its turn among those of its handler, and an answer that waits for the run.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("checkout.session.completed", inline, concurrency = 1)] //~ 1
async fn fulfil() {}

fn main() {}

#[on_event("invoice.paid", concurrency = 1)]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
