//! A handler's name of nothing.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid", name = "")] //~ ""
async fn book() {}

fn main() {}

#[on_event("invoice.paid", name = "neighbour")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
