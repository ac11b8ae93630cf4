//! A timeout of some number, of nobody knows what.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid", timeout = "30")] //~ "30"
async fn book() {}

fn main() {}

#[on_event("invoice.paid", timeout = "30s")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
