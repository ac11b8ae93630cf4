//! A name like no other.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("order_shipped")] //~ "order_shipped"
async fn ship() {}

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
