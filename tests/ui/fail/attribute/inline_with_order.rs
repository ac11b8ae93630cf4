//! A run that waits for its turn, and an answer that waits for the run.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("checkout.session.completed", inline, order = "object")] //~ "object"
async fn fulfil() {}

fn main() {}

#[on_event("invoice.paid", order = "object")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
