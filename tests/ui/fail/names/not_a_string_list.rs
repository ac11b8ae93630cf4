//! A list of names in brackets, as other attributes take it.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event(["invoice.paid", "invoice.payment_failed"])] //~ ["invoice.paid", "invoice.payment_failed"]
async fn book() {}

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
