//! A number instead of a name.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event(42)] //~ 42
async fn answer() {}

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
