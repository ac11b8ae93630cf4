//! A handler's name that no log could be searched for.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid", name = "book the invoice")] //~ "book the invoice"
async fn book() {}

fn main() {}

#[on_event("invoice.paid", name = "neighbour")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
