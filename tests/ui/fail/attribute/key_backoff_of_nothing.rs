//! A retry that would not wait.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid", backoff = "0s")] //~ "0s"
async fn book() {}

fn main() {}

#[on_event("invoice.paid", backoff = "1s")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
