//! An order by something else than the object.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid", order = "customer")] //~ "customer"
async fn book() {}

fn main() {}

#[on_event("invoice.paid", order = "object")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
