//! An internal name that was listed for a while.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("ping")] //~ "ping"
async fn pong() {}

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
