//! The thin form of an event that has none.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("v1.invoice.payment.overpaid")] //~ "v1.invoice.payment.overpaid"
async fn refund() {}

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
