//! A part of an object that does not exist.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice.status_transition")] //~ "invoice.status_transition"
struct Paid {
    paid_at: Option<i64>,
}

fn main() {}

#[stripe_hooks::on_event("invoice.paid")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(Lens)]
#[lens("invoice.status_transitions")]
struct Neighbour {
    paid_at: Option<stripe_hooks::Timestamp>,
}
