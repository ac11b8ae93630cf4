//! An exception that is like no event.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("payout.*", except("warehouse.opened"))] //~ "warehouse.opened"
async fn sync() {}

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
